/**
 * The text of a document that came as bytes. What its first bytes say counts, since servers often name a charset that the file does not have; then
 * the charset that was named; then UTF-8, in which bytes that are none become U+FFFD. A mark at the beginning is kept.
 *
 * @param contentType as the server sent it
 */
export function decodeText(bytes: Uint8Array, contentType?: string): string {
  const named = /;\s*charset\s*=\s*"?([^\s";]+)/i.exec(contentType ?? '')?.[1]
  return decoderOf(utf16In(bytes) ?? (startsWith(bytes, [0xef, 0xbb, 0xbf]) ? 'utf-8' : (named ?? 'utf-8'))).decode(bytes)
}

/** By its mark, or by the zeros that it makes of the first two characters of any JSON or YAML. */
function utf16In(bytes: Uint8Array): 'utf-16le' | 'utf-16be' | undefined {
  const [a, b, c, d] = bytes
  if (startsWith(bytes, [0xff, 0xfe]) || (a !== 0 && b === 0 && c !== 0 && d === 0)) return 'utf-16le'
  if (startsWith(bytes, [0xfe, 0xff]) || (a === 0 && b !== 0 && c === 0 && d !== 0)) return 'utf-16be'
  return undefined
}

const startsWith = (bytes: Uint8Array, start: readonly number[]): boolean => start.every((byte, index) => bytes[index] === byte)

function decoderOf(label: string): TextDecoder {
  try {
    return new TextDecoder(label, { ignoreBOM: true })
  } catch {
    return new TextDecoder('utf-8', { ignoreBOM: true })
  }
}
