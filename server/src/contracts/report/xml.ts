/** Text for XML and HTML. XML 1.0 has no place for other control characters, lone surrogates and U+FFFE, not even escaped. */
export function xml(value: string): string {
  const escaped = value.toWellFormed().replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
  return escaped.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '')
}
