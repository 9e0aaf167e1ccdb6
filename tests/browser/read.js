// What hinders someone who does not see the page, uses no mouse or tells few colours apart, one sentence each.
() => {
  const found = []
  const named = (element) => `${element.tagName.toLowerCase()} "${element.textContent.trim().slice(0, 40)}"`
  const complain = (selector, holds, what) => {
    for (const element of document.querySelectorAll(selector)) if (!holds(element)) found.push(`${what}: ${named(element)}`)
  }
  complain("html", (one) => one.lang, "no language")
  complain("img", (one) => one.alt.trim().length > 20, "no text instead of the picture")
  complain("img", (one) => !one.complete || one.naturalWidth > 0, "a picture that cannot be read")
  complain("th", (one) => one.scope, "a heading cell without scope")
  complain("table", (one) => one.caption || one.ariaLabel || one.getAttribute("aria-labelledby"), "a table without caption")
  complain("a[href], button, summary", (one) => (one.ariaLabel || one.textContent).trim(), "nothing to be read out")
  complain("input, select", (one) => one.labels.length || one.ariaLabel, "a field without label")
  const ids = [...document.querySelectorAll("[id]")].map((one) => one.id)
  for (const id of new Set(ids.filter((id, place) => ids.indexOf(id) !== place))) found.push(`twice the same id: ${id}`)

  let level = 0
  for (const heading of document.querySelectorAll("h1, h2, h3, h4, h5, h6")) {
    const own = Number(heading.tagName[1])
    if (own > level + 1) found.push(`a heading of level ${own} after one of level ${level}: ${named(heading)}`)
    level = own
  }
  if (document.querySelectorAll("h1").length !== 1) found.push("not exactly one first heading")

  // Contrast as in WCAG 2: 4.5 for text, 3 for large text.
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true })
  const rgba = (colour) => {
    canvas.clearRect(0, 0, 1, 1)
    canvas.fillStyle = colour
    canvas.fillRect(0, 0, 1, 1)
    const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data
    return [r, g, b, a / 255]
  }
  const over = ([r, g, b, a], under) => [r, g, b].map((value, i) => value * a + under[i] * (1 - a))
  const ground = (element) => {
    if (!element) return matchMedia("(prefers-color-scheme: dark)").matches ? [0, 0, 0] : [255, 255, 255]
    const colour = rgba(getComputedStyle(element).backgroundColor)
    return colour[3] === 1 ? colour.slice(0, 3) : over(colour, ground(element.parentElement))
  }
  const light = (rgb) => {
    const [r, g, b] = rgb.map((value) => value / 255).map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
    return 0.2126 * r + 0.7152 * g + 0.0722 * b
  }
  const known = new Map()
  const contrast = (front, back) => {
    const [bright, dark] = [light(front), light(back)].sort((a, b) => b - a)
    return (bright + 0.05) / (dark + 0.05)
  }
  for (const element of document.querySelectorAll("body *")) {
    if (![...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim())) continue
    if (!element.checkVisibility() || ["SCRIPT", "STYLE", "OPTION"].includes(element.tagName)) continue
    const style = getComputedStyle(element)
    const back = ground(element)
    const key = `${style.color} ${back}`
    if (!known.has(key)) known.set(key, contrast(over(rgba(style.color), back), back))
    const size = parseFloat(style.fontSize)
    const enough = size >= 24 || (size >= 18.6 && style.fontWeight >= 700) ? 3 : 4.5
    if (known.get(key) < enough) found.push(`contrast ${known.get(key).toFixed(1)}: ${named(element)}`)
  }
  return [...new Set(found)]
}
