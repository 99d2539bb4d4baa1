import { describe, expect, it } from 'vitest'
import { redactor } from './redact.ts'

const plain = redactor([], ['x-custom'])
const declared = redactor(['IBAN', '/customer/birthday', '/items/*/note'], [])

describe('redactor', () => {
  it('hides headers that carry credentials, by name and by role', () => {
    expect(
      plain.headers({
        authorization: 'Bearer x',
        cookie: 'a=b',
        'set-cookie': 'a=b',
        'x-api-key': 'x',
        'x-custom': 'x',
        'idempotency-key': 'kept',
        'content-type': 'kept',
      }),
    ).toEqual({
      authorization: '[secret]',
      cookie: '[secret]',
      'set-cookie': '[secret]',
      'x-api-key': '[secret]',
      'x-custom': '[secret]',
      'idempotency-key': 'kept',
      'content-type': 'kept',
    })
  })

  it('hides query parameters and form fields by name', () => {
    expect(plain.path('/a/b?page=2&access_token=x&api%2Dkey=x&q=s')).toBe('/a/b?page=2&access_token=[secret]&api%2Dkey=[secret]&q=s')
    expect(plain.body('user=anna&password=x&n=1')).toBe('user=anna&password=[secret]&n=1')
  })

  it('hides properties of any depth and keeps the rest', () => {
    const body = {
      user: 'anna',
      Password: 'x',
      nested: [{ clientSecret: { a: 1 }, apiKey: 5, accessToken: 'x', id_token: 'x' }],
      hasPassword: true,
    }
    expect(JSON.parse(plain.body(JSON.stringify(body)))).toEqual({
      user: 'anna',
      Password: '[secret]',
      nested: [{ clientSecret: '[secret]', apiKey: '[secret]', accessToken: '[secret]', id_token: '[secret]' }],
      hasPassword: true,
    })
  })

  it('hides what a platform declares, by name anywhere and by pointer in one place', () => {
    const body = { iban: 'x', customer: { birthday: 'x', name: 'kept' }, items: [{ note: 'x', birthday: 'kept' }] }
    expect(JSON.parse(declared.body(JSON.stringify(body)))).toEqual({
      iban: '[secret]',
      customer: { birthday: '[secret]', name: 'kept' },
      items: [{ note: '[secret]', birthday: 'kept' }],
    })
  })

  it('keeps a body without secrets as it was, byte for byte, and cuts long ones', () => {
    const odd = '{ "b" : 1.0,\n "a":"\\u0041" }'
    expect(plain.body(odd)).toBe(odd)
    expect(plain.body('x'.repeat(20_000))).toBe(`${'x'.repeat(16_384)}… [cut]`)
  })

  it('looks at the whole of a long body, whoever has parsed it, and at names that are written with escapes', () => {
    const long = ['x'.repeat(100_000)]
    for (const value of [long, undefined]) {
      const first: Record<string, unknown> = { password: 'hunter2', list: long }
      expect(plain.body(JSON.stringify(first), value && first)).toMatch(/^\{"password":"\[secret\]".*… \[cut\]$/s)
    }
    expect(plain.body('{"pass\\u0077ord":"hunter2"}')).toBe('{"password":"[secret]"}')
  })

  it('keeps nothing of a body that looks like JSON, can not be read and may hold a secret', () => {
    expect(plain.body('{"password":"hunter2", broken')).not.toContain('hunter2')
    expect(plain.body('[ERROR] disk full')).toBe('[ERROR] disk full')
  })

  it('does not change the value that the flow is given', () => {
    const value = { password: 'x', customer: { birthday: 'x' } }
    declared.body(JSON.stringify(value), value)
    expect(value).toEqual({ password: 'x', customer: { birthday: 'x' } })
  })
})
