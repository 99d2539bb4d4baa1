import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { idOf, openTestIngress, outcomes, type SourceName, signed, type TestIngress } from './test-ingress.ts'

let ingresses: TestIngress
beforeAll(async () => {
  ingresses = await openTestIngress()
})
afterEach(() => ingresses.stopAll())
afterAll(() => ingresses.database.drop())

it('tells two events of one payment apart, and a repeat with another date from a new event', async () => {
  const { url, metrics } = await ingresses.start()
  const notify = async (eventCode: string, eventDate: string) => {
    const item = { pspReference: 'P1', merchantAccountCode: 'M', merchantReference: 'R', amount: { value: 1, currency: 'EUR' } }
    const items = [{ NotificationRequestItem: { ...item, eventCode, success: 'true', eventDate } }]
    const response = await fetch(
      `${url}/webhooks/payments`,
      signed('payments', JSON.stringify({ live: 'false', notificationItems: items })),
    )
    expect([response.status, await response.text()]).toEqual([200, '[accepted]'])
    return idOf(response)
  }
  const [captured, failed] = [await notify('CAPTURE', '2026-11-29T05:00:00Z'), await notify('CAPTURE_FAILED', '2026-11-29T06:00:00Z')]
  expect(failed).not.toBe(captured)
  expect(await notify('CAPTURE', '2026-11-29T07:00:00Z')).toBe(captured)
  expect(await outcomes(metrics)).toMatchObject({ 'payments recorded': 2 })
})

it('asks for user and password where they prove the sender: some clients send them only then', async () => {
  const { url } = await ingresses.start()
  const challenge = async (name: SourceName) => {
    const response = await fetch(`${url}/webhooks/${name}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' })
    expect(response.status).toBe(401)
    return response.headers.get('www-authenticate')
  }
  expect(await challenge('basic')).toBe('Basic realm="webhooks", charset="UTF-8"')
  expect(await challenge('github')).toBeNull()
})
