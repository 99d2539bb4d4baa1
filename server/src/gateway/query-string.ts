export type QueryValue =
  | string
  | number
  | bigint
  | boolean
  | Date
  | null
  | undefined
  | readonly unknown[]
  | { readonly [key: string]: unknown }

/** How lists and objects of the query are written; the names are those of OpenAPI's `style`. */
export interface QueryStyle {
  /** `form` repeats the name (default); the others join the items into one value. */
  array?: 'form' | 'commaDelimited' | 'spaceDelimited' | 'pipeDelimited' | 'brackets'
  /** `deepObject` writes `filter[status]=open` (default); `form` writes the properties as parameters of their own. */
  object?: 'deepObject' | 'form'
}

const DELIMITERS = { commaDelimited: ',', spaceDelimited: '%20', pipeDelimited: '%7C' } as const

/**
 * Writes a query string without the question mark; empty when nothing is left. `undefined` and `null` are left out, dates
 * are ISO 8601. Order is that of the object. Throws URIError on lone surrogates.
 */
export function queryString(query: Readonly<Record<string, unknown>> | undefined, style: QueryStyle = {}): string {
  if (!query) return ''
  const pairs: string[] = []
  for (const name of Object.keys(query)) append(pairs, encodeURIComponent(name), query[name], style)
  return pairs.join('&')
}

function append(pairs: string[], name: string, value: unknown, style: QueryStyle): void {
  if (value === undefined || value === null) return
  if (Array.isArray(value)) appendArray(pairs, name, value, style)
  else if (typeof value === 'object' && !(value instanceof Date)) appendObject(pairs, name, value, style)
  else pairs.push(`${name}=${encoded(value)}`)
}

function appendArray(pairs: string[], name: string, items: readonly unknown[], style: QueryStyle): void {
  const present = items.filter((item) => item !== undefined && item !== null)
  const array = style.array ?? 'form'
  if (array === 'form') for (const item of present) pairs.push(`${name}=${encoded(item)}`)
  else if (array === 'brackets') for (const item of present) pairs.push(`${name}[]=${encoded(item)}`)
  else if (present.length > 0) pairs.push(`${name}=${present.map(encoded).join(DELIMITERS[array])}`)
}

function appendObject(pairs: string[], name: string, value: object, style: QueryStyle): void {
  for (const [key, inner] of Object.entries(value)) {
    const innerName = style.object === 'form' ? encodeURIComponent(key) : `${name}[${encodeURIComponent(key)}]`
    append(pairs, innerName, inner, style)
  }
}

function encoded(value: unknown): string {
  if (value instanceof Date) return encodeURIComponent(value.toISOString())
  return encodeURIComponent(typeof value === 'object' ? JSON.stringify(value) : String(value))
}
