import { includesSignature, judge } from './compare.ts'
import { plainSecret } from './plain-secret.ts'
import { judgeTimestamp, readSignatureHeader, unixSeconds } from './read-header.ts'
import { type Refusal, refuse, type Scheme, type SecretKey } from './scheme.ts'
import { keyForms } from './secret-form.ts'

const header = 'stripe-signature'

/**
 * Stripe: `Stripe-Signature: t=<seconds>,v1=<hex>[,v1=…][,v0=…]`, HMAC-SHA256 of `t.body`; the key is the endpoint's
 * secret as text, with its `whsec_`. Only `v1` counts: `v0` is made for test events and accepting it would be a downgrade.
 * Source: https://docs.stripe.com/webhooks#verify-manually
 */
export function stripeScheme({ toleranceMs }: { toleranceMs: number }): Scheme {
  return {
    name: 'stripe',
    assurance: 'signature',
    credentialHeaders: [],
    secretForm: keyForms.utf8,
    verify(request, secrets) {
      const text = readSignatureHeader(request.headers, header)
      if (typeof text !== 'string') return text
      const parts = readParts(text)
      if ('verified' in parts) return parts
      const late = judgeTimestamp(parts.timestamp, request.receivedAt, toleranceMs)
      return late ?? judge(secrets, (secret) => includesSignature(parts.signatures, signatureOf(secret, parts.timestamp, request.body)))
    },
    sign(secret, body, at) {
      const timestamp = unixSeconds(at)
      return { headers: { [header]: `t=${timestamp},v1=${signatureOf(plainSecret(secret), timestamp, body)}` }, body }
    },
  }
}

function readParts(text: string): { timestamp: string; signatures: string[] } | Refusal {
  const fields = text.split(',').map((field) => field.trim().split('=', 2) as [string, string | undefined])
  const timestamps = fields.filter(([name]) => name === 't')
  const signatures = fields.flatMap(([name, value]) => (name === 'v1' && value !== undefined ? [value] : []))
  if (timestamps.length === 0) return refuse('timestamp-missing', `The header ${header} has no "t=".`)
  if (timestamps.length > 1) return refuse('signature-malformed', `The header ${header} has more than one "t=".`)
  if (signatures.length === 0) return refuse('signature-missing', `The header ${header} has no "v1=" signature.`)
  if (signatures.length > maxSignatures)
    return refuse('signature-malformed', `The header ${header} has more than ${maxSignatures} signatures.`)
  if (!signatures.every((signature) => /^[0-9a-f]{64}$/.test(signature))) {
    return refuse('signature-malformed', `Each "v1=" in ${header} must have 64 hexadecimal digits.`)
  }
  return { timestamp: timestamps[0]![1] ?? '', signatures }
}

// A rotation needs two; a header full of guesses would let one request buy hundreds of comparisons.
const maxSignatures = 8

function signatureOf(secret: SecretKey, timestamp: string, body: Uint8Array): string {
  return secret.hmac('sha256', [timestamp, '.', body]).toString('hex')
}
