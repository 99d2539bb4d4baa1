import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../../../test/test-database.ts'
import { compareContracts } from '../compare-contracts.ts'
import { readContract } from '../read-contract.ts'
import { impactOnClients } from '../usage/impact-report.ts'
import { type ObservedUsage, usageFromFacts } from '../usage/usage-of.ts'
import { answerNotice } from './answer-notice.ts'
import { calendarOf, noticeEvents } from './calendar.ts'
import { harvestHeaders } from './harvest.ts'
import { defaultNotice, judgeNotice } from './judge-notice.ts'
import { noticeChange } from './notice-change.ts'
import { listNotices } from './queries.ts'
import { readDeprecationHeaders } from './read-deprecation-headers.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database.drop())

const contract = (values: string[]) =>
  readContract({
    name: 'pay',
    text: JSON.stringify({
      openapi: '3.0.3',
      info: { title: 'p', version: '1' },
      paths: {
        '/payments': {
          post: {
            requestBody: {
              content: { 'application/json': { schema: { type: 'object', properties: { type: { type: 'string', enum: values } } } } },
            },
            responses: { 200: { description: 'ok' } },
          },
        },
      },
    }),
  })
const changeOf = async () => {
  const [before, after] = [await contract(['card', 'neteller']), await contract(['card'])]
  return { before, after, findings: compareContracts(before, after) }
}

describe('whether notice was given in time', () => {
  it('on time, late by days, silent and undated are told apart', () => {
    expect(judgeNotice('2026-11-23', '2027-02-21', 'P90D', false)).toEqual({ verdict: 'on time', earliestLawfulOn: '2027-02-21' })
    expect(judgeNotice('2026-11-23', '2027-02-11', 'P90D', false)).toEqual({
      verdict: 'late',
      lateDays: 10,
      earliestLawfulOn: '2027-02-21',
    })
    expect(judgeNotice('2026-11-23', '2026-11-23', 'P90D', true).verdict).toBe('silent')
    expect(judgeNotice('2026-11-23', null, 'P90D', false).verdict).toBe('undated')
  })

  it('the earliest lawful day is never late, the day before it always is, by one day', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date('2020-01-01'), max: new Date('2040-01-01'), noInvalidDate: true }),
        fc.constantFrom(...Object.values(defaultNotice)),
        (at, period) => {
          const day = at.toISOString().slice(0, 10)
          const { earliestLawfulOn } = judgeNotice(day, null, period, false)
          const before = new Date(Date.parse(earliestLawfulOn) - 86_400_000).toISOString().slice(0, 10)
          expect(judgeNotice(day, earliestLawfulOn, period, false).verdict).toBe('on time')
          expect(judgeNotice(day, before, period, false)).toMatchObject({ verdict: 'late', lateDays: 1 })
        },
      ),
    )
  })
})

