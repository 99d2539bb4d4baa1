import { createHash, createHmac } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { plainSecret } from './plain-secret.ts'
import type { SignedRequest } from './scheme.ts'
import { at, cases, requestOf, sign, toleranceMs, verify, withSignature } from './signed-cases.ts'

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
      expect(verify(test, timeReplaced(old, text)).verified, `time ${JSON.stringify(text)}`).toBe(false)
    }
  })
})

const mixTime = (signature: string, moment: Date) => signature.replace(/t=\d+/, `t=${moment.getTime() / 1000}`)

function timeReplaced(request: SignedRequest, text: string): SignedRequest {
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, values]) => [
      name,
      /timestamp|x-acme-time/.test(name) ? [text] : values!.map((value) => value.replace(/t=\d+/, `t=${text}`)),
    ]),
  )
  return { ...request, headers }
}
