import { createHash, createHmac, generateKeyPairSync } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { adyenScheme } from './adyen.ts'
import { basicScheme } from './basic.ts'
import { equalText } from './compare.ts'
import { githubScheme } from './github.ts'
import { hmacScheme } from './hmac.ts'
import { plainSecret } from './plain-secret.ts'
import type { Scheme, SignedMessage, SignedRequest, Verdict } from './scheme.ts'
import { shopifyScheme } from './shopify.ts'
import { slackScheme } from './slack.ts'
import { standardWebhooksScheme } from './standard-webhooks.ts'
import { stripeScheme } from './stripe.ts'
import { unverifiedScheme } from './unverified.ts'

const toleranceMs = 300_000
const at = new Date('2026-06-01T12:00:00Z')
const url = 'https://bridge.example/webhooks/source?tenant=7'
const item = {
  pspReference: 'P1',
  merchantAccountCode: 'M',
  merchantReference: 'R',
  amount: { value: 1, currency: 'EUR' },
  eventCode: 'CAPTURE',
  success: 'true',
}
const adyenBody = Buffer.from(JSON.stringify({ notificationItems: [{ NotificationRequestItem: item }] }))
const json = Buffer.from('{"id":1}')

interface Case {
  scheme: Scheme
  secrets: [string, string]
  body: Buffer
  /** Header that carries the signature; null: the body does. */
  header: string | null
  /** Whether the scheme signs its moment. */
  timed: boolean
}

const declared = hmacScheme({
  algorithm: 'sha512',
  header: 'X-Acme-Signature',
  prefix: 'acme=',
  encoding: 'base64url',
  parts: ['timestamp', 'method', 'url', { header: 'X-Acme-Tenant' }, { text: 'v2' }, 'body'],
  separator: '|',
  timestamp: { header: 'X-Acme-Time' },
  toleranceMs,
})