it('the earliest lawful day is that of an independent reckoning, in every time zone and over leap days and ends of months', () => {
  const daysIn = (year: number, month: number) =>
    [31, year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month]!
  /** Years and months first, at most to the end of the month; then days, counted one by one. */
  const reckoned = (day: string, [years, months, weeks, days]: readonly [number, number, number, number]): string => {
    let [year, month, date] = day.split('-').map(Number) as [number, number, number]
    const total = year * 12 + (month - 1) + years * 12 + months
    ;[year, month] = [Math.floor(total / 12), total % 12]
    date = Math.min(date, daysIn(year, month))
    for (let left = weeks * 7 + days; left > 0; left--) {
      date += 1
      if (date > daysIn(year, month)) [date, month] = [1, month + 1]
      if (month > 11) [month, year] = [0, year + 1]
    }
    return `${year}-${String(month + 1).padStart(2, '0')}-${String(date).padStart(2, '0')}`
  }
  const zone = process.env.TZ
  const days = fc
    .date({ min: new Date('2023-01-01'), max: new Date('2105-12-31'), noInvalidDate: true })
    .map((at) => at.toISOString().slice(0, 10))
  const edges = fc.constantFrom('2024-02-29', '2026-01-31', '2026-12-31', '2026-03-29', '2026-10-25', '2100-02-28', '2099-12-31')
  const nat = (max: number) => fc.nat({ max })
  try {
    for (const tz of ['UTC', 'Pacific/Kiritimati', 'Pacific/Pago_Pago', 'America/St_Johns', 'Europe/Berlin']) {
      process.env.TZ = tz
      fc.assert(
        fc.property(fc.oneof(days, edges), fc.tuple(nat(3), nat(30), nat(60), nat(800)), (day, length) => {
          const [years, months, weeks, count] = length
          const { earliestLawfulOn } = judgeNotice(day, null, `P${years}Y${months}M${weeks}W${count}D`, false)
          expect(earliestLawfulOn).toBe(reckoned(day, length))
        }),
        { numRuns: 200 },
      )
    }
  } finally {
    if (zone === undefined) delete process.env.TZ
    else process.env.TZ = zone
  }
})

describe('announcements in headers', () => {
  it('dates of RFC 9745, RFC 8594, old drafts, warnings and vendors are read; other warnings are not', () => {
    const sunset = 'Sat, 31 Dec 2027 23:59:59 GMT'
    expect(readDeprecationHeaders({ deprecation: '@1688169599', sunset, link: '<https://p/x>; rel="sunset"' })).toEqual({
      deprecatedAt: new Date(1688169599000),
      sunsetAt: new Date(sunset),
      links: [{ rel: 'sunset', url: 'https://p/x' }],
      words: 'Marked as deprecated.',
    })
    expect(readDeprecationHeaders({ Deprecation: 'true' })).toMatchObject({ words: 'Marked as deprecated.' })
    expect(readDeprecationHeaders({ warning: '299 - "This resource is deprecated"' })?.words).toBe('This resource is deprecated')
    expect(readDeprecationHeaders({ warning: '299 - "slow today"', link: '<https://p?page=2>; rel="next"' })).toBeUndefined()
    expect(readDeprecationHeaders({ 'x-shopify-api-deprecated-reason': 'use fields' })?.words).toBe('use fields')
    expect(readDeprecationHeaders({ deprecation: 'false' })).toBeUndefined()
  })

  it.each([
    ['Sun, 06 Nov 2033 08:49:37 GMT', '2033-11-06'],
    ['Sunday, 06-Nov-33 08:49:37 GMT', '2033-11-06'],
    ['Sun Nov  6 08:49:37 2033', '2033-11-06'],
    ['Sun, 6 Nov 2033 08:49:37 +0000', '2033-11-06'],
    ['@1799999999', '2027-01-15'],
    ['2033-11-06T23:30:00-05:00', '2033-11-07'],
    ['2033-11-06', '2033-11-06'],
    ['"2033-11-06"', '2033-11-06'],
    // Of several the earliest: from then on nobody may rely on it.
    ['Sun, 06 Nov 2033 08:49:37 GMT, Tue, 01 Nov 2033 08:49:37 GMT', '2033-11-01'],
    [['Sun, 06 Nov 2033 08:49:37 GMT', 'Tue, 01 Nov 2033 08:49:37 GMT'], '2033-11-01'],
    // Garbage that a lenient parser makes a day of.
    ['soon', undefined],
    ['API 2024', undefined],
    ['v2 of 2033', undefined],
    ['@999999999999', undefined],
    ['@1.5', undefined],
    ['0', undefined],
    ['Sun, 31 Feb 2033', undefined],
    ['x'.repeat(100_000), undefined],
    [7, undefined],
  ])('a sunset of %s is %s', (sunset, day) => {
    const said = readDeprecationHeaders({ deprecation: 'true', sunset })
    expect(said?.sunsetAt?.toISOString().slice(0, 10)).toBe(day)
  })

  it('what says that nothing ends is no announcement; several links and warnings are read as one', () => {
    for (const deprecation of ['false', 'False', '?0', '0', 'no', 'none', ' '])
      expect(readDeprecationHeaders({ deprecation }), deprecation).toBeUndefined()
    for (const deprecation of ['true', '?1', 'version="v1", date="Sun, 06 Nov 2022 08:49:37 GMT"', '@1688169599;note="x"'])
      expect(readDeprecationHeaders({ deprecation }), deprecation).toBeDefined()
    const said = readDeprecationHeaders({
      Warning: '199 - "slow", 299 api "Deprecated, see \\"v2\\"" "Sun, 06 Nov 2022 08:49:37 GMT", 299 - "Removed in June"',
      Link: '</v2>; title="a, <b>; rel=sunset"; rel="successor-version alternate", </why>; rel=deprecation, </p2>; rel="next"',
    })
    expect(said).toEqual({
      words: 'Deprecated, see "v2" Removed in June',
      links: [
        { rel: 'successor-version', url: '/v2' },
        { rel: 'deprecation', url: '/why' },
      ],
    })
    expect(readDeprecationHeaders({ deprecation: '@1688169599;note="x"' })?.deprecatedAt).toEqual(new Date(1_688_169_599_000))
  })

  it('a thousand calls with one announcement are one notice; a date that slips keeps its history', async () => {
    const harvest = harvestHeaders({
      database,
      onProblem: (error) => {
        throw error
      },
    })
    const call = (sunset: string, startedMs: number) =>
      harvest.observer({ platform: 'heads', method: 'GET', path: '/a', startedMs, callId: 'c', responseHeaders: { sunset } } as never)
    for (let n = 0; n < 1000; n++) call('Sat, 01 May 2027 00:00:00 GMT', Date.parse('2026-07-19'))
    await harvest.settled()
    call('Tue, 01 Jun 2027 00:00:00 GMT', Date.parse('2026-08-01'))
    await harvest.settled()
    const [notice, ...others] = await listNotices(database.executor, ['heads'])
    expect(others).toEqual([])
    expect(notice).toMatchObject({ effectiveOn: '2027-06-01', kind: 'removal', source: 'header', silent: false })
    expect(notice!.announcedAt).toEqual(new Date('2026-07-19'))
    expect(notice!.dates.map(({ effectiveOn }) => effectiveOn)).toEqual(['2027-05-01', '2027-06-01'])
    const feed = calendarOf(noticeEvents([notice!]), 'changes')
    expect(feed).toContain('DTSTART;VALUE=DATE:20270601\r\n')
    expect(feed.split('\r\n').every((line) => Buffer.byteLength(line) <= 75)).toBe(true)
  })
})

