const unstorable = /[\0\ud800-\udfff]/

/** Text as PostgreSQL can keep it: NUL and halves of surrogate pairs become U+FFFD. What others wrote may hold both. */
export function storableText(text: string): string {
  return unstorable.test(text) ? text.toWellFormed().replaceAll('\0', '\ufffd') : text
}

/** Escapes as `JSON.stringify` writes them: whole pairs it leaves as they are, so that an escaped surrogate is half of one. */
const escapes = /\\(?:u0000|ud[89a-f][0-9a-f]{2}|.)/g

/** A value as JSON that PostgreSQL's jsonb can keep; names and texts in it as {@link storableText} makes them. */
export function storableJson(value: unknown): string {
  const json = JSON.stringify(value)
  return json.includes('\\u') ? json.replace(escapes, (found) => (/^\\u(?:0000|d)/.test(found) ? '\\ufffd' : found)) : json
}
