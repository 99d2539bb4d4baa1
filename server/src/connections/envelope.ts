import { createCipheriv, createDecipheriv, type KeyObject, randomBytes } from 'node:crypto'
import { errors } from './errors.ts'
import type { KeyRing } from './key-ring.ts'
import { reveal, Secret } from './secret.ts'

const ALGORITHM = 'aes-256-gcm'
const VERSION = 'bk1'
const IV_BYTES = 12
const TAG_BYTES = 16

/**
 * Seals a secret as `bk1:<key id>:<wrapped data key>:<ciphertext>`: a data key of its own encrypts it, and the newest
 * key of the ring encrypts the data key (envelope encryption), both with AES-256-GCM and fresh random IVs.
 *
 * @param context where the value belongs, for example `connection/<id>/token`. It is authenticated, so a ciphertext
 *                copied to another row or field does not open there.
 */
export function seal(ring: KeyRing, secret: Secret, context: string): string {
  const dataKey = randomBytes(32)
  const wrapped = encrypt(ring.newest.object, dataKey, wrapContext(ring.newest.id, context))
  const sealed = encrypt(dataKey, Buffer.from(reveal(secret), 'utf8'), context)
  dataKey.fill(0)
  return [VERSION, ring.newest.id, wrapped.toString('base64url'), sealed.toString('base64url')].join(':')
}

/**
 * Opens what `seal` made for the same context.
 *
 * @throws connections.key_unknown        the ring has no key of that id (another process may have it)
 * @throws connections.secret_unreadable  altered, made for another context, or not made by `seal`
 */
export function unseal(ring: KeyRing, sealed: string, context: string): Secret {
  const [version, keyId, wrapped, ciphertext] = sealed.split(':')
  if (version !== VERSION || !keyId || !wrapped || !ciphertext) throw errors.secret_unreadable({ context })
  const key = ring.find(keyId)
  if (!key) throw errors.key_unknown({ keyId, known: ring.keys.map((known) => known.id) })
  try {
    const dataKey = decrypt(key.object, Buffer.from(wrapped, 'base64url'), wrapContext(keyId, context))
    return new Secret(decrypt(dataKey, Buffer.from(ciphertext, 'base64url'), context).toString('utf8'))
  } catch {
    // The reason is left out on purpose: OpenSSL's text adds nothing, and no part of the value may travel.
    throw errors.secret_unreadable({ context })
  }
}

function wrapContext(keyId: string, context: string): string {
  return `data key of ${keyId}/${context}`
}

function encrypt(key: KeyObject | Buffer, plain: Buffer, context: string): Buffer {
  const iv = randomBytes(IV_BYTES)
  const cipher = createCipheriv(ALGORITHM, key, iv, { authTagLength: TAG_BYTES })
  cipher.setAAD(Buffer.from(context, 'utf8'))
  const body = Buffer.concat([cipher.update(plain), cipher.final()])
  return Buffer.concat([iv, cipher.getAuthTag(), body])
}

function decrypt(key: KeyObject | Buffer, sealed: Buffer, context: string): Buffer {
  // Without a fixed tag length a truncated tag of four bytes would be accepted.
  const decipher = createDecipheriv(ALGORITHM, key, sealed.subarray(0, IV_BYTES), { authTagLength: TAG_BYTES })
  decipher.setAAD(Buffer.from(context, 'utf8'))
  decipher.setAuthTag(sealed.subarray(IV_BYTES, IV_BYTES + TAG_BYTES))
  return Buffer.concat([decipher.update(sealed.subarray(IV_BYTES + TAG_BYTES)), decipher.final()])
}
