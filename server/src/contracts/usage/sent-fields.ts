const maxFields = 2_000
const maxDepth = 30
const maxValueLength = 80

/**
 * Fields of one request, each once with each different value that may be kept.
 *
 * @param listed fields whose values the contract lists; the values of all others are left out
 * @param hides whether the platform hides what stands in a field
 * @returns pairs of field (`items[].sku`, `query status`) and JSON text of the value, empty where it is not kept
 */
export function sentFields(
  query: Readonly<Record<string, unknown>>,
  body: unknown,
  listed: ReadonlySet<string>,
  hides: (field: string) => boolean = () => false,
): [string, string][] {
  const found = new Map<string, [string, string]>()
  const add = (field: string, value: unknown): void => {
    if (found.size >= maxFields) return
    const kept = listed.has(field) && !hides(field) ? keptValue(value) : ''
    found.set(`${field}\n${kept}`, [field, kept])
  }
  const visit = (value: unknown, path: string, depth: number): void => {
    if (value === undefined || found.size >= maxFields || depth > maxDepth) return
    if (path !== '') add(path, value)
    if (Array.isArray(value)) for (const item of value) visit(item, `${path}[]`, depth + 1)
    else for (const [name, item] of membersOf(value)) visit(item, path === '' ? name : `${path}.${name}`, depth + 1)
  }
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined) continue
    for (const item of Array.isArray(value) ? value : [value]) add(`query ${name}`, item)
  }
  visit(body, '', 0)
  return [...found.values()]
}

function membersOf(value: unknown): [string, unknown][] {
  if (value instanceof URLSearchParams || value instanceof FormData) return [...value.entries()]
  if (typeof value !== 'object' || value === null) return []
  const prototype = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null ? Object.entries(value) : []
}

function keptValue(value: unknown): string {
  if (typeof value === 'object' || value === undefined) return value === null ? 'null' : ''
  const text = JSON.stringify(value)
  return text.length > maxValueLength ? '' : text
}

/** Every request carries these, or none is asked for them by a contract (OpenAPI leaves Accept, Content-Type and Authorization to other keywords). */
const usualHeaders =
  /^(authorization|cookie|host|user-agent|accept|accept-encoding|content-type|content-length|transfer-encoding|connection|traceparent|tracestate|date)$/i
const secretHeaders = /idempotency|key|token|secret|signature|auth/i

/**
 * Names of request headers that a contract may demand. Only those that pin a version keep their value, and none that is secret by its name.
 *
 * @param hides whether the platform hides the value of a header
 */
export function tellingHeaders(
  headers: Readonly<Record<string, unknown>>,
  hides: (name: string) => boolean = () => false,
): [string, string][] {
  const telling: [string, string][] = []
  for (const name in headers) {
    if (usualHeaders.test(name)) continue
    const kept = /version/i.test(name) && !secretHeaders.test(name) && !hides(name)
    telling.push([name.toLowerCase(), kept ? String(headers[name]).slice(0, maxValueLength) : ''])
  }
  return telling
}

/** `application/json; charset=utf-8` → `application/json`; undefined without one. */
export function mediaTypeOf(headers: Readonly<Record<string, unknown>>): string | undefined {
  const value = headers['content-type'] ?? headers[Object.keys(headers).find((name) => name.toLowerCase() === 'content-type') ?? '']
  return typeof value === 'string' ? value.split(';')[0]!.trim().toLowerCase().slice(0, maxValueLength) : undefined
}
