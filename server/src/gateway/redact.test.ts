import { describe, expect, it } from 'vitest'
import { redactor } from './redact.ts'

const clean = (text: string) => text.replaceAll('s3cr3t', '[secret]')
const plain = redactor([], ['x-custom'], clean)
const declared = redactor(['IBAN', '/customer/birthday', '/items/*/note'], [], clean)

describe('redactor', () => {
  it('hides headers that carry credentials, by name, by role and by value', () => {
    expect(
      plain.headers({
        authorization: 'Bearer x',
        cookie: 'a=b',
        'set-cookie': 'a=b',
        'x-api-key': 'x',
        'x-custom': 'x',
        'x-echo': 'you sent s3cr3t',
        'idempotency-key': 'kept',
        'content-type': 'kept',
      }),
    ).toEqual({
      authorization: '[secret]',
      cookie: '[secret]',
      'set-cookie': '[secret]',
      'x-api-key': '[secret]',
      'x-custom': '[secret]',
      'x-echo': 'you sent [secret]',
      'idempotency-key': 'kept',
      'content-type': 'kept',
    })
  })

  it('hides query parameters and form fields by name', () => {
    expect(plain.path('/a/s3cr3t?page=2&access_token=x&api%2Dkey=x&q=s3cr3t')).toBe(
      '/a/[secret]?page=2&access_token=[secret]&api%2Dkey=[secret]&q=[secret]',
    )
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

  it('keeps nothing of a body that has secrets and can not be read', () => {
    expect(plain.body('{"password":"hunter2", broken')).not.toContain('hunter2')
    expect(plain.body(`{"list":["${'x'.repeat(70_000)}"],"password":"hunter2"}`)).not.toContain('hunter2')
    const long = `{"password":"hunter2","list":["${'x'.repeat(70_000)}"]}`
    expect(plain.body(long)).not.toContain('hunter2')
  })
})
