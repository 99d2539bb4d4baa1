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

const special = /["\\]/

function elementOf(value: unknown): string | undefined {
  if (value === null || value === undefined) return 'NULL'
  if (typeof value === 'string') return special.test(value) ? `"${value.replace(/["\\]/g, '\\$&')}"` : `"${value}"`
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint') return String(value)
  if (!(value instanceof Date) || Number.isNaN(value.getTime())) return undefined
  const text = value.toISOString()
  return text.length === 24 ? `"${text}"` : undefined
}