describe('a change in force that nobody announced', () => {
  it('is one silent notice however often it is told, and answers keep names', async () => {
    const change = await changeOf()
    const at = new Date('2026-11-23T10:00:00Z')
    expect(await database.transaction((tx) => noticeChange(tx, 'quiet', change, at))).toBe(1)
    expect(await database.transaction((tx) => noticeChange(tx, 'quiet', change, at))).toBe(0)
    const [notice] = await listNotices(database.executor, ['quiet'])
    expect(notice).toMatchObject({ silent: true, kind: 'breaking', effectiveOn: '2026-11-23' })
    const answer = { organization: 'acme', person: 'acme/ada', answer: 'objected' as const, note: null }
    expect(await answerNotice(database, notice!, answer, at)).toBe('answered')
    expect(await answerNotice(database, notice!, answer, at)).toBe('already answered')
    expect((await listNotices(database.executor, ['quiet']))[0]!.answers).toMatchObject([{ person: 'acme/ada', answer: 'objected' }])
  })
})

describe('the verdict in words', () => {
  it('prints rule, direction, usage and agreement; zero traffic is unknown', async () => {
    const client = (instanceId: string) => ({
      instanceId,
      name: 'main',
      integration: 'i',
      customer: 'c',
      terms: { notice: { ...defaultNotice, breaking: 'P90D' }, overrides: [] } as never,
    })
    const fact = {
      instanceId: 'a',
      platform: 'pay',
      surface: 'operation',
      method: 'POST',
      path: '/payments',
      days: 1,
      firstDay: '2026-11-01',
      lastAt: new Date('2026-11-22'),
    } as const
    const window = { from: '2026-10-24', until: '2026-11-23' }
    const used: ObservedUsage = usageFromFacts(
      'a',
      window,
      [
        { ...fact, kind: 'call', name: '', value: '', seen: 41 },
        { ...fact, kind: 'sent', name: 'type', value: '"neteller"', seen: 41 },
      ],
      new Date('2026-11-23'),
    )
    const [broken, silent] = await impactOnClients(await changeOf(), [client('a'), client('b')], [used], '2026-11-23')
    expect(broken!.outcome).toBe('break')
    expect(broken!.lines[0]).toMatch(
      /neteller.*\. The client sends type, 41 times from 2026-10-24 to 2026-11-23; the agreement asks 90 days; told today, the earliest lawful day is 2027-02-21\. \[request-.*enum-value-removed, request\]/,
    )
    expect(silent!.outcome).toBe('unknown')
  })
})

