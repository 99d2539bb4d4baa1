import { describe, expect, it } from 'vitest'
import { type Authentication, checkSecrets, credentialOf, parseAuthentication } from './authentication.ts'
import { authorizationOf } from './authorization.ts'
import { type Connection, parseBaseUrl } from './connection.ts'
import { Secret } from './secret.ts'

const secrets = (plain: Record<string, string>) =>
  Object.fromEntries(Object.entries(plain).map(([field, text]) => [field, new Secret(text)]))
const authorize = (authentication: Authentication, plain: Record<string, string>) =>
  authorizationOf({} as Connection, credentialOf(authentication, checkSecrets(authentication, secrets(plain))))
const request = { headers: { accept: 'application/json' }, path: '/a' }

describe('authorization', () => {
  it.each<[string, Authentication, Record<string, string>, Record<string, string>, string]>([
    ['none', { kind: 'none' }, {}, {}, '/a'],
    ['bearer', { kind: 'bearer' }, { token: ' t0k3n\n' }, { authorization: 'Bearer t0k3n' }, '/a'],
    ['basic in UTF-8', { kind: 'basic' }, { username: 'ü', password: ' p:w ' }, { authorization: 'Basic w7w6IHA6dyA=' }, '/a'],
    ['API key, default header', { kind: 'apiKey' }, { key: 'abcd' }, { 'x-api-key': 'abcd' }, '/a'],
    ['API key, own header', { kind: 'apiKey', header: 'X-Key' }, { key: 'abcd' }, { 'x-key': 'abcd' }, '/a'],
    ['API key in the query', { kind: 'apiKey', query: 'api key' }, { key: 'a&b=c' }, {}, '/a?api%20key=a%26b%3Dc'],
    ['custom header', { kind: 'header', header: 'X-Auth' }, { value: 'Token abc' }, { 'x-auth': 'Token abc' }, '/a'],
    [
      'custom header with prefix',
      { kind: 'header', header: 'X-Auth', prefix: 'Token ' },
      { value: 'abc' },
      { 'x-auth': 'Token abc' },
      '/a',
    ],
  ])('%s', (_, authentication, plain, headers, path) => {
    expect(authorize(authentication, plain).apply(request)).toEqual({ headers: { accept: 'application/json', ...headers }, path })
  })

  it('replaces what the caller sets under its header', () => {
    const forged = { headers: { authorization: 'Bearer forged' }, path: '/a?b=1' }
    expect(authorize({ kind: 'bearer' }, { token: 'mine' }).apply(forged).headers).toEqual({ authorization: 'Bearer mine' })
    expect(authorize({ kind: 'apiKey', query: 'k' }, { key: 'mine' }).apply(forged).path).toBe('/a?b=1&k=mine')
  })

  it('takes every form of the credential out of a text', () => {
    const secret = 'pa"ss/w ö'
    const { redact } = authorize({ kind: 'basic' }, { username: 'anna', password: secret })
    const header = Buffer.from(`anna:${secret}`).toString('base64')
    const forms = [
      secret,
      JSON.stringify(secret),
      JSON.stringify(secret).replaceAll('/', '\\/'),
      'pa&quot;ss/w ö',
      encodeURIComponent(secret),
      header,
    ]
    for (const form of forms) expect(redact(`<${form}>`)).toMatch(/^<"?\[secret\]"?>$/)
    expect(authorize({ kind: 'header', header: 'x' }, { value: 'Token abcd' }).redact('you sent abcd')).toBe('you sent [secret]')
  })

  it('refuses fields that are missing, empty or too many', () => {
    const check = (plain: Record<string, string>) => () => checkSecrets({ kind: 'basic' }, secrets(plain))
    for (const plain of [{}, { username: 'a' }, { username: 'a', password: ' ' }, { username: 'a', password: 'b', token: 'c' }]) {
      expect(check(plain as Record<string, string>)).toThrow(expect.objectContaining({ code: 'connections.secret_missing' }))
    }
  })

  it('refuses values that would break out of a header, without showing them', () => {
    for (const token of ['canary\r\nx-evil: 1', 'canary\u0000', 'canaryé']) {
      const check = () => checkSecrets({ kind: 'bearer' }, secrets({ token }))
      expect(check).toThrow(
        expect.objectContaining({ code: 'connections.secret_malformed', message: expect.not.stringContaining('canary') }),
      )
    }
    expect(() => checkSecrets({ kind: 'basic' }, secrets({ username: 'a:b', password: 'c' }))).toThrow('no ":"')
  })

  it('refuses unknown kinds and header names that are none', () => {
    for (const wrong of [
      { kind: 'oauth9' },
      { kind: 'header', header: 'a b' },
      { kind: 'header' },
      { kind: 'apiKey', header: 'a', query: 'b' },
      null,
    ]) {
      expect(() => parseAuthentication(wrong)).toThrow(expect.objectContaining({ code: 'connections.authentication_malformed' }))
    }
  })
})

describe('parseBaseUrl', () => {
  it('makes one form of equal addresses', () => {
    expect(parseBaseUrl('HTTPS://API.example.com:443/v2//')).toBe('https://api.example.com/v2')
  })

  it.each(['', '/v2', 'ftp://a', 'file:///etc/passwd', 'https://u:pw@a', 'https://a?b=1', 'https://a#b'])('refuses %s', (text) => {
    expect(() => parseBaseUrl(text)).toThrow(
      expect.objectContaining({ code: 'connections.base_url_malformed', message: expect.not.stringContaining('pw') }),
    )
  })
})