const cases: Case[] = [
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

const sign = ({ scheme, body, secrets }: Case, secret = secrets[0], moment = at) =>
  scheme.sign(secret, body, moment, { url, headers: { 'X-Acme-Tenant': '7' } })

function requestOf(signed: SignedMessage, receivedAt = at): SignedRequest {
  const headers = Object.fromEntries(
    Object.entries({ 'x-acme-tenant': '7', ...signed.headers }).map(([name, value]) => [name.toLowerCase(), [value]]),
  )
  return { method: 'POST', url, headers, body: signed.body, receivedAt }
}

/** The request with its signature rewritten, wherever it stands. */
function withSignature(test: Case, rewrite: (signature: string) => string): SignedRequest {
  const signed = sign(test)
  const request = requestOf(signed)
  if (test.header !== null)
    return { ...request, headers: { ...request.headers, [test.header]: [rewrite(request.headers[test.header]![0]!)] } }
  const payload = JSON.parse(Buffer.from(signed.body).toString())
  const data = payload.notificationItems[0].NotificationRequestItem.additionalData
  data.hmacSignature = rewrite(data.hmacSignature)
  return { ...request, body: Buffer.from(JSON.stringify(payload)) }
}

const verify = (test: Case, request: SignedRequest, secrets: readonly string[] = [test.secrets[0]]): Verdict =>
  test.scheme.verify(
    request,
    secrets.map((secret) => plainSecret(secret, secret)),
  )

describe.each(cases.map((test) => [test.scheme.name, test] as const))('%s', (_, test) => {
  it('believes what it signs itself', () => {
    expect(verify(test, requestOf(sign(test)))).toEqual({ verified: true, secretId: test.secrets[0] })
  })

  it('believes the old and the new secret during a rotation, says which, and refuses the old one after it', () => {
    const [before, after] = test.secrets
    expect(verify(test, requestOf(sign(test, before)), [after, before])).toEqual({ verified: true, secretId: before })
    expect(verify(test, requestOf(sign(test, after)), [after, before])).toEqual({ verified: true, secretId: after })
    expect(verify(test, requestOf(sign(test, before)), [after])).toMatchObject({ verified: false, reason: 'signature-mismatch' })
  })

  it('refuses everything when no secret is configured, and says so', () => {
    expect(verify(test, requestOf(sign(test)), [])).toMatchObject({ verified: false, reason: 'no-secret' })
  })

  it('refuses a signature under the empty key, which everybody can compute', () => {
    const unusable = { id: 'empty', hmac: () => createHmac('sha256', '').digest(), equals: () => false }
    expect(() => plainSecret('').hmac('sha256', [])).toThrow('secret')
    expect(test.scheme.verify(requestOf(sign(test)), [unusable])).toMatchObject({ verified: false })
  })

  it('refuses a missing, empty or truncated signature', () => {
    const request = requestOf(sign(test))
    if (test.header !== null) {
      expect(verify(test, { ...request, headers: { ...request.headers, [test.header]: undefined } })).toMatchObject({
        reason: 'signature-missing',
      })
      expect(
        verify(
          test,
          withSignature(test, () => ''),
        ),
      ).toMatchObject({ reason: 'signature-missing' })
    }
    for (const length of [1, 5, 20, 40, 43]) {
      expect(
        verify(
          test,
          withSignature(test, (signature) => signature.slice(0, length)),
        ),
      ).toMatchObject({ verified: false })
    }
    expect(
      verify(
        test,
        withSignature(test, (signature) => signature.slice(0, -1)),
      ),
    ).toMatchObject({ verified: false })
  })

  it('refuses every signature that differs in one character', () => {
    const { length } = test.header === null ? 'a'.repeat(44) : requestOf(sign(test)).headers[test.header]![0]!
    for (let index = 0; index < length; index += 1) {
      const request = withSignature(test, (text) => text.slice(0, index) + (text[index] === 'A' ? 'B' : 'A') + text.slice(index + 1))
      expect(verify(test, request).verified, `character ${index}`).toBe(false)
    }
  })

  it('refuses look-alike characters that fold onto the right ones', () => {
    // U+0161 is 'š'; as latin1 its low byte is 0x61, 'a'. Full-width digits fold under NFKC.
    const tricks = [
      (text: string) => text.replace(/[a-f]/, (letter) => String.fromCharCode(0x100 + letter.charCodeAt(0))),
      (text: string) => text.replace(/\d(?=[^,]*$)/, (digit) => String.fromCharCode(0xff10 + Number(digit))),
    ]
    for (const trick of tricks) {
      const original = withSignature(test, (text) => text)
      const tricked = withSignature(test, trick)
      if (JSON.stringify(tricked) !== JSON.stringify(original)) expect(verify(test, tricked).verified).toBe(false)
    }
    expect(
      verify(
        test,
        withSignature(test, (text) => `${text}\u0000`),
      ).verified,
    ).toBe(false)
    expect(
      verify(
        test,
        withSignature(test, (text) => `${text}\u200b`),
      ).verified,
    ).toBe(false)
  })

  it('refuses any body but the signed one (property)', () => {
    const request = requestOf(sign(test))
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        fc.pre(Buffer.compare(bytes, request.body) !== 0)
        expect(verify(test, { ...request, body: bytes }).verified).toBe(false)
      }),
      { numRuns: 200 },
    )
  })

  it('refuses a body with one flipped bit or something appended (length extension)', () => {
    const request = requestOf(sign(test))
    // Adyen's signature covers eight fields only; flipping a bit elsewhere need not break it.
    for (let index = 0; test.header !== null && index < request.body.length; index += 1) {
      const body = Uint8Array.from(request.body)
      body[index]! ^= 1
      expect(verify(test, { ...request, body }).verified).toBe(false)
    }
    const padding = Buffer.concat([Buffer.from([0x80]), Buffer.alloc(40), Buffer.from('{"admin":true}')])
    expect(verify(test, { ...request, body: Buffer.concat([request.body, padding]) }).verified).toBe(false)
  })

  it('refuses a plain hash of secret and body, which length extension would break', () => {
    const hash = createHash('sha256').update(test.secrets[0]).update(test.body)
    const digest = hash.digest()
    for (const text of [
      digest.toString('hex'),
      digest.toString('base64'),
      `sha256=${digest.toString('hex')}`,
      `v0=${digest.toString('hex')}`,
    ]) {
      expect(
        verify(
          test,
          withSignature(test, () => text),
        ).verified,
      ).toBe(false)
    }
  })

  it.runIf(test.header !== null)('refuses a signature header that comes twice, even when both are right', () => {
    const request = requestOf(sign(test))
    const twice = [...request.headers[test.header!]!, ...request.headers[test.header!]!]
    expect(verify(test, { ...request, headers: { ...request.headers, [test.header!]: twice } })).toMatchObject({
      reason: 'signature-repeated',
    })
    const joined = [twice.join(', ')]
    // The header of Standard Webhooks is a list by design; Stripe's too, but with one time.
    if (test.scheme.name === 'standard-webhooks') return
    expect(verify(test, { ...request, headers: { ...request.headers, [test.header!]: joined } }).verified).toBe(false)
  })

  it.runIf(test.timed)('refuses a replay after the tolerance and a time ahead of ours, and believes both edges', () => {
    const request = requestOf(sign(test))
    const received = (offsetMs: number) => verify(test, { ...request, receivedAt: new Date(at.getTime() + offsetMs) })
    expect(received(toleranceMs)).toMatchObject({ verified: true })
    expect(received(-toleranceMs)).toMatchObject({ verified: true })
    expect(received(toleranceMs + 1000)).toMatchObject({ reason: 'timestamp-too-old' })
    expect(received(-toleranceMs - 1000)).toMatchObject({ reason: 'timestamp-in-future' })
  })

  it.runIf(test.timed)('refuses a moment that was changed after signing, and one that is no moment', () => {
    const later = new Date(at.getTime() + 3_600_000)
    const old = requestOf(sign(test))
    const fresh = requestOf(sign(test, test.secrets[1], later))
    // The old signature under the fresh time header.
    const mixed = {
      ...fresh,
      headers: { ...fresh.headers, [test.header!]: [mixTime(old.headers[test.header!]![0]!, later)] },
      receivedAt: later,
    }
    expect(verify(test, mixed)).toMatchObject({ reason: 'signature-mismatch' })
    for (const text of ['', 'now', '1e9', '0x10', ' 1780315200', '1780315200.5', '-1', 'NaN', '９', '9'.repeat(30)]) {
      expect(verify(test, timeReplaced(test, old, text)).verified, `time ${JSON.stringify(text)}`).toBe(false)
    }
  })
})