describe('an end that is announced in a sentence', () => {
  const described = (paths: Record<string, string>) =>
    readContract({
      name: 'desk',
      text: JSON.stringify({
        openapi: '3.0.3',
        info: { title: 'd', version: '1' },
        paths: Object.fromEntries(
          Object.entries(paths).map(([path, description]) => [path, { get: { description, responses: { 200: { description: 'ok' } } } }]),
        ),
      }),
    })
  const publish = async (from: Record<string, string>, to: Record<string, string>, on: string) => {
    const [before, after] = [await described(from), await described(to)]
    const change = { before, after, findings: compareContracts(before, after) }
    return database.transaction((tx) => noticeChange(tx, 'desk', change, new Date(on)))
  }
  const ends = { '/a': 'All. Will be removed on 1 May 2027.', '/b': 'Bees.' }

  it('is fulfilled by its removal, and no second notice calls that silent or late', async () => {
    expect(await publish({ '/a': 'All.', '/b': 'Bees.' }, ends, '2026-05-01')).toBe(1)
    expect(await publish(ends, { '/b': 'Bees.' }, '2027-05-02')).toBe(0)
    const notices = await listNotices(database.executor, ['desk'])
    expect(notices).toMatchObject([{ place: 'GET /a', state: 'effective', effectiveOn: '2027-05-01', silent: false }])
    expect(notices[0]!.announcedAt).toEqual(new Date('2026-05-01'))
    expect(await publish({ '/b': 'Bees.' }, { '/a': 'All.', '/b': 'Bees.' }, '2027-05-03')).toBe(0)
  })

  it('can not write lines of its own into a calendar', async () => {
    const evil = 'Will be removed on 1 May 2027; a,b\\c\r\nEND:VEVENT\u0000\u0085'
    const [before, after] = [await described({ '/e': 'E.' }), await described({ '/e': evil })]
    const change = { before, after, findings: compareContracts(before, after) }
    await database.transaction((tx) => noticeChange(tx, 'evil', change, new Date('2026-05-01')))
    const feed = calendarOf(noticeEvents(await listNotices(database.executor, ['evil'])), 'a;b').replaceAll('\r\n ', '')
    expect(feed.match(/^END:VEVENT\r$/gm)).toHaveLength(1)
    expect(feed).toContain('NAME:a\\;b\r\n')
    expect(feed).toContain('1 May 2027\\; a\\,b\\\\c')
    expect(feed).not.toMatch(/[^\P{Cc}\r\n]/u)
  })
})
