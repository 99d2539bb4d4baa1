import { Temporal } from 'temporal-polyfill'
import type { Platform } from '../workspace/index.ts'
import type { FailureWord, GatewayPlatform } from './platform.ts'

/**
 * A Platform entity as the gateway reads it.
 *
 * @param baseUrl stands in for the entity's own: a sandbox's, for example
 */
export function gatewayPlatformOf({ metadata, spec }: Platform, baseUrl: string | undefined = spec.baseUrl): GatewayPlatform {
  const calls = spec.calls ?? {}
  return present({
    name: metadata.name,
    baseUrl,
    idempotency: spec.idempotency.kind === 'none' ? undefined : spec.idempotency,
    rateLimit: spec.rateLimit && rateLimitOf(spec.rateLimit),
    query: calls.query && present(calls.query),
    headers: calls.headers && lowerCased(calls.headers),
    failures: calls.failures as Record<number, FailureWord> | undefined,
    redact: spec.redact,
    record: calls.record,
    timeoutMs: calls.timeout === undefined ? undefined : milliseconds(calls.timeout),
    maxRedirects: calls.maxRedirects,
    maxResponseBytes: calls.maxResponseBytes,
  })
}

function rateLimitOf(limit: NonNullable<Platform['spec']['rateLimit']>): NonNullable<GatewayPlatform['rateLimit']> {
  const { documented, limitHeader, remainingHeader, resetHeader } = limit
  const headers = { limit: limitHeader, remaining: remainingHeader, reset: resetHeader }
  return present({ headers, documented: documented && { requests: documented.requests, perMs: milliseconds(documented.per) } })
}

function lowerCased(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
}

function milliseconds(duration: string): number {
  // Days and longer need a calendar; in UTC a day has 24 hours.
  return Math.round(Temporal.Duration.from(duration).total({ unit: 'milliseconds', relativeTo: '2026-01-01T00:00[UTC]' }))
}

/** The same without properties that are undefined: absent and undefined are not the same to our types. */
function present<T extends object>(values: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as never
}
