import { describe, expect, it } from 'vitest'
import { entitySchemas, type Platform } from '../workspace/index.ts'
import { composeDelivery, webhookSecretFor } from './compose-delivery.ts'
import { plainSecret, readEnvelope, schemeOf, webhookSourceOf } from './index.ts'

const platform = (webhooks: object): Platform =>
  entitySchemas.Platform.parse({
    apiVersion: 'bridgekeeper.dev/v1',
    kind: 'Platform',
    metadata: { name: 'hub' },
    spec: { owner: 'hub', webhooks },
  })
const fixedSecret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
const url = 'http://127.0.0.1/webhooks/hub/key'

/** What the ingress would read. */
function received(from: Platform, stimulus: Parameters<typeof composeDelivery>[1], secret = fixedSecret) {
  const { headers, body } = composeDelivery(from, stimulus, 'id-1', { url, secret })
  const values = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), [value]]))
  const source = webhookSourceOf(from, () => [])!
  const verdict = schemeOf(from.spec.webhooks!.verification).verify(
    { method: 'POST', url, headers: values, body, receivedAt: new Date() },
    [plainSecret(secret)],
  )
  return {
    verdict,
    envelope: readEnvelope(source, { method: 'POST', url, headers: values, body: Buffer.from(body), receivedAt: new Date() } as never),
  }
}

describe('a composed delivery', () => {
  it('reads as GitHub’s: event in a header, action in the body', () => {
    const hub = platform({
      verification: { scheme: 'github' },
      deliveryId: { header: 'X-GitHub-Delivery' },
      event: [{ header: 'X-GitHub-Event' }, { body: '/action' }],
    })
    const { verdict, envelope } = received(hub, {
      event: 'issues.closed',
      payload: { action: 'closed', issue: { id: 1 } },
    })
    expect(verdict).toMatchObject({ verified: true })
    expect(envelope).toMatchObject({ event: 'issues.closed', problem: null })
    expect(received(hub, { event: 'push', payload: { ref: 'main' } }).envelope.event).toBe('push')
  })

  it('reads as Standard Webhooks with all that stands in the body', () => {
    const hub = platform({
      verification: { scheme: 'standard-webhooks' },
      deliveryId: { header: 'webhook-id' },
      event: [{ body: '/type' }],
      occurredAt: { body: '/timestamp' },
    })
    const { verdict, envelope } = received(hub, {
      event: 'order.paid',
      payload: { type: '', timestamp: '' },
      occurredAt: '2026-01-02T03:04:05Z',
    })
    expect(verdict).toMatchObject({ verified: true })
    expect(envelope).toMatchObject({ event: 'order.paid', occurredAt: new Date('2026-01-02T03:04:05Z') })
  })

  it.each([
    { scheme: 'standard-webhooks' },
    { scheme: 'github' },
    { scheme: 'stripe' },
    { scheme: 'shopify' },
    { scheme: 'slack' },
    { scheme: 'adyen' },
    { scheme: 'hmac', header: 'x-sig', secretEncoding: 'hex' },
    { scheme: 'hmac', header: 'x-sig', secretEncoding: 'base64' },
    { scheme: 'basic' },
    { scheme: 'mtls-header', header: 'client-cert', subject: 'hub.example' },
    { scheme: 'unverified', reason: 'a test' },
  ])('is believed under a secret that was made for $scheme', (verification) => {
    const inItem = '/notificationItems/0/NotificationRequestItem'
    const hub = platform({
      verification,
      deliveryId: [{ body: `${inItem}/pspReference` }, { body: `${inItem}/eventCode` }],
      event: [{ body: `${inItem}/eventCode` }],
    })
    const payload = { notificationItems: [{ NotificationRequestItem: { amount: { value: 1, currency: 'EUR' }, success: 'true' } }] }
    const made = webhookSecretFor(hub)
    const { verdict, envelope } = received(hub, { event: 'CAPTURE', payload }, made)
    expect(verdict).toMatchObject({ verified: true })
    expect(envelope.event).toBe('CAPTURE')
    const form = schemeOf(hub.spec.webhooks!.verification).secretForm
    expect(form === null || form.holds(made)).toBe(true)
    expect(form?.holds('') ?? false).toBe(false)
  })

  it('leaves the scenario as it is', () => {
    const hub = platform({ verification: { scheme: 'github' }, deliveryId: { body: '/id' }, event: [{ body: '/type' }] })
    const payload = { id: 'mine', type: 'x' }
    received(hub, { event: 'x', payload })
    expect(payload).toEqual({ id: 'mine', type: 'x' })
  })

  it('is refused for a platform that sends none', () => {
    const silent = entitySchemas.Platform.parse({
      apiVersion: 'bridgekeeper.dev/v1',
      kind: 'Platform',
      metadata: { name: 'hub' },
      spec: { owner: 'hub' },
    })
    expect(() => composeDelivery(silent, { event: 'x', payload: {} }, 'i', { url, secret: fixedSecret })).toThrow('sends no webhooks')
  })
})
