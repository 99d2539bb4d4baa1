import type { Report, ReportEntry, ReportGroup } from './report.ts'
import { placeInFile } from './source-lines.ts'
import { xml } from './xml.ts'

/** A page that stands alone: no script, no address outside, readable on paper, on a phone and without colours. */
export function html({ title, before, after, headline, groups }: Report): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${xml(title)}</title>
<style>${style}</style>
</head>
<body>
<h1>${xml(title)}</h1>
<p class="versions">${xml(before)} → ${xml(after)}</p>
<p><strong>${xml(headline)}</strong></p>
${groups.map(sectionOf).join('\n')}
</body>
</html>`
}

function sectionOf({ name, summary, entries }: ReportGroup): string {
  const head = `<h2>${xml(name)}${summary ? `<span>${xml(summary)}</span>` : ''}</h2>`
  return `<section>${head}${entries.length === 0 ? '' : `<ul>\n${entries.map(itemOf).join('\n')}\n</ul>`}</section>`
}

function itemOf({ severity, label, position, message, rule, source }: ReportEntry): string {
  const where = position === '' ? '' : `<p class="where">${xml(position)}</p>`
  const line = source ? ` · <span>${xml(placeInFile(source))}</span>` : ''
  return `<li class="${severity}"><b>${xml(label)}</b><div>${where}<p>${xml(message)}</p><p class="rule"><code>${xml(rule)}</code>${line}</p></div></li>`
}

const style = [
  ':root{color-scheme:light dark;--line:#8884;--dim:#5c5f66;--error:#b3261e;--warning:#8a5300}',
  'body{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:60rem;padding:0 1rem}',
  'h1{font-size:1.6rem;margin:0 0 .5rem}h2{font-size:1.05rem;margin:2rem 0 .5rem;overflow-wrap:anywhere}',
  'h2 span{font-weight:400;color:var(--dim)}h2 span::before{content:" · "}',
  '.versions{color:var(--dim);overflow-wrap:anywhere}ul{list-style:none;margin:0;padding:0}',
  'li{display:grid;grid-template-columns:6.5rem 1fr;gap:0 1rem;border-top:1px solid var(--line);padding:.6rem 0;break-inside:avoid}',
  'li div{min-width:0}li p{margin:0;overflow-wrap:anywhere}li b{font-weight:600;color:var(--dim)}',
  'li.error b{color:var(--error)}li.warning b{color:var(--warning)}',
  '.where{font-weight:600}.rule{color:var(--dim);font-size:.85rem}code{font-size:1em}',
  '@media(max-width:40rem){li{grid-template-columns:1fr}}',
  '@media(prefers-color-scheme:dark){:root{--dim:#a6a9b0;--error:#ffb4ab;--warning:#ffb951}body{background:#15161a;color:#e8e9ec}}',
].join('')
