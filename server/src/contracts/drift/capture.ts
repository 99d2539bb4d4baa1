/** What a message weighs at most to be checked, about, in characters of JSON. */
const maxCharacters = 262_144
const maxValues = 30_000

/**
 * A parsed body as JSON text, or undefined when it is too large. Its size is looked at first, so that what is too large costs little.
 */
export function captureJson(body: unknown): string | undefined {
  let characters = 0
  let values = 0
  const fits = (value: unknown): boolean => {
    values += 1
    if (typeof value === 'string') characters += value.length
    else if (typeof value === 'object' && value !== null) {
      for (const name in value) {
        if (!Array.isArray(value)) characters += name.length
        if (!fits((value as Record<string, unknown>)[name])) return false
      }
    }
    return characters <= maxCharacters && values <= maxValues
  }
  return fits(body) ? JSON.stringify(body) : undefined
}
