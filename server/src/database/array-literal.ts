/**
 * An array as the text that PostgreSQL reads, or undefined where node-postgres must do it: nested arrays, bytes, objects, dates that ISO 8601
 * writes with a sign. The driver searches every element twice for what must be escaped, and batches carry ten thousands of ids a second.
 */
export function arrayLiteral(values: readonly unknown[]): string | undefined {
  const parts: string[] = []
  for (const value of values) {
    const part = elementOf(value)
    if (part === undefined) return undefined
    parts.push(part)
  }
  return `{${parts.join(',')}}`
}

/** Anything that PostgreSQL might read as a separator, a brace, white space or an escape. */
const needsQuotes = /[^\w.:+/-]/
/** What JSON escapes otherwise than an array does. */
const differsInJson = /[\0-\x1f\ud800-\udfff]/

function elementOf(value: unknown): string | undefined {
  if (value === null || value === undefined) return 'NULL'
  if (typeof value === 'string') return textOf(value)
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint') return String(value)
  if (!(value instanceof Date) || Number.isNaN(value.getTime())) return undefined
  const text = value.toISOString()
  return text.length === 24 ? text : undefined
}

function textOf(value: string): string {
  if (!needsQuotes.test(value)) return value === '' || (value.length === 4 && value.toLowerCase() === 'null') ? `"${value}"` : value
  // Quotes and backslashes are escaped alike in both, and JSON's own writer is the quickest there is.
  return differsInJson.test(value) ? `"${value.replace(/["\\]/g, '\\$&')}"` : JSON.stringify(value)
}
