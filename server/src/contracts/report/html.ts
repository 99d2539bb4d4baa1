import type { Level } from '../rules/rule.ts'
import { describeFinding, positionOf } from './describe-finding.ts'
import { byPlace, headline, type Report, xml } from './formats.ts'

const words: Record<Level, string> = { ERR: 'breaking', WARN: 'look at', INFO: 'info' }

/** A page that stands alone: no script, no address outside, readable on paper and without colours. */
export function htmlReport({ before, after, findings }: Report): string {
  const sections = [...byPlace(findings)].map(([place, found]) => {
    const rows = found.map(
      (finding) =>
        `<tr class="${finding.level}"><td>${words[finding.level]}</td><td><code>${xml(positionOf(finding)) || '–'}</code></td><td>${xml(describeFinding(finding))}</td><td><code>${xml(finding.rule)}</code></td></tr>`,
    )
    return `<section><h2>${xml(place)}</h2><table><thead><tr><th scope="col">level</th><th scope="col">where</th><th scope="col">what</th><th scope="col">rule</th></tr></thead><tbody>\n${rows.join('\n')}\n</tbody></table></section>`
  })
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Contract changes</title>
<style>${style}</style>
</head>
<body>
<h1>Contract changes</h1>
<p>${xml(before)} → ${xml(after)}</p>
<p><strong>${headline(findings)}</strong></p>
${sections.join('\n')}
</body>
</html>`
}

const style =
  'body{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:75rem;padding:0 1rem}table{border-collapse:collapse;width:100%}th,td{border-top:1px solid #8886;padding:.4rem .6rem;text-align:left;vertical-align:top;overflow-wrap:anywhere}h2{font-size:1.1rem;margin-top:2rem}code{font-size:.9em}.ERR td:first-child{font-weight:700;color:#b3261e}.WARN td:first-child{font-weight:700;color:#8a5300}@media(prefers-color-scheme:dark){body{background:#111;color:#eee}.ERR td:first-child{color:#ffb4ab}.WARN td:first-child{color:#ffb951}}'
