import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { adyenScheme } from './adyen.ts'
import { githubScheme } from './github.ts'
import { hmacScheme } from './hmac.ts'
import { mtlsHeaderScheme } from './mtls-header.ts'
import { plainSecret } from './plain-secret.ts'
import type { Scheme, SignedRequest } from './scheme.ts'
import { shopifyScheme } from './shopify.ts'
import { slackScheme } from './slack.ts'
import { standardWebhooksScheme } from './standard-webhooks.ts'
import { stripeScheme } from './stripe.ts'

const toleranceMs = 300_000
const request = (headers: Record<string, string>, body: string, atSeconds = 0): SignedRequest => ({
  method: 'POST',
  url: 'https://bridge.example/webhooks/source',
  headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])),
  body: Buffer.from(body),
  receivedAt: new Date(atSeconds * 1000),
})

/** The example must be believed, its body with one more byte must not, and `sign` must make it. */
function holds(scheme: Scheme, secret: string, headers: Record<string, string>, body: string, atSeconds = 0): void {
  const secrets = [plainSecret(secret, 'one')]
  expect(scheme.verify(request(headers, body, atSeconds), secrets)).toEqual({ verified: true, secretId: 'one' })
  expect(scheme.verify(request(headers, `${body} `, atSeconds), secrets)).toMatchObject({ reason: 'signature-mismatch' })
  const id = headers['webhook-id']
  const signed = scheme.sign(secret, Buffer.from(body), new Date(atSeconds * 1000), id === undefined ? {} : { id })
  expect(signed.headers).toEqual(headers)
}

it("believes the example of GitHub's documentation", () => {
  const signature = 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17'
  holds(githubScheme(), "It's a Secret to Everybody", { 'x-hub-signature-256': signature }, 'Hello, World!')
})

