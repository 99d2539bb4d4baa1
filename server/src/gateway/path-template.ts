import { errors } from './errors.ts'

/** Turns parameters into the path, percent-encoded. */
export type ExpandPath = (parameters: Readonly<Record<string, unknown>> | undefined) => string

const compiled = new Map<string, ExpandPath>()
/** Authors write templates; there are as many as operations. A caller who builds them from data must not fill the memory. */
const MAX_TEMPLATES = 10_000

/**
 * Reads a path template of OpenAPI (`/tickets/{id}`; compiled once).
 *
 * A parameter stays one segment whatever it contains: everything outside RFC 3986 `unreserved` is encoded, `/`, `?`, `#`
 * and `%` included, and values that would still move through the tree (empty, `.`, `..`) are refused. Lists are joined by
 * commas (style `simple`).
 *
 * @throws gateway.path_template_malformed; the returned function throws gateway.path_parameter_refused
 */
export function pathTemplate(template: string): ExpandPath {
  const known = compiled.get(template)
  if (known) return known
  const expand = compile(template)
  if (compiled.size >= MAX_TEMPLATES) compiled.clear()
  compiled.set(template, expand)
  return expand
}

function compile(template: string): ExpandPath {
  const malformed = (reason: string) => errors.path_template_malformed({ template, reason })
  if (!template.startsWith('/')) throw malformed('it does not begin with "/"')
  if (template.startsWith('//')) throw malformed('it begins with "//", which names a host')
  if (/[?#\\\s\u0000-\u001f]/.test(template)) throw malformed('it contains a query, fragment, backslash or space')
  const parts = template.split(/\{([^{}]+)\}/)
  if (parts.some((part, index) => index % 2 === 0 && /[{}]/.test(part))) throw malformed('its braces do not match')
  const fixed = parts.filter((_, index) => index % 2 === 0).map((text) => encodeURI(decodeLoosely(text)))
  const names = parts.filter((_, index) => index % 2 === 1)
  if (names.length === 0) {
    if (hasDotSegment(fixed[0]!)) throw malformed('it contains a "." or ".." segment')
    return () => fixed[0]!
  }
  return (parameters) => {
    let path = fixed[0]!
    for (let at = 0; at < names.length; at += 1) path += encodeParameter(template, names[at]!, parameters?.[names[at]!]) + fixed[at + 1]!
    // Two harmless values side by side ("{a}{b}") can still make "..".
    if (hasDotSegment(path))
      throw errors.path_parameter_refused({ template, parameter: names.join(', '), reason: 'it makes a "." or ".." segment' })
    return path
  }
}

function encodeParameter(template: string, name: string, value: unknown): string {
  const refuse = (reason: string) => errors.path_parameter_refused({ template, parameter: name, reason })
  if (value === undefined || value === null) throw refuse('it is missing')
  if (typeof value === 'object' && !Array.isArray(value)) throw refuse('it is an object')
  const items = Array.isArray(value) ? value : [value]
  if (items.length === 0 || items.some((item) => String(item) === '')) throw refuse('it is empty')
  if (items.some((item) => !String(item).isWellFormed())) throw refuse('it is not valid Unicode')
  // encodeURIComponent leaves !'()* as they are, which RFC 3986 reserves.
  return items.map((item) => encodeURIComponent(String(item)).replace(/[!'()*]/g, hex)).join(',')
}

function hex(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`
}

/** URL parsers take %2e for a dot as well. */
function hasDotSegment(path: string): boolean {
  return /(^|\/)(\.|%2e){1,2}(\/|$)/i.test(path)
}

function decodeLoosely(text: string): string {
  try {
    return decodeURI(text)
  } catch {
    return text
  }
}
