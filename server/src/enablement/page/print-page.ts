import { alignColumns, markdownCell } from '../../readiness/index.ts'
import { escapeHtml, linked } from '../render.ts'
import { type Cell, type IntegrationPage, missingPlaces, type PageRow, type PageSection } from './page.ts'

const both = 'the bridge'

/** For a terminal: one line for each place; what is missing stands out. */
export function pageText(page: IntegrationPage): string {
  const places = page.sections.map(({ heading, rows }) => ({ heading, lines: rows.flatMap((row) => textLines(page, row)) }))
  // Sections share their columns, so that the eye finds a side where it was before.
  const aligned = alignColumns(places.flatMap(({ lines }) => lines)).split('\n')
  const blocks = places.map(({ heading, lines }) => [heading.toUpperCase(), ...aligned.splice(0, lines.length)].join('\n'))
  return [headOf(page), ...blocks].join('\n\n')
}

function textLines(page: IntegrationPage, row: PageRow): string[][] {
  const cells =
    row.of === 'bridge' ? [{ side: both, cell: row.cell }] : row.cells.map((cell, at) => ({ side: page.sides[at]!.organization, cell }))
  return cells.flatMap(({ side, cell }, at) =>
    cell.says.map((says, line) => [
      `  ${at + line === 0 ? row.what : ''}`,
      line === 0 ? side : '',
      `${cell.state === 'missing' && line === 0 ? '✗ ' : ''}${says}`,
    ]),
  )
}

function headOf(page: IntegrationPage): string {
  const count = missingPlaces(page).length
  return `${page.title} (${page.integration}), as of ${page.asOf}: ${count === 0 ? 'nothing is missing' : `${count} places are missing`}`
}

/** For a pull request or a wiki: a table for each section, with a column for each side. */
export function pageMarkdown(page: IntegrationPage): string {
  const tables = page.sections.map((section) => {
    const head = ['', both, ...page.sides.map(({ title }) => title)]
    const rows = section.rows.map((row) => [row.what, ...placesOf(page, row).map((cell) => (cell ? cellMarkdown(cell) : ''))])
    const used = head.map((_, column) => column === 0 || rows.some((row) => row[column] !== ''))
    const line = (cells: readonly string[]) => `| ${cells.filter((_, column) => used[column]).join(' | ')} |`
    return [`## ${section.heading}`, '', line(head.map(markdownCell)), line(head.map(() => '---')), ...rows.map(line)].join('\n')
  })
  return `${[`# ${markdownCell(headOf(page))}`, ...tables].join('\n\n')}\n`
}

/** First what is said of the bridge, then of each side. */
function placesOf(page: IntegrationPage, row: PageRow): (Cell | undefined)[] {
  return row.of === 'bridge' ? [row.cell, ...page.sides.map(() => undefined)] : [undefined, ...row.cells]
}

const cellMarkdown = ({ state, says }: Cell): string => {
  const text = says.map(markdownCell).join('<br>')
  return state === 'missing' ? `❌ **${text}**` : text
}

const style = `:root{color-scheme:light dark;--text:#1c1e21;--muted:#5f6368;--line:#d9dce1;--bad:#a32f00;--back:#fff}
@media (prefers-color-scheme:dark){:root{--text:#e6e8eb;--muted:#a0a6ad;--line:#3a3f45;--bad:#ff9d7a;--back:#16181b}}
body{font:14px/1.45 system-ui,sans-serif;max-width:72rem;margin:2rem auto;padding:0 1rem;color:var(--text);background:var(--back)}
h1{font-size:1.5rem;margin:0}h2{font-size:1rem;margin:1.4rem 0 .3rem}p{color:var(--muted);margin:.2rem 0}
table{border-collapse:collapse;width:100%;table-layout:fixed}th,td{text-align:left;vertical-align:top;padding:.3rem .5rem;border-top:1px solid var(--line);overflow-wrap:anywhere}
thead th{color:var(--muted);font-weight:600}th[scope=row]{font-weight:500}col.what{width:22%}a{color:inherit}
.missing{color:var(--bad);font-weight:600}.unknown,.not-owed{color:var(--muted)}
@media (max-width:40rem){colgroup{display:none}table,tbody{display:block}thead{position:absolute;left:-999rem}tr,th,td{display:block;border-top:0;padding:.1rem 0}tr{border-top:1px solid var(--line);padding:.4rem 0}td[data-side]::before{content:attr(data-side) ": ";color:var(--muted);font-weight:400}}
@media print{body{font-size:10px;margin:0}tr{break-inside:avoid}}`

/** A page that stands on its own, without script or outside resource; sides stand beside each other, on a narrow screen below. */
export function pageHtml(page: IntegrationPage): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escapeHtml(page.title)}</title><style>${style}</style></head>
<body><h1>${escapeHtml(page.title)}</h1><p>${escapeHtml(headOf(page))}</p>
${page.sections.map((section) => sectionHtml(page, section)).join('\n')}
</body></html>
`
}

function sectionHtml(page: IntegrationPage, { heading, rows }: PageSection): string {
  const cell = ({ state, says }: Cell, attributes: string) =>
    `<td class="${state}"${attributes}>${says.map((line) => linked(escapeHtml(line))).join('<br>')}</td>`
  const body = rows.map((row) => {
    const cells =
      row.of === 'bridge'
        ? cell(row.cell, ` colspan="${page.sides.length}"`)
        : row.cells.map((one, at) => cell(one, ` data-side="${escapeHtml(page.sides[at]!.title)}"`)).join('')
    return `<tr><th scope="row">${escapeHtml(row.what)}</th>${cells}</tr>`
  })
  const head = rows.some((row) => row.of === 'sides')
    ? `<thead><tr><th></th>${page.sides.map(({ title }) => `<th scope="col">${escapeHtml(title)}</th>`).join('')}</tr></thead>`
    : ''
  const columns = `<colgroup><col class="what">${'<col>'.repeat(page.sides.length)}</colgroup>`
  return `<section><h2>${escapeHtml(heading)}</h2><table>${columns}${head}<tbody>\n${body.join('\n')}\n</tbody></table></section>`
}
