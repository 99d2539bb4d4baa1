import { timingSafeEqual } from 'node:crypto'
import { refuse, type SecretKey, type Verdict } from './scheme.ts'

/**
 * Equal, in a time that depends on neither content. Encoded signatures are compared as they are written, never decoded:
 * decoders skip what they do not know, so many texts would be "the same" signature. UTF-8, because latin1 would fold
 * characters like U+0161 onto ASCII.
 */
export function equalText(one: string, other: string): boolean {
  const left = Buffer.from(one, 'utf8')
  const right = Buffer.from(other, 'utf8')
  return left.length === right.length && timingSafeEqual(left, right)
}

/** Whether one of the signatures is the expected one. */
export function includesSignature(given: readonly string[], expected: string): boolean {
  return given.some((signature) => equalText(signature, expected))
}

/**
 * Accepts when one of our secrets makes one of the sender's signatures. All are tried, because both sides hold two while
 * a secret is being rotated. A secret that cannot be used makes nothing acceptable.
 *
 * @param shown for schemes that show the secret itself: what of the request is compared, with its verb
 */
export function judge(secrets: readonly SecretKey[], matches: (secret: SecretKey) => boolean, shown?: string): Verdict {
  let usable = 0
  for (const secret of secrets) {
    try {
      if (matches(secret)) return { verified: true, secretId: secret.id }
      usable += 1
    } catch {
      // A key that is no base64 or hexadecimal: said below, when no other secret matches.
    }
  }
  const mismatch = shown ? `${shown} none of the secrets` : 'The signature matches under none of the secrets'
  if (usable > 0) return refuse('signature-mismatch', `${mismatch} configured for this source.`)
  if (secrets.length === 0) return refuse('no-secret', 'No secret is configured for this source, so nothing can be verified.')
  return refuse('no-secret', 'None of the secrets configured for this source has the form that its scheme needs.')
}
