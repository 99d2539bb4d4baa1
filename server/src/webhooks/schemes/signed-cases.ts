import { adyenScheme } from './adyen.ts'
import { githubScheme } from './github.ts'
import { hmacScheme } from './hmac.ts'
import { plainSecret } from './plain-secret.ts'
import type { Scheme, SignedMessage, SignedRequest, Verdict } from './scheme.ts'
import { shopifyScheme } from './shopify.ts'
import { slackScheme } from './slack.ts'
import { standardWebhooksScheme } from './standard-webhooks.ts'
import { stripeScheme } from './stripe.ts'

export const toleranceMs = 300_000
export const at = new Date('2026-06-01T12:00:00Z')
export const url = 'https://bridge.example/webhooks/source?tenant=7'
export const item = {
  pspReference: 'P1',
  merchantAccountCode: 'M',
  merchantReference: 'R',
  amount: { value: 1, currency: 'EUR' },
  eventCode: 'CAPTURE',
  success: 'true',
}
export const adyenBody = Buffer.from(JSON.stringify({ notificationItems: [{ NotificationRequestItem: item }] }))
export const json = Buffer.from('{"id":1}')

export interface Case {
  scheme: Scheme
  secrets: [string, string]
  body: Buffer
  /** Header that carries the signature; null: the body does. */
  header: string | null
  /** Whether the scheme signs its moment. */
  timed: boolean
}

export const declared = hmacScheme({
  algorithm: 'sha512',
  header: 'X-Acme-Signature',
  prefix: 'acme=',
  encoding: 'base64url',
  parts: ['timestamp', 'method', 'url', { header: 'X-Acme-Tenant' }, { text: 'v2' }, 'body'],
  separator: '|',
  timestamp: { header: 'X-Acme-Time' },
  toleranceMs,
})

export const cases: Case[] = [
  { scheme: githubScheme(), secrets: ['one', 'two'], body: json, header: 'x-hub-signature-256', timed: false },
  { scheme: shopifyScheme(), secrets: ['one', 'two'], body: json, header: 'x-shopify-hmac-sha256', timed: false },
  { scheme: stripeScheme({ toleranceMs }), secrets: ['whsec_one', 'whsec_two'], body: json, header: 'stripe-signature', timed: true },
  { scheme: slackScheme({ toleranceMs }), secrets: ['one', 'two'], body: json, header: 'x-slack-signature', timed: true },
  {
    scheme: standardWebhooksScheme({ toleranceMs }),
    secrets: ['whsec_b25lb25l', 'whsec_dHdvdHdv'],
    body: json,
    header: 'webhook-signature',
    timed: true,
  },
  { scheme: declared, secrets: ['one', 'two'], body: json, header: 'x-acme-signature', timed: true },
  { scheme: adyenScheme(), secrets: ['aa01', 'bb02'], body: adyenBody, header: null, timed: false },
]

export const sign = ({ scheme, body, secrets }: Case, secret = secrets[0], moment = at) =>
  scheme.sign(secret, body, moment, { url, headers: { 'X-Acme-Tenant': '7' } })

export function requestOf(signed: SignedMessage, receivedAt = at): SignedRequest {
  const headers = Object.fromEntries(
    Object.entries({ 'x-acme-tenant': '7', ...signed.headers }).map(([name, value]) => [name.toLowerCase(), [value]]),
  )
  return { method: 'POST', url, headers, body: signed.body, receivedAt }
}

/** The request with its signature rewritten, wherever it stands. */
export function withSignature(test: Case, rewrite: (signature: string) => string): SignedRequest {
  const signed = sign(test)
  const request = requestOf(signed)
  if (test.header !== null)
    return { ...request, headers: { ...request.headers, [test.header]: [rewrite(request.headers[test.header]![0]!)] } }
  const payload = JSON.parse(Buffer.from(signed.body).toString())
  const data = payload.notificationItems[0].NotificationRequestItem.additionalData
  data.hmacSignature = rewrite(data.hmacSignature)
  return { ...request, body: Buffer.from(JSON.stringify(payload)) }
}

export const verify = (test: Case, request: SignedRequest, secrets: readonly string[] = [test.secrets[0]]): Verdict =>
  test.scheme.verify(
    request,
    secrets.map((secret) => plainSecret(secret, secret)),
  )
