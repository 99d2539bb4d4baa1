import { describe, expect, it } from 'vitest'
import { entitySchemas } from '../workspace/index.ts'
import { gatewayPlatformOf } from './index.ts'

const entity = (spec: Record<string, unknown>) =>
  entitySchemas.Platform.parse({
    apiVersion: 'bridgekeeper.dev/v1',
    kind: 'Platform',
    metadata: { name: 'helpdesk' },
    spec: { owner: 'acme', ...spec },
  })

describe('gatewayPlatformOf', () => {
  it('reads everything that a platform can say about calls', () => {
    const platform = entity({
      baseUrl: 'https://api.example.com',
      idempotency: { kind: 'field', field: '/request/id' },
      rateLimit: { remainingHeader: 'X-Left', documented: { requests: 100, per: 'PT1M' } },
      redact: ['iban', '/customer/birthday'],
      calls: {
        headers: { 'X-GitHub-Api-Version': '2022-11-28' },
        timeout: 'PT5S',
        query: { array: 'brackets' },
        failures: { 409: 'retryable' },
        record: 'metadata',
        maxRedirects: 2,
        maxResponseBytes: 1000,
      },
    })
    expect(gatewayPlatformOf(platform)).toEqual({
      name: 'helpdesk',
      baseUrl: 'https://api.example.com',
      idempotency: expect.objectContaining({ field: '/request/id' }),
      rateLimit: {
        headers: { limit: 'RateLimit-Limit', remaining: 'X-Left', reset: 'RateLimit-Reset' },
        documented: { requests: 100, perMs: 60_000 },
      },
      redact: ['iban', '/customer/birthday'],
      headers: { 'x-github-api-version': '2022-11-28' },
      timeoutMs: 5000,
      query: { array: 'brackets' },
      failures: { 409: 'retryable' },
      record: 'metadata',
      maxRedirects: 2,
      maxResponseBytes: 1000,
    })
  })

  it('leaves out what the platform does not say, and lets a sandbox stand in for its address', () => {
    const platform = entity({ idempotency: { kind: 'none' } })
    expect(gatewayPlatformOf(platform, 'http://localhost:4410')).toEqual({ name: 'helpdesk', baseUrl: 'http://localhost:4410', redact: [] })
  })
})
