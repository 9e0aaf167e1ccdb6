// Tables with `data-choose` can be sorted and filtered; `data-choose` lists the columns of which a value can be chosen.
// The tables stand in the page already: without this script nothing is missing but that.
const packed = document.getElementById("datatables").textContent
const bytes = Uint8Array.from(atob(packed), (letter) => letter.charCodeAt(0))
const address = URL.createObjectURL(new Blob([bytes], { type: "text/javascript" }))
const { default: DataTable } = await import(address)
URL.revokeObjectURL(address)

const make = (name, traits, ...children) => {
  const element = Object.assign(document.createElement(name), traits)
  element.append(...children)
  return element
}
const labelled = (text, field) => make("label", {}, `${text} `, field)

const said = (cell) => cell.textContent.trim().replace(/\s+/g, " ")

const chooser = (column) => {
  const values = [...new Set(column.nodes().toArray().map(said))]
  const choices = [make("option", { value: "", textContent: "all" }), ...values.map((text) => make("option", { textContent: text }))]
  return { column: column.index(), head: said(column.header()), field: make("select", {}, ...choices) }
}

const enhance = (element) => {
  const layout = { topStart: null, topEnd: null, bottomStart: null, bottomEnd: null }
  const language = { emptyTable: "no rows", zeroRecords: "no row fits" }
  const table = new DataTable(element, { paging: false, order: [], autoWidth: false, layout, language })
  const search = make("input", { type: "search" })
  search.addEventListener("input", () => table.search(search.value).draw())
  const choosers = element.dataset.choose.split(" ").filter(Boolean).map((name) => chooser(table.column(Number(name))))
  table.search.fixed("chosen", (text, row, place) =>
    choosers.every(({ column, field }) => !field.value || said(table.cell(place, column).node()) === field.value))
  for (const { field } of choosers) field.addEventListener("change", () => table.draw())
  const count = make("output", {})
  const say = () => {
    const { recordsDisplay: shown, recordsTotal: all } = table.page.info()
    count.textContent = shown === all ? `${all} rows` : `${shown} of ${all} rows`
  }
  table.on("draw", say)
  say()
  const fields = choosers.map(({ head, field }) => labelled(head, field))
  const form = make("div", { className: "choose" }, ...fields, labelled("search", search), count)
  form.setAttribute("role", "group")
  form.setAttribute("aria-label", `Choose rows of: ${element.caption.textContent.trim()}`)
  element.closest(".table").before(form)
}

for (const element of document.querySelectorAll("table[data-choose]")) enhance(element)

document.documentElement.dataset.enhanced = Math.round(performance.now())
