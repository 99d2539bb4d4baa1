import { equalText, judge } from './compare.ts'
import { plainSecret } from './plain-secret.ts'
import { readSignatureHeader } from './read-header.ts'
import { refuse, type Scheme, type SecretKey } from './scheme.ts'
import { keyForms } from './secret-form.ts'

const header = 'x-shopify-hmac-sha256'

/**
 * Shopify: HMAC-SHA256 of the body, `X-Shopify-Hmac-Sha256: <base64>`; the key is the app's client secret as text.
 * Source: https://shopify.dev/docs/apps/build/webhooks/subscribe/https
 */
export function shopifyScheme(): Scheme {
  return {
    name: 'shopify',
    assurance: 'signature',
    credentialHeaders: [],
    secretForm: keyForms.utf8,
    verify(request, secrets) {
      const signature = readSignatureHeader(request.headers, header)
      if (typeof signature !== 'string') return signature
      if (!/^[A-Za-z0-9+/]{43}=$/.test(signature)) {
        return refuse('signature-malformed', `The header ${header} must be the base64 of 32 bytes.`)
      }
      return judge(secrets, (secret) => equalText(signature, signatureOf(secret, request.body)))
    },
    sign: (secret, body) => ({ headers: { [header]: signatureOf(plainSecret(secret), body) }, body }),
  }
}

function signatureOf(secret: SecretKey, body: Uint8Array): string {
  return secret.hmac('sha256', [body]).toString('base64')
}
