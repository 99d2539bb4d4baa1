import { createHash } from 'node:crypto'
import { html, raw } from 'hono/html'
import { type Schema, schemaLines, typeInWords } from './schema-in-words.ts'

export interface ReferenceDocument {
  info: { title: string; version: string; description?: string }
  paths?: Record<string, Record<string, Operation>>
  components?: { schemas?: Record<string, Schema> }
}

interface Body {
  content?: Record<string, { schema?: Schema }>
  description?: string
}

interface Operation {
  operationId: string
  summary?: string
  description?: string
  tags?: string[]
  parameters?: { name: string; in: string; required?: boolean; description?: string; schema?: Schema }[]
  requestBody?: Body
  responses?: Record<string, Body>
}

interface Entry extends Operation {
  method: string
  path: string
}

type Html = ReturnType<typeof html>

const style = `:root{color-scheme:light dark;--ink:#18212f;--muted:#566273;--line:#d9dfe8;--soft:#f3f6fa;--accent:#0f766e}
@media(prefers-color-scheme:dark){:root{--ink:#e8edf5;--muted:#a3afc0;--line:#344056;--soft:#1e2736;--accent:#3cc4b4}}
*{box-sizing:border-box}body{margin:0;font:15px/1.5 system-ui,sans-serif;color:var(--ink);background:Canvas}
main{max-width:72rem;margin:0 auto;padding:1.5rem 1rem 4rem}h1{font-size:1.5rem;margin:0}h2{font-size:1.15rem;margin:2.2rem 0 .5rem;scroll-margin-top:1rem}
a{color:var(--accent)}p{margin:.4rem 0;max-width:60rem}code,pre{font:13px/1.5 ui-monospace,monospace}pre{background:var(--soft);padding:.7rem;overflow:auto;border-radius:6px}
nav{display:flex;flex-wrap:wrap;gap:.3rem 1rem;margin:1rem 0}.muted{color:var(--muted)}
details{border:1px solid var(--line);border-radius:6px;margin:.4rem 0}details>div{scroll-margin-top:4rem}summary{padding:.5rem .8rem;cursor:pointer;overflow-wrap:anywhere}
details[open]>summary{border-bottom:1px solid var(--line)}details>div{padding:.3rem .8rem .8rem}
.method{display:inline-block;min-width:4.2rem;font-weight:600;color:var(--accent)}h3{font-size:.95rem;margin:1rem 0 .3rem}
table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;padding:.25rem .6rem .25rem 0;border-top:1px solid var(--line);overflow-wrap:anywhere}th{font-weight:600;color:var(--muted)}
td:first-child{white-space:pre}@media(max-width:40rem){td:first-child{white-space:pre-wrap}}`

/** Nothing but this page's own style: an operator's key lies in the portal of the same origin, so no foreign program may run here. */
export const referencePolicy = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`

/**
 * The reference of the API as one page without a program: it needs nothing from elsewhere, works where there is no internet, and every operation has
 * an address (`#listRuns`), which opens it: browsers open what surrounds the place they are sent to. The same document yields the same bytes.
 */
export async function referencePage(document: ReferenceDocument): Promise<string> {
  const entries = Object.entries(document.paths ?? {}).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]): Entry => ({ ...operation, method: method.toUpperCase(), path })),
  )
  const tags = [...new Set(entries.map(tagOf))]
  const schemas = Object.entries(document.components?.schemas ?? {})
  const { title, version, description = '' } = document.info
  return String(
    await html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${title}</title><style>${raw(style)}</style></head>
<body><main><h1>${title} <span class="muted">${version}</span></h1>
<p>${withCode(description)}</p>
<p>Send a key with every request. <code>bridgekeeper api-keys add</code> makes one. The same as a document for programs: <a href="/api/openapi.json">openapi.json</a>.</p>
<pre>curl -H "Authorization: Bearer $BRIDGEKEEPER_KEY" $BRIDGEKEEPER_URL/api/runs</pre>
<nav>${tags.map((tag) => html`<a href="#${anchorOf(tag)}">${tag}</a>`)}<a href="#schemas">Schemas</a></nav>
${tags.map((tag) => html`<h2 id="${anchorOf(tag)}">${tag}</h2>${entries.filter((entry) => tagOf(entry) === tag).map(operationOf)}`)}
<h2 id="schemas">Schemas</h2>
${schemas.map(([name, schema]) => html`<details><summary><code>${name}</code></summary><div id="schema-${name}">${fields(schema)}</div></details>`)}
</main></body></html>
`,
  )
}

const tagOf = ({ tags }: Entry): string => tags?.[0] ?? 'Other'
const anchorOf = (tag: string): string => `tag-${tag.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}`

function operationOf({ operationId, method, path, summary = '', description, parameters = [], requestBody, responses = {} }: Entry): Html {
  return html`<details><summary><span class="method">${method}</span> <code>${path}</code> <span class="muted">${summary}</span></summary><div id="${operationId}">
${description ? html`<p>${withCode(description)}</p>` : ''}${parameters.length === 0 ? '' : html`<h3>Parameters</h3>${table(parameters.map(parameterRow))}`}
${requestBody ? html`<h3>Body</h3>${bodyOf(requestBody)}` : ''}
<h3>Answers</h3>${Object.entries(responses).map(([status, answer]) => html`<p><b>${status}</b> ${withCode(answer.description ?? '')}</p>${bodyOf(answer)}`)}
</div></details>`
}

function parameterRow({
  name,
  in: place,
  required = false,
  description = '',
  schema = {},
}: NonNullable<Operation['parameters']>[number]): Row {
  return [name, `${place}, ${typeInWords(schema)}${required ? ', required' : ''}`, description || (schema.description ?? '')]
}

function bodyOf({ content = {} }: Body): Html | string {
  // Problems have one shape everywhere, which the introduction tells.
  const shown = Object.entries(content).filter(([type]) => type !== 'application/problem+json')
  return shown.length === 0
    ? ''
    : html`${shown.map(([type, { schema = {} }]) => html`${type === 'application/json' ? '' : html`<p class="muted">${type}</p>`}${fields(schema)}`)}`
}

function fields(schema: Schema): Html {
  const lines = schemaLines(schema)
  if (lines.length === 0) return html`<p>${linked(typeInWords(schema))}</p>`
  return table(lines.map(({ name, depth, type, description }): Row => ['  '.repeat(depth) + name, type, description]))
}

type Row = [name: string, type: string, description: string]

function table(rows: readonly Row[]): Html {
  return html`<table>${rows.map(([name, type, description]) => html`<tr><td><code>${name}</code></td><td>${linked(type)}</td><td class="muted">${withCode(description)}</td></tr>`)}</table>`
}

/** What stands between backticks is code. */
function withCode(text: string): Html {
  return html`${text.split('`').map((part, at) => (at % 2 === 0 ? part : html`<code>${part}</code>`))}`
}

/** Names of schemas lead to them. */
function linked(type: string): Html {
  const parts = type.split(/#(\w+)/)
  return html`${parts.map((part, at) => (at % 2 === 0 ? part : html`<a href="#schema-${part}">${part}</a>`))}`
}