const mixTime = (signature: string, moment: Date) => signature.replace(/t=\d+/, `t=${moment.getTime() / 1000}`)

function timeReplaced(test: Case, request: SignedRequest, text: string): SignedRequest {
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, values]) => [
      name,
      /timestamp|x-acme-time/.test(name) ? [text] : values!.map((value) => value.replace(/t=\d+/, `t=${text}`)),
    ]),
  )
  return test.scheme.verify({ ...request, headers }, []).verified ? request : { ...request, headers }
}

describe('downgrades', () => {
  const secret = [plainSecret('one')]
  const sha1 = createHmac('sha1', 'one').update(json).digest('hex')
  const request = (headers: Record<string, string[]>): SignedRequest => ({ method: 'POST', url, headers, body: json, receivedAt: at })

  it('github does not look at the SHA-1 header, and not at SHA-1 in the newer one', () => {
    expect(githubScheme().verify(request({ 'x-hub-signature': [`sha1=${sha1}`] }), secret)).toMatchObject({ reason: 'signature-missing' })
    expect(githubScheme().verify(request({ 'x-hub-signature-256': [`sha1=${sha1}`] }), secret)).toMatchObject({
      reason: 'signature-malformed',
    })
    expect(githubScheme().verify(request({ 'x-hub-signature-256': [`sha256=${sha1}`] }), secret)).toMatchObject({
      reason: 'signature-malformed',
    })
  })

  it('stripe does not count v0, not even beside a wrong v1', () => {
    const seconds = at.getTime() / 1000
    const right = createHmac('sha256', 'one').update(`${seconds}.`).update(json).digest('hex')
    const scheme = stripeScheme({ toleranceMs })
    expect(scheme.verify(request({ 'stripe-signature': [`t=${seconds},v0=${right}`] }), secret)).toMatchObject({
      reason: 'signature-missing',
    })
    expect(scheme.verify(request({ 'stripe-signature': [`t=${seconds},v0=${right},v1=${'0'.repeat(64)}`] }), secret).verified).toBe(false)
    expect(scheme.verify(request({ 'stripe-signature': [`t=${seconds},v1=${'0'.repeat(64)},v1=${right}`] }), secret).verified).toBe(true)
    expect(scheme.verify(request({ 'stripe-signature': [`t=1,t=${seconds},v1=${right}`] }), secret)).toMatchObject({
      reason: 'signature-malformed',
    })
  })

  it('a header full of guesses is refused before any is compared', () => {
    const guesses = Array.from({ length: 200 }, () => `v1=${'0'.repeat(64)}`).join(',')
    expect(
      stripeScheme({ toleranceMs }).verify(request({ 'stripe-signature': [`t=${at.getTime() / 1000},${guesses}`] }), secret),
    ).toMatchObject({ reason: 'signature-malformed' })
  })

  it('a declared HMAC takes the algorithm and encoding from its declaration only', () => {
    const scheme = hmacScheme({
      algorithm: 'sha256',
      header: 'x-sig',
      prefix: '',
      encoding: 'hex',
      parts: ['body'],
      separator: '',
      toleranceMs,
    })
    expect(scheme.verify(request({ 'x-sig': [sha1] }), secret)).toMatchObject({ reason: 'signature-malformed' })
    const digest = createHmac('sha256', 'one').update(json).digest()
    expect(scheme.verify(request({ 'x-sig': [digest.toString('base64')] }), secret)).toMatchObject({ reason: 'signature-malformed' })
    expect(scheme.verify(request({ 'x-sig': [digest.toString('hex').toUpperCase()] }), secret).verified).toBe(false)
    expect(scheme.verify(request({ 'x-sig': [digest.toString('hex')] }), secret).verified).toBe(true)
  })

  it('every part of a declared HMAC counts: method, url, tenant header and separator', () => {
    const test = cases.find(({ scheme }) => scheme === declared)!
    const good = requestOf(sign(test))
    expect(verify(test, { ...good, method: 'PUT' }).verified).toBe(false)
    expect(verify(test, { ...good, url: url.replace('7', '8') }).verified).toBe(false)
    expect(verify(test, { ...good, headers: { ...good.headers, 'x-acme-tenant': ['8'] } }).verified).toBe(false)
    expect(verify(test, { ...good, headers: { ...good.headers, 'x-acme-tenant': ['7', '8'] } })).toMatchObject({
      reason: 'signature-repeated',
    })
  })
})

