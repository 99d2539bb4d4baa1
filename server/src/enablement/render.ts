import { markdownCell } from '../readiness/index.ts'
import type { Line, Sheet } from './sheet.ts'

const textOf = (line: Line): string => {
  if (line.kind === 'withheld') return `“${line.says}” — ${line.because}`
  return line.kind === 'missing' ? `Missing: ${line.says}` : line.says
}

/** The sheet as Markdown; nothing that a file says can break out of its line. */
export function sheetMarkdown({ title, reader, asOf, sections }: Sheet): string {
  const blocks = sections.map(
    ({ heading, lines }) => `## ${heading}\n\n${lines.map((line) => `- ${markdownCell(textOf(line))}`).join('\n')}`,
  )
  return `${[`# ${markdownCell(title)}`, `*${markdownCell(reader)} · as of ${asOf}*`, ...blocks].join('\n\n')}\n`
}

export const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' })[sign]!)

// One page when printed: small type, no breaks inside a section. No script, no outside resource.
const style = `body{font:14px/1.45 system-ui,sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem;color:#1c1e21}
h1{font-size:1.5rem;margin:0}h2{font-size:1rem;margin:1.1rem 0 .3rem}p{color:#5f6368;margin:.2rem 0}ul{margin:0;padding-left:1.1rem}
section{break-inside:avoid}.missing{color:#a32f00}.withheld{color:#5f6368}@media print{body{font-size:11px;margin:0}}`

/** The sheet as a page that stands on its own and prints on one sheet of paper. */
export function sheetHtml({ title, reader, asOf, sections }: Sheet): string {
  const blocks = sections.map(({ heading, lines }) => {
    const items = lines.map((line) => `<li class="${line.kind}">${commandsIn(linked(escapeHtml(textOf(line))))}</li>`)
    return `<section><h2>${escapeHtml(heading)}</h2><ul>\n${items.join('\n')}\n</ul></section>`
  })
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escapeHtml(title)}</title><style>${style}</style></head>
<body><h1>${escapeHtml(title)}</h1><p>${escapeHtml(reader)} · as of ${asOf}</p>
${blocks.join('\n')}
</body></html>
`
}

// Only our own commands: whatever else stands between such signs stays text, since files are written by others.
const commandsIn = (escaped: string): string => escaped.replace(/`(bridgekeeper(?: [a-z0-9-]+)+)`/g, '<code>$1</code>')

/** Web addresses in escaped text become links; a closing bracket or point at the end is no part of an address. */
export function linked(escaped: string): string {
  return escaped.replace(/https?:\/\/[^\s<>&"]+[^\s<>&".,;:)]/g, (address) => `<a href="${address}">${address}</a>`)
}
