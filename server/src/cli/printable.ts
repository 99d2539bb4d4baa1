/** The colours that this program writes itself (`Io.bold` and the like). They can be told from others' only by what they do: no more than colour. */
const ownColours = '\\u001b\\[(?:1|2|22|31|32|33|39)m'
/** What a terminal obeys instead of showing it: controls but line break and tab, and marks that turn the direction of reading. */
const obeyed = '[\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f-\\u009f\\u202a-\\u202e\\u2066-\\u2069]|\\r(?!\\n)'
const either = new RegExp(`${ownColours}|${obeyed}`, 'g')
const obeyedInJson = /[\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g

/**
 * A text as it may be shown on a terminal. Most of what commands print was written by partners and customers: a name or an error message could
 * otherwise rewrite the screen, set the clipboard, or read as the opposite of what it says. Instead of obeying them the terminal shows `\u001b`.
 */
export function printable(text: string): string {
  return text.replace(either, (found) => (found.length > 1 ? found : escaped(found)))
}

/** The same value, in which only escapes stand for what a terminal would obey. */
export function printableJson(json: string): string {
  return json.replace(obeyedInJson, escaped)
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}