describe('Standard Webhooks with Ed25519', () => {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  const whsk = `whsk_${privateKey.export({ format: 'der', type: 'pkcs8' }).subarray(-32).toString('base64')}`
  const whpk = `whpk_${publicKey.export({ format: 'der', type: 'spki' }).subarray(-32).toString('base64')}`
  const scheme = standardWebhooksScheme({ toleranceMs, publicKeys: [whpk] })
  const signed = scheme.sign(whsk, json, at, { id: 'msg_1' })

  it('believes the holder of the private key and nobody else', () => {
    expect(scheme.verify(requestOf(signed), [])).toEqual({ verified: true, secretId: null })
    expect(scheme.verify({ ...requestOf(signed), body: Buffer.from('{"id":2}') }, []).verified).toBe(false)
    expect(standardWebhooksScheme({ toleranceMs }).verify(requestOf(signed), []).verified).toBe(false)
  })

  it('does not take the public key, which everybody knows, as a key of an HMAC', () => {
    const forged = standardWebhooksScheme({ toleranceMs }).sign(whpk.replace('whpk_', 'whsec_'), json, at)
    expect(scheme.verify(requestOf(forged), [])).toMatchObject({ reason: 'signature-mismatch' })
  })

  it('refuses an id with a full stop, under which two messages would be signed alike', () => {
    const forged = standardWebhooksScheme({ toleranceMs }).sign('whsec_b25l', json, at, { id: 'a.1' })
    expect(standardWebhooksScheme({ toleranceMs }).verify(requestOf(forged), [plainSecret('whsec_b25l')])).toMatchObject({
      reason: 'signature-malformed',
    })
  })
})

