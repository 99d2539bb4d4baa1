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

const written: Readonly<Record<KeyEncoding, RegExp>> = { utf8: /./s, hex: /^([0-9a-f]{2})+$/i, base64: /^[A-Za-z0-9+/]+={0,2}$/ }

function keyBytes(text: string, encoding: KeyEncoding): Buffer {
  const encoded = encoding === 'base64' ? text.replace(/^whsec_/, '') : text
  // Node stops at the first character that is not hexadecimal and skips what is not base64: of "44 78 2d …" one byte would be left, and
  // everybody can compute the HMAC under a key that is empty or can be guessed.
  if (!written[encoding].test(encoded)) throw errors.secret_malformed({ field: 'webhook secret', reason: `it is not ${encoding}` })
  return Buffer.from(encoded, encoding)
}
