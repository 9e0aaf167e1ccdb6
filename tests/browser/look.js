// What is wrong with how a page stands on the screen, one sentence each.
() => {
  const SLACK = 3 // pixels: boxes of glyphs are a little taller than their lines
  const found = []
  const named = (element) => {
    const id = element.id ? `#${element.id}` : ""
    const kind = typeof element.className === "string" && element.className ? `.${element.className.split(" ")[0]}` : ""
    return `${element.tagName.toLowerCase()}${id}${kind} "${element.textContent.trim().slice(0, 40)}"`
  }
  const hides = (element) => ["hidden", "clip"].includes(getComputedStyle(element).overflowX)
  const scrolls = (element) => ["auto", "scroll"].includes(getComputedStyle(element).overflowX)
  const forReadersAlone = (element) => element.clientWidth <= 1 && element.clientHeight <= 1 && hides(element)
  const within = (rect, box) => ({
    left: Math.max(rect.left, box.left), right: Math.min(rect.right, box.right),
    top: Math.max(rect.top, box.top), bottom: Math.min(rect.bottom, box.bottom),
  })

  const frames = new Map() // what an element's contents can at most be seen through, and whether they can be scrolled
  const frame = (element) => {
    if (!element) return { box: { left: -Infinity, right: Infinity, top: -Infinity, bottom: Infinity }, scrolled: false }
    if (!frames.has(element)) {
      const outer = frame(element.parentElement)
      const rect = element.getBoundingClientRect()
      const bounded = element !== document.body && (hides(element) || scrolls(element))
      frames.set(element, {
        box: bounded ? within(rect, outer.box) : outer.box,
        scrolled: outer.scrolled || (bounded && scrolls(element)),
        silent: outer.silent || forReadersAlone(element),
      })
    }
    return frames.get(element)
  }

  const boxes = []
  const put = (element, rect) => {
    const { box, scrolled, silent } = frame(element)
    if (silent || rect.width < 1 || rect.height < 1) return
    const seen = within(rect, box)
    const lost = rect.width - (seen.right - seen.left)
    if (!scrolled && lost > SLACK) found.push(`cut: ${named(element)} loses ${Math.round(lost)} px`)
    if (!scrolled && rect.right > innerWidth + 1) found.push(`beyond the window: ${named(element)}`)
    if (seen.right - seen.left > SLACK && seen.bottom - seen.top > SLACK) boxes.push({ element, ...seen })
  }
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  for (let text = walker.nextNode(); text; text = walker.nextNode()) {
    const element = text.parentElement
    if (!text.data.trim() || ["SCRIPT", "STYLE", "OPTION"].includes(element.tagName)) continue
    if (!element.checkVisibility({ checkVisibilityCSS: true, checkOpacity: true })) continue
    const range = document.createRange()
    range.selectNodeContents(text)
    for (const rect of range.getClientRects()) put(element, rect)
  }
  for (const element of document.querySelectorAll("img, svg, canvas, select, input, button"))
    if (element.checkVisibility()) put(element, element.getBoundingClientRect())

  boxes.sort((a, b) => a.top - b.top)
  boxes.forEach((one, index) => {
    for (let next = index + 1; next < boxes.length && boxes[next].top < one.bottom - SLACK; next++) {
      const other = boxes[next]
      if (one.element.contains(other.element) || other.element.contains(one.element)) continue
      const both = within(one, other)
      if (both.right - both.left > SLACK && both.bottom - both.top > SLACK)
        found.push(`overlap: ${named(one.element)} and ${named(other.element)}`)
    }
  })

  if (document.documentElement.scrollWidth > innerWidth)
    found.push(`the page is ${document.documentElement.scrollWidth} px wide in a window of ${innerWidth}`)
  for (const element of document.querySelectorAll("body *")) {
    if (!element.checkVisibility()) continue
    const spills = element.scrollWidth > element.clientWidth + 1 && element.clientWidth > 0
    if (spills && scrolls(element) && element.tabIndex < 0)
      found.push(`scrolls, and no key reaches it: ${named(element)}`)
  }
  return [...new Set(found)]
}