describe('adyen', () => {
  const secrets = [plainSecret('aa01')]
  const bodyOf = (...items: unknown[]) =>
    Buffer.from(JSON.stringify({ notificationItems: items.map((entry) => ({ NotificationRequestItem: entry })) }))
  const request = (body: Uint8Array): SignedRequest => ({ method: 'POST', url, headers: {}, body, receivedAt: at })
  const signedItem = JSON.parse(Buffer.from(adyenScheme().sign('aa01', bodyOf(item), at).body).toString()).notificationItems[0]
    .NotificationRequestItem

  it('believes none of several items when one is forged or unsigned', () => {
    expect(adyenScheme().verify(request(bodyOf(signedItem, signedItem)), secrets).verified).toBe(true)
    expect(adyenScheme().verify(request(bodyOf(signedItem, { ...signedItem, pspReference: 'P2' })), secrets)).toMatchObject({
      reason: 'signature-mismatch',
    })
    expect(adyenScheme().verify(request(bodyOf(signedItem, item)), secrets)).toMatchObject({ reason: 'signature-missing' })
  })

  it('refuses an empty list, other shapes and values that only print alike', () => {
    for (const body of [
      '',
      '{}',
      'null',
      '[]',
      '{"notificationItems":[]}',
      '{"notificationItems":[null]}',
      '{"notificationItems":{"0":1}}',
    ]) {
      expect(adyenScheme().verify(request(Buffer.from(body)), secrets)).toMatchObject({ reason: 'payload-unreadable' })
    }
    for (const changed of [
      { success: ['true'] },
      { success: true },
      { amount: { value: '1', currency: 'EUR' } },
      { pspReference: { toString: 1 } },
    ]) {
      expect(adyenScheme().verify(request(bodyOf({ ...signedItem, ...changed })), secrets).verified).toBe(false)
    }
  })

  it('refuses a colon moved from one field to the next, which leaves the signed text the same', () => {
    const signed = JSON.parse(Buffer.from(adyenScheme().sign('aa01', bodyOf({ ...item, merchantReference: 'A:B' }), at).body).toString())
      .notificationItems[0].NotificationRequestItem
    expect(adyenScheme().verify(request(bodyOf(signed)), secrets).verified).toBe(true)
    const moved = { ...signed, merchantAccountCode: 'M:A', merchantReference: 'B' }
    expect(adyenScheme().verify(request(bodyOf(moved)), secrets)).toMatchObject({ reason: 'payload-unreadable' })
  })
})

describe('basic', () => {
  const secrets = [plainSecret('bridge:correct horse', 'one')]
  const verdict = (...values: string[]) =>
    basicScheme().verify({ method: 'POST', url, headers: { authorization: values }, body: json, receivedAt: at }, secrets)
  const encoded = Buffer.from('bridge:correct horse').toString('base64')

  it('believes user and password, whatever the case of the scheme, and refuses everything else', () => {
    expect(verdict(`Basic ${encoded}`)).toEqual({ verified: true, secretId: 'one' })
    expect(verdict(`basic ${encoded}`)).toMatchObject({ verified: true })
    for (const text of [
      '',
      'Basic',
      'Basic ',
      `Bearer ${encoded}`,
      'Basic !!!!',
      `Basic ${Buffer.from('bridge:').toString('base64')}`,
      `Basic ${Buffer.from('bridge:correct hors').toString('base64')}`,
      `Basic ${Buffer.from([0xff, 0x3a]).toString('base64')}`,
    ]) {
      expect(verdict(text).verified, text).toBe(false)
    }
    expect(verdict(`Basic ${encoded}`, `Basic ${encoded}`)).toMatchObject({ reason: 'signature-repeated' })
  })

  it('names its header as one that carries a credential', () => {
    expect(basicScheme().credentialHeaders).toEqual(['authorization'])
  })
})

it('says of each scheme what it proves, and of unverified that it proves nothing', () => {
  expect(cases.map(({ scheme }) => scheme.assurance)).toEqual(cases.map(() => 'signature'))
  expect(basicScheme().assurance).toBe('shared-secret')
  expect(unverifiedScheme().assurance).toBe('none')
})

it('slack answers the challenge of url_verification and nothing else', () => {
  const request = (body: string): SignedRequest => ({ method: 'POST', url, headers: {}, body: Buffer.from(body), receivedAt: at })
  const { handshake } = slackScheme({ toleranceMs })
  expect(handshake!(request('{"type":"url_verification","challenge":"3eZbrw1a"}'))).toMatchObject({ status: 200, body: '3eZbrw1a' })
  expect(handshake!(request('{"type":"event_callback","event":{"text":"url_verification"}}'))).toBeNull()
  expect(handshake!(request('url_verification'))).toBeNull()
})

it('compares texts by their characters, not by their low bytes', () => {
  expect(equalText('abc', 'abc')).toBe(true)
  expect(equalText('\u0161bc', 'abc')).toBe(false)
  expect(equalText('', 'abc')).toBe(false)
  expect(equalText('abc\u0000', 'abc')).toBe(false)
})
