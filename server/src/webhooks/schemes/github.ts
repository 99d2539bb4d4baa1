import { equalText, judge } from './compare.ts'
import { plainSecret } from './plain-secret.ts'
import { readSignatureHeader } from './read-header.ts'
import { refuse, type Scheme, type SecretKey } from './scheme.ts'
import { keyForms } from './secret-form.ts'

const header = 'x-hub-signature-256'

/**
 * GitHub: HMAC-SHA256 of the body, `X-Hub-Signature-256: sha256=<hex>`. The older SHA-1 header is never looked at.
 * GitHub signs neither a time nor the delivery id: repeats are caught by the id, which `X-GitHub-Delivery` carries.
 * Source: https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries
 */
export function githubScheme(): Scheme {
  return {
    name: 'github',
    assurance: 'signature',
    credentialHeaders: [],
    secretForm: keyForms.utf8,
    verify(request, secrets) {
      const signature = readSignatureHeader(request.headers, header)
      if (typeof signature !== 'string') return signature
      if (!/^sha256=[0-9a-f]{64}$/.test(signature)) {
        return refuse('signature-malformed', `The header ${header} must read "sha256=" and 64 hexadecimal digits.`)
      }
      return judge(secrets, (secret) => equalText(signature, signatureOf(secret, request.body)))
    },
    sign: (secret, body) => ({ headers: { [header]: signatureOf(plainSecret(secret), body) }, body }),
  }
}

function signatureOf(secret: SecretKey, body: Uint8Array): string {
  return `sha256=${secret.hmac('sha256', [body]).toString('hex')}`
}
