import { createHmac, timingSafeEqual } from 'node:crypto'
import { errors } from '../errors.ts'
import type { KeyEncoding, SecretKey } from './scheme.ts'

/** A secret that its holder knows in clear: the sender's side (sandboxes, tests, `sign`). */
export function plainSecret(text: string, id = 'plain'): SecretKey {
  const secret: SecretKey = {
    id,
    hmac(algorithm, parts, keyEncoding = 'utf8') {
      const mac = createHmac(algorithm, keyBytes(text, keyEncoding))
      for (const part of parts) mac.update(part)
      return mac.digest()
    },
    // Digests are equally long, so the comparison shows no length.
    equals: (candidate) => timingSafeEqual(secret.hmac('sha256', [candidate]), secret.hmac('sha256', [text])),
  }
  return secret
}

const forms: Record<KeyEncoding, RegExp> = { utf8: /./s, base64: /^[A-Za-z0-9+/]+={0,2}$/, hex: /^([0-9a-fA-F]{2})+$/ }

function keyBytes(text: string, encoding: KeyEncoding): Buffer {
  const encoded = encoding === 'base64' ? text.replace(/^whsec_/, '') : text
  if (!forms[encoding].test(encoded)) throw errors.secret_unusable({ encoding })
  return Buffer.from(encoded, encoding)
}
