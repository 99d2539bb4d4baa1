import { createHmac, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto'
import { errors } from './errors.ts'
import { reveal, type Secret } from './secret.ts'

/** How the text of a secret becomes the bytes of an HMAC key. `base64` takes off the `whsec_` of Standard Webhooks. */
export type KeyEncoding = 'utf8' | 'base64' | 'hex'

/** One secret of a webhook source: it computes and compares, but never shows itself. */
export interface WebhookSecret {
  readonly id: string
  /** The HMAC of the parts joined together, for comparison in constant time by the caller. */
  hmac(algorithm: 'sha1' | 'sha256' | 'sha512', parts: readonly (string | Uint8Array)[], keyEncoding?: KeyEncoding): Buffer
  /** Whether a shown text is this secret, in constant time: for schemes that send it along (basic, tokens in headers). */
  equals(candidate: string): boolean
}

export function webhookSecret(id: string, secret: Secret): WebhookSecret {
  const keys = new Map<KeyEncoding, KeyObject>()
  const keyFor = (encoding: KeyEncoding): KeyObject => {
    const known = keys.get(encoding) ?? createSecretKey(keyBytes(reveal(secret), encoding))
    keys.set(encoding, known)
    return known
  }
  return {
    id,
    hmac(algorithm, parts, keyEncoding = 'utf8') {
      const hmac = createHmac(algorithm, keyFor(keyEncoding))
      for (const part of parts) hmac.update(part)
      return hmac.digest()
    },
    equals(candidate) {
      // HMAC first: it makes both sides equally long, which timingSafeEqual demands and which hides the length.
      return timingSafeEqual(this.hmac('sha256', [candidate]), this.hmac('sha256', [reveal(secret)]))
    },
  }
}

function keyBytes(text: string, encoding: KeyEncoding): Buffer {
  const bytes = Buffer.from(encoding === 'base64' ? text.replace(/^whsec_/, '') : text, encoding)
  // Node skips what is not base64 or hex. An HMAC under an empty key is one that everybody can compute.
  if (bytes.length === 0) throw errors.secret_malformed({ field: 'webhook secret', reason: `read as ${encoding} it is empty` })
  return bytes
}
