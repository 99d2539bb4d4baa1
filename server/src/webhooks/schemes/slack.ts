import { equalText, judge } from './compare.ts'
import { plainSecret } from './plain-secret.ts'
import { judgeTimestamp, readSignatureHeader, unixSeconds } from './read-header.ts'
import { type Answer, refuse, type Scheme, type SecretKey } from './scheme.ts'
import { keyForms } from './secret-form.ts'

const header = 'x-slack-signature'
const timestampHeader = 'x-slack-request-timestamp'

/**
 * Slack: `X-Slack-Signature: v0=<hex>`, HMAC-SHA256 of `v0:timestamp:body`. Answers Slack's `url_verification`, without
 * which no event subscription can be set up, and acknowledges with an empty body: to a slash command the body is shown.
 * Source: https://api.slack.com/authentication/verifying-requests-from-slack
 */
export function slackScheme({ toleranceMs }: { toleranceMs: number }): Scheme {
  return {
    name: 'slack',
    assurance: 'signature',
    credentialHeaders: [],
    secretForm: keyForms.utf8,
    verify(request, secrets) {
      const signature = readSignatureHeader(request.headers, header)
      if (typeof signature !== 'string') return signature
      if (!/^v0=[0-9a-f]{64}$/.test(signature)) {
        return refuse('signature-malformed', `The header ${header} must read "v0=" and 64 hexadecimal digits.`)
      }
      const timestamps = request.headers[timestampHeader] ?? []
      if (timestamps.length > 1) return refuse('signature-repeated', `The header ${timestampHeader} must come once.`)
      const timestamp = timestamps[0] ?? ''
      const late = judgeTimestamp(timestamp, request.receivedAt, toleranceMs)
      return late ?? judge(secrets, (secret) => equalText(signature, signatureOf(secret, timestamp, request.body)))
    },
    sign(secret, body, at) {
      const timestamp = unixSeconds(at)
      return { headers: { [timestampHeader]: timestamp, [header]: signatureOf(plainSecret(secret), timestamp, body) }, body }
    },
    acknowledge: () => ({ status: 200, headers: {}, body: '' }),
    handshake: (request) => answerUrlVerification(request.body),
  }
}

function signatureOf(secret: SecretKey, timestamp: string, body: Uint8Array): string {
  return `v0=${secret.hmac('sha256', ['v0:', timestamp, ':', body]).toString('hex')}`
}

const marker = Buffer.from('url_verification')

function answerUrlVerification(body: Uint8Array): Answer | null {
  // Parsing every event here only to find that it is one would cost more than storing it.
  if (!Buffer.from(body.buffer, body.byteOffset, body.byteLength).includes(marker)) return null
  try {
    const { type, challenge } = JSON.parse(Buffer.from(body).toString('utf8')) as Record<string, unknown>
    if (type !== 'url_verification' || typeof challenge !== 'string') return null
    return { status: 200, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: challenge }
  } catch {
    return null
  }
}
