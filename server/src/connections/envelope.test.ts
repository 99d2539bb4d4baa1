import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { seal, unseal } from './envelope.ts'
import { generateKey, parseKeyRing } from './key-ring.ts'
import { reveal, Secret } from './secret.ts'

const ring = parseKeyRing(`new:${Buffer.alloc(32, 1).toString('base64')},old:${Buffer.alloc(32, 2).toString('base64')}`, 'test')
const oldOnly = parseKeyRing(`old:${Buffer.alloc(32, 2).toString('base64')}`, 'test')

describe('envelope', () => {
  it('opens what it sealed, for any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), (plain, context) => {
        // Lone surrogates have no UTF-8; a credential never contains them.
        fc.pre(plain.isWellFormed())
        expect(reveal(unseal(ring, seal(ring, new Secret(plain), context), context))).toBe(plain)
      }),
    )
  })

  it('never makes the same text twice and never contains the plain text', () => {
    const first = seal(ring, new Secret('hunter2-hunter2'), 'c')
    expect(first).not.toBe(seal(ring, new Secret('hunter2-hunter2'), 'c'))
    expect(first + Buffer.from(first.split(':')[3]!, 'base64url').toString('latin1')).not.toContain('hunter2')
  })

  it('does not open in another row or field', () => {
    const sealed = seal(ring, new Secret('x'), 'connection/1/token')
    expect(() => unseal(ring, sealed, 'connection/2/token')).toThrow(expect.objectContaining({ code: 'connections.secret_unreadable' }))
    expect(() => unseal(ring, sealed, 'connection/1/key')).toThrow(expect.objectContaining({ code: 'connections.secret_unreadable' }))
  })

  it('does not open when any one character was altered', () => {
    const sealed = seal(ring, new Secret('a secret'), 'c')
    fc.assert(
      fc.property(fc.nat(sealed.length - 1), fc.constantFrom(...'AQgw059_-'), (at, character) => {
        const altered = sealed.slice(0, at) + character + sealed.slice(at + 1)
        // The last character of base64 carries unused bits: an altered text may stand for the same bytes.
        const same = altered.split(':').every((part, index) => {
          return Buffer.from(part, 'base64url').equals(Buffer.from(sealed.split(':')[index]!, 'base64url'))
        })
        fc.pre(!same && altered.startsWith('bk1:new:'))
        expect(() => unseal(ring, altered, 'c')).toThrow()
      }),
    )
  })

  it('does not accept a truncated authentication tag', () => {
    const [version, id, wrapped, body] = seal(ring, new Secret(''), 'c').split(':')
    const short = Buffer.from(body!, 'base64url').subarray(0, 16).toString('base64url')
    expect(() => unseal(ring, [version, id, wrapped, short].join(':'), 'c')).toThrow()
  })

  it('names the missing key and the known ones, and a key of the same id with other bytes is noticed', () => {
    const sealed = seal(ring, new Secret('x'), 'c')
    expect(() => unseal(oldOnly, sealed, 'c')).toThrow('sealed with key "new", but this process knows only: old')
    const impostor = parseKeyRing(generateKey(new Date()).replace(/^[^:]+/, 'new'), 'test')
    expect(() => unseal(impostor, sealed, 'c')).toThrow(expect.objectContaining({ code: 'connections.secret_unreadable' }))
  })
})
