import { createHmac, generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { adyenScheme } from './adyen.ts'
import { basicScheme } from './basic.ts'
import { equalText } from './compare.ts'
import { githubScheme } from './github.ts'
import { hmacScheme } from './hmac.ts'
import { plainSecret } from './plain-secret.ts'
import type { SignedRequest } from './scheme.ts'
import { at, cases, declared, item, json, requestOf, sign, toleranceMs, url, verify } from './signed-cases.ts'
import { slackScheme } from './slack.ts'
import { standardWebhooksScheme } from './standard-webhooks.ts'
import { stripeScheme } from './stripe.ts'
import { unverifiedScheme } from './unverified.ts'

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