it('believes the example of the Standard Webhooks reference libraries', () => {
  const headers = {
    'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  }
  holds(standardWebhooksScheme({ toleranceMs }), 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', headers, '{"test": 2432232314}', 1614265330)
})

it("believes the example of Slack's documentation", () => {
  const body =
    'token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c'
  const headers = {
    'x-slack-request-timestamp': '1531420618',
    'x-slack-signature': 'v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503',
  }
  holds(slackScheme({ toleranceMs }), '8f742231b10e8888abcd99yyyzzz85a5', headers, body, 1531420618)
})

it('believes what stripe-node 23.1.0 signs', () => {
  const headers = { 'stripe-signature': 't=1614265330,v1=af4ead0627a34a8cca29808e8de9ada8e41a92e6237c63cef6eacf51d36cca34' }
  holds(stripeScheme({ toleranceMs }), 'whsec_test_secret', headers, '{\n  "id": "evt_test_webhook",\n  "object": "event"\n}', 1614265330)
})

it('believes what openssl signs as Shopify does', () => {
  // printf '{"id":820982911946154508}' | openssl dgst -sha256 -hmac hush -binary | base64
  holds(shopifyScheme(), 'hush', { 'x-shopify-hmac-sha256': 'qBvrsZF7RfB1iS6BX6IHqJTp5L911P7intnPeTPsH0I=' }, '{"id":820982911946154508}')
})

it('signs a declared HMAC as RFC 4231 (test case 2) computes it', () => {
  const scheme = hmacScheme({
    algorithm: 'sha256',
    header: 'X-Signature',
    prefix: '',
    encoding: 'hex',
    parts: ['body'],
    separator: '',
    toleranceMs,
  })
  const headers = { 'x-signature': '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843' }
  holds(scheme, 'Jefe', headers, 'what do ya want for nothing?')
})

const adyenKey = '44782DEF547AAA06C910C43932B1EB0C71FC68D9D0C057550C48EC2ACF6BA056'
const adyenItem = {
  pspReference: '7914073381342284',
  merchantAccountCode: 'TestMerchant',
  merchantReference: 'TestPayment-1407325143704',
  amount: { value: 1130, currency: 'EUR' },
  eventCode: 'AUTHORISATION',
  success: 'true',
}
const adyenBody = (item: object) => JSON.stringify({ live: 'false', notificationItems: [{ NotificationRequestItem: item }] })

it.each([
  ["Adyen's documentation", adyenItem, 'coqCmt/IZ4E3CzPvMY8zTjQVL5hYJUiBRg8UU+iCWo0='],
  [
    '@adyen/api-library 32.1.0 for a reference with a colon and a backslash',
    { ...adyenItem, merchantReference: 'INV:4\\2' },
    'l6B9VANV5KMXgrY2T+DXWlsEoOGGsDqG7QewsR6Uerk=',
  ],
])('believes the signature of %s', (_, item, hmacSignature) => {
  const secrets = [plainSecret(adyenKey, 'one')]
  const signed = { ...item, additionalData: { hmacSignature } }
  expect(adyenScheme().verify(request({}, adyenBody(signed)), secrets)).toEqual({ verified: true, secretId: 'one' })
  expect(JSON.parse(Buffer.from(adyenScheme().sign(adyenKey, Buffer.from(adyenBody(item)), new Date()).body).toString())).toEqual(
    JSON.parse(adyenBody(signed)),
  )
  const tampered = { ...signed, amount: { value: 1131, currency: 'EUR' } }
  expect(adyenScheme().verify(request({}, adyenBody(tampered)), secrets)).toMatchObject({ reason: 'signature-mismatch' })
})

// openssl req -x509 -newkey ec … -subj "/CN=hooks.partner.example/O=Partner" -addext subjectAltName=DNS:hooks.partner.example
const pem = readFileSync(join(import.meta.dirname, 'client-certificate.pem'), 'utf8')
const rfc9440 = `:${pem.replace(/-----[A-Z ]+-----|\n/g, '')}:`
const fingerprint = 'C6:9E:9C:B6:E6:F8:4F:59:8C:5B:A9:51:E3:63:D5:6B:12:A0:9F:A5:B0:40:C3:E2:ED:34:8F:49:98:2B:6F:9F'
const in2030 = Date.parse('2030-01-01') / 1000

it.each([
  ['RFC 9440 by fingerprint', rfc9440, fingerprint],
  ['RFC 9440 by fingerprint without colons', rfc9440, fingerprint.replaceAll(':', '').toLowerCase()],
  ['RFC 9440 by DNS name', rfc9440, 'hooks.partner.example'],
  ['escaped PEM by subject', encodeURIComponent(pem), 'CN=hooks.partner.example,O=Partner'],
  ["the proxy's own fingerprint header", fingerprint.toLowerCase(), fingerprint],
  ["the proxy's own subject header", 'CN=hooks.partner.example,O=Partner', 'CN=hooks.partner.example,O=Partner'],
])('knows a client certificate handed on as %s', (_, handedOn, subject) => {
  const scheme = mtlsHeaderScheme({ header: 'client-cert', subject })
  const secrets = [plainSecret('proxy-proof', 'one')]
  const headers = { 'client-cert': handedOn, 'x-bridgekeeper-proxy': 'proxy-proof' }
  // The certificate in the fixture is valid from November 2026 on.
  expect(scheme.verify(request(headers, '{}', in2030), secrets)).toEqual({ verified: true, secretId: 'one' })
  expect(scheme.verify(request({ ...headers, 'x-bridgekeeper-proxy': 'guess' }, '{}', in2030), secrets)).toMatchObject({ verified: false })
  expect(scheme.verify(request({ 'client-cert': handedOn }, '{}', in2030), secrets)).toMatchObject({ reason: 'signature-missing' })
  expect(scheme.verify(request(headers, '{}', in2030), [])).toMatchObject({ reason: 'no-secret' })
  const other = mtlsHeaderScheme({ header: 'client-cert', subject: 'hooks.other.example' })
  expect(other.verify(request(headers, '{}', in2030), secrets)).toMatchObject({ reason: 'signature-mismatch' })
})

it('refuses a client certificate outside its dates although the proxy let it pass', () => {
  const scheme = mtlsHeaderScheme({ header: 'client-cert', subject: 'hooks.partner.example' })
  const headers = { 'client-cert': rfc9440, 'x-bridgekeeper-proxy': 'proxy-proof' }
  const verdict = scheme.verify(request(headers, '{}', Date.parse('2020-01-01') / 1000), [plainSecret('proxy-proof')])
  expect(verdict).toMatchObject({ verified: false, detail: expect.stringContaining('valid from') })
})
