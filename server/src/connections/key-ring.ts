import { createHash, createSecretKey, type KeyObject, randomBytes } from 'node:crypto'
import { errors } from './errors.ts'

/** Length of every key in bytes: AES-256. */
export const KEY_BYTES = 32

const KEY_ID = /^[A-Za-z0-9._-]{1,64}$/
const BASE64 = /^[A-Za-z0-9+/_-]+={0,2}$/

export interface Key {
  readonly id: string
  /** Node's own opaque object: printing it shows nothing of the bytes. */
  readonly object: KeyObject
  /** First eight hex digits of the SHA-256 of the key: lets people compare processes without showing the key. */
  readonly fingerprint: string
}

/** The keys that open stored secrets; the newest seals new ones. */
export interface KeyRing {
  readonly newest: Key
  /** All keys, newest first. */
  readonly keys: readonly Key[]
  find(id: string): Key | undefined
}

/**
 * Reads a key ring: `id:base64` items, newest first, separated by commas or line ends; `#` starts a comment.
 *
 * @param source where the text came from, for the message; the text itself never appears in one
 * @throws connections.key_ring_malformed
 */
export function parseKeyRing(text: string, source: string): KeyRing {
  const items = text
    .split('\n')
    .map((line) => line.replace(/#.*$/, ''))
    .join(',')
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')
  if (items.length === 0) throw errors.key_ring_missing({})
  const keys = items.map((item, index) => parseKey(item, source, index + 1))
  const byId = new Map(keys.map((key) => [key.id, key]))
  const repeated = keys.findIndex((key, index) => keys.findIndex((other) => other.id === key.id) < index)
  if (repeated >= 0) throw errors.key_ring_malformed({ source, position: repeated + 1, reason: 'its id appears twice' })
  return { newest: keys[0]!, keys, find: (id) => byId.get(id) }
}

/** A new random key as one line of a key ring, with an id that says when it was made: `k20261123-5f0c:<base64>`. */
export function generateKey(now: Date): string {
  const id = `k${now.toISOString().slice(0, 10).replaceAll('-', '')}-${randomBytes(2).toString('hex')}`
  return `${id}:${randomBytes(KEY_BYTES).toString('base64')}`
}

function parseKey(item: string, source: string, position: number): Key {
  const malformed = (reason: string) => errors.key_ring_malformed({ source, position, reason })
  const colon = item.indexOf(':')
  if (colon < 0) throw malformed('there is no ":" between id and key')
  const id = item.slice(0, colon)
  const encoded = item.slice(colon + 1)
  if (!KEY_ID.test(id)) throw malformed('its id must be 1 to 64 letters, digits, dots, dashes or underscores')
  if (!BASE64.test(encoded)) throw malformed('its key is not base64')
  const bytes = Buffer.from(encoded, 'base64')
  if (bytes.length !== KEY_BYTES) throw malformed(`its key has ${bytes.length} bytes instead of ${KEY_BYTES}`)
  const fingerprint = createHash('sha256').update(bytes).digest('hex').slice(0, 8)
  return { id, object: createSecretKey(bytes), fingerprint }
}
