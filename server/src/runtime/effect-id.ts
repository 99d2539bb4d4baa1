import { hash } from 'node:crypto'

/**
 * The id of something that may exist once for one origin: always the same for the same parts, and a UUID that begins with the time of
 * the origin (a UUID v7), so that a repeat years later meets the first one in the same partition.
 *
 * Layout: the origin's 48-bit timestamp, version 8 (RFC 9562, "custom"), then 74 bits of SHA-256 over the parts.
 */
export function effectId(originId: string, ...parts: readonly (string | number)[]): string {
  let text = originId
  // The length in front keeps ('a', 'bc') and ('ab', 'c') apart.
  for (const part of parts) text += `\n${String(part).length}:${part}`
  const digest = hash('sha256', text, 'hex')
  const variant = ((Number.parseInt(digest[3]!, 16) & 0x3) | 0x8).toString(16)
  return `${originId.slice(0, 14)}8${digest.slice(0, 3)}-${variant}${digest.slice(4, 7)}-${digest.slice(7, 19)}`
}
