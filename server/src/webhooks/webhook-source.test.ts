import { expect, it } from 'vitest'
import type { Platform } from '../workspace/index.ts'
import { entitySchemas } from '../workspace/index.ts'
import { redactHeaders, redactQuery } from './redact-request.ts'
import { takesContentType, webhookSourceOf } from './webhook-source.ts'

const platform = (verification: object, more: object = {}): Platform =>
  entitySchemas.Platform.parse({
    apiVersion: 'bridgekeeper.dev/v1',
    kind: 'Platform',
    metadata: { name: 'acme' },
    spec: { owner: 'acme', webhooks: { verification, deliveryId: { header: 'X-Id' }, event: [{ header: 'X-Event' }], ...more } },
  })

it('makes a source of every scheme that a platform may declare', () => {
  const schemes = [
    { scheme: 'standard-webhooks' },
    { scheme: 'github' },
    { scheme: 'stripe', tolerance: 'PT10M' },
    { scheme: 'shopify' },
    { scheme: 'slack' },
    { scheme: 'adyen' },
    { scheme: 'hmac', header: 'X-Sig' },
    { scheme: 'basic' },
    { scheme: 'mtls-header', header: 'Client-Cert', subject: 'CN=a' },
    { scheme: 'unverified', reason: 'reachable from the internal network only' },
  ]
  for (const verification of schemes) expect(webhookSourceOf(platform(verification), () => [])?.scheme.name).toBe(verification.scheme)
})

it('is null for a platform that sends no webhooks', () => {
  const silent = platform({ scheme: 'github' })
  expect(webhookSourceOf({ ...silent, spec: { ...silent.spec, webhooks: undefined } } as Platform, () => [])).toBeNull()
})

it('refuses a declared HMAC whose time is not signed, and takes it where it is', () => {
  const declared = (parameters: object) => () => webhookSourceOf(platform({ scheme: 'hmac', header: 'X-Sig', ...parameters }), () => [])
  expect(declared({ parts: ['body'], timestamp: { header: 'X-Time' } })).toThrow('not among verification.parts')
  expect(declared({ parts: ['body', 'path'], timestamp: { header: 'X-Time' } })).toThrow('not among verification.parts')
  for (const [parts, timestamp] of [
    [['timestamp', 'body'], { header: 'X-Time' }],
    [[{ header: 'x-time' }, 'body'], { header: 'X-Time' }],
    [['url', 'body'], { query: 't' }],
    [['body'], { body: '/t' }],
  ]) {
    expect(declared({ parts, timestamp })).not.toThrow()
  }
})

it('takes JSON, forms, XML and text, and says no to the rest', () => {
  const source = webhookSourceOf(platform({ scheme: 'github' }), () => [])!
  for (const type of ['', 'application/json', 'application/cloudevents+json', 'application/x-www-form-urlencoded', 'text/xml']) {
    expect(takesContentType(source, type), type).toBe(true)
  }
  for (const type of ['multipart/form-data', 'image/png', 'application/cloudevents-batch+jsonx', 'application/octet-stream']) {
    expect(takesContentType(source, type), type).toBe(false)
  }
})

it('stores no credential of a header or query, but what the source reads from there', () => {
  const source = webhookSourceOf(platform({ scheme: 'basic' }, { account: { header: 'X-Token-Account' } }), () => [])!
  const canary = ['canary-4711']
  const headers = redactHeaders(
    Object.assign(Object.create(null), {
      authorization: canary,
      cookie: canary,
      'x-gitlab-token': canary,
      'x-api-key': canary,
      'proxy-authorization': canary,
      'x-hub-signature-256': ['sha256=1'],
      'x-token-account': ['42'],
      __proto__x: ['1'],
    }),
    source,
  )
  expect(JSON.stringify(headers)).not.toContain('canary')
  expect(headers).toMatchObject({ 'x-hub-signature-256': ['sha256=1'], 'x-token-account': ['42'] })
  expect(redactQuery('https://a/webhooks/acme?shop=1&access_token=canary-4711&api_key=canary-4711', source)).toBe(
    'shop=1&access_token=%5Bredacted%5D&api_key=%5Bredacted%5D',
  )
  expect(redactQuery('https://a/webhooks/acme', source)).toBeNull()
})
