import { createHash } from 'node:crypto'

/**
 * The key under which a partner recognises a write that is sent again. The same four values give the same key in every
 * process and for ever; any difference gives another.
 *
 * @param ordinal  number of the write within its step, from 0: a step may write more than once
 * @returns a UUID version 8 (RFC 9562) made of the first 122 bits of a SHA-256: the form that every platform accepts
 */
export function idempotencyKeyOf(instanceId: string, deliveryId: string, stepName: string, ordinal: number): string {
  const hash = createHash('sha256')
  // Lengths first: ("a", "bc") and ("ab", "c") must differ.
  for (const part of [instanceId, deliveryId, stepName, String(ordinal)]) hash.update(`${Buffer.byteLength(part)}:${part}`)
  const bytes = hash.digest().subarray(0, 16)
  bytes[6] = (bytes[6]! & 0x0f) | 0x80
  bytes[8] = (bytes[8]! & 0x3f) | 0x80
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}
