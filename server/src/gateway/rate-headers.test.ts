import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LONGEST_WAIT_MS, rateWindow, retryAfterMs } from './rate-headers.ts'

const now = Date.parse('2026-11-23T12:00:00Z')
const inSeconds = (seconds: number) => now + seconds * 1000

describe('retryAfterMs', () => {
  it.each<[Record<string, string>, number | undefined]>([
    [{}, undefined],
    [{ 'retry-after': '' }, undefined],
    [{ 'retry-after': 'soon' }, undefined],
    [{ 'retry-after': '120' }, inSeconds(120)],
    [{ 'retry-after': ' 1.5 ' }, inSeconds(1.5)],
    [{ 'retry-after': '-5' }, now],
    [{ 'retry-after': '0' }, now],
    [{ 'retry-after': '99999999' }, now + LONGEST_WAIT_MS],
    [{ 'retry-after': 'Mon, 23 Nov 2026 12:01:00 GMT' }, inSeconds(60)],
    [{ 'retry-after': 'Mon, 23 Nov 2020 12:01:00 GMT' }, now],
    // The partner's clock is an hour ahead; the distance is what it means.
    [{ 'retry-after': 'Mon, 23 Nov 2026 13:01:00 GMT', date: 'Mon, 23 Nov 2026 13:00:00 GMT' }, inSeconds(60)],
    // Milliseconds since 1970 where seconds were meant.
    [{ 'retry-after': String(now + 5000) }, inSeconds(5)],
    [{ 'retry-after': String((now + 5000) / 1000) }, inSeconds(5)],
  ])('%j', (headers, expected) => {
    expect(retryAfterMs(headers, now)).toBe(expected)
  })

  it('reads the old forms of HTTP dates, and those without a zone, as UTC wherever the server stands', () => {
    const zone = process.env.TZ
    process.env.TZ = 'America/New_York'
    try {
      for (const date of ['Monday, 23-Nov-26 12:01:00 GMT', 'Mon Nov 23 12:01:00 2026', '2026-11-23T12:01:00', '2026-11-23T13:01:00+01:00'])
        expect([date, retryAfterMs({ 'retry-after': date }, now)]).toEqual([date, inSeconds(60)])
    } finally {
      if (zone === undefined) delete process.env.TZ
      else process.env.TZ = zone
    }
  })

  it('never lies in the past or more than a day ahead, whatever a partner sends', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.double().map(String), fc.date({ noInvalidDate: true }).map(String)),
        fc.string(),
        (value, date) => {
          const until = retryAfterMs({ 'retry-after': value, date }, now)
          if (until !== undefined) expect(until >= now && until <= now + LONGEST_WAIT_MS).toBe(true)
        },
      ),
    )
  })
})

describe('rateWindow', () => {
  it.each<[string, Record<string, string>, object | undefined]>([
    ['nothing', {}, undefined],
    [
      'GitHub',
      { 'x-ratelimit-limit': '5000', 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(inSeconds(600) / 1000) },
      { limit: 5000, remaining: 0, resetMs: inSeconds(600) },
    ],
    [
      'drafts 3 to 5: seconds from now, quota policy after the limit',
      { 'ratelimit-limit': '100, 100;w=60', 'ratelimit-remaining': '7', 'ratelimit-reset': '30' },
      { limit: 100, remaining: 7, resetMs: inSeconds(30) },
    ],
    ['draft 7', { ratelimit: 'limit=100, remaining=0, reset=5' }, { limit: 100, remaining: 0, resetMs: inSeconds(5) }],
    [
      'draft 10, the tightest of two quotas',
      { ratelimit: '"day";r=900;t=8000, "burst";r=2;t=5', 'ratelimit-policy': '"day";q=1000;w=86400,"burst";q=10;w=10' },
      { limit: 10, remaining: 2, resetMs: inSeconds(5) },
    ],
    ['two used-up quotas: the later reset', { ratelimit: '"a";r=0;t=5, "b";r=0;t=60' }, { remaining: 0, resetMs: inSeconds(60) }],
    ['Twitter', { 'x-rate-limit-remaining': '3', 'x-rate-limit-reset': '15' }, { remaining: 3, resetMs: inSeconds(15) }],
    ['no reset', { 'x-ratelimit-remaining': '3' }, { remaining: 3 }],
    ['nonsense', { 'x-ratelimit-remaining': 'many', ratelimit: ';;==' }, undefined],
    ['below zero', { 'x-ratelimit-remaining': '-4' }, { remaining: 0 }],
  ])('%s', (_, headers, expected) => {
    expect(rateWindow(headers, now)).toEqual(expected)
  })

  it('reads names that a platform declares, and "used/limit"', () => {
    const names = { limit: 'X-Max', remaining: 'X-Left', reset: 'X-Again' }
    expect(rateWindow({ 'x-max': '9', 'x-left': '4', 'x-again': '2' }, now, names)).toEqual({
      limit: 9,
      remaining: 4,
      resetMs: inSeconds(2),
    })
    expect(rateWindow({ 'x-shopify-shop-api-call-limit': '32/40' }, now, { remaining: 'x-shopify-shop-api-call-limit' })).toEqual({
      limit: 40,
      remaining: 8,
    })
  })
})
