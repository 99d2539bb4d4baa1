import { describe, expect, it } from 'vitest'
import type { Integration } from '../workspace/index.ts'
import { calendarMonth, measureObjective, rollingWindow } from './measure-objective.ts'
import type { Objective } from './objectives.ts'
import type { Tally } from './tally.ts'
import { boundOf, percentile } from './time-bounds.ts'

const integration = {
  metadata: { name: 'a-b' },
  spec: {
    sides: [
      { organization: 'a', platforms: ['alpha'] },
      { organization: 'b', platforms: ['beta'] },
      { organization: 'h', platforms: [] },
    ],
    host: 'h',
  },
} as unknown as Integration
const today = '2026-11-28'
const objective = (more: Partial<Objective> = {}): Objective => ({
  name: 'availability',
  source: { kind: 'file' },
  indicator: 'availability',
  targetPpm: 990_000,
  periodDays: 28,
  ...more,
})
const tally = (measure: Tally['measure'], mark: string, events: number, more: Partial<Tally> = {}): Tally => ({
  integration: 'a-b',
  day: today,
  flow: 'orders',
  measure,
  platform: '',
  mark,
  events,
  instances: 1,
  example: null,
  ...more,
})
const measure = (asked: Objective, tallies: readonly Tally[], window = rollingWindow(today, 28)) =>
  measureObjective(asked, integration, window, tallies, '2026-11-01')

const runs = [
  tally('run', 'ok', 980),
  tally('run', 'server-error', 6, { platform: 'beta', example: '019a0000-0000-7000-8000-000000000001' }),
  tally('run', 'no-connection', 4, { platform: 'alpha' }),
  tally('run', 'bug', 3),
  tally('run', 'content-refused', 4, { platform: 'beta' }),
  tally('run', 'credential-refused', 3, { platform: 'beta' }),
]

describe('an objective of the whole bridge', () => {
  it('splits what failed by side, by the bridge and by customers, with its grounds', () => {
    const measured = measure(objective(), runs)
    expect(measured).toMatchObject({ events: 997, bad: 13, excluded: 3, attainedPpm: 986_960, state: 'missed', measuredDays: 28 })
    expect(measured.causes.map(({ cause, events }) => [cause, events])).toEqual([
      ['b', 6],
      ['a', 4],
      ['bridge', 3],
    ])
    expect(measured.causes[0]!.evidence).toEqual([
      { reason: 'server-error', platform: 'beta', events: 6, example: '019a0000-0000-7000-8000-000000000001' },
    ])
    expect(measured.excludedCauses).toMatchObject([{ cause: 'customer', events: 3 }])
  })

  it('blames nobody when several customers’ credentials are refused on one day', () => {
    const measured = measure(objective(), [
      tally('run', 'ok', 990),
      tally('run', 'credential-refused', 5, { platform: 'beta', instances: 2 }),
    ])
    expect(measured).toMatchObject({ bad: 5, excluded: 0, causes: [{ cause: 'undetermined', events: 5 }] })
  })

  it('is insufficient data below three expected failures, and never met without events', () => {
    expect(measure(objective(), [tally('run', 'ok', 299)])).toMatchObject({
      state: 'insufficient-data',
      neededEvents: 300,
      attainedPpm: 1_000_000,
    })
    expect(measure(objective(), [tally('run', 'ok', 300)])).toMatchObject({ state: 'met', budget: { allowed: 3, leftPpm: 1_000_000 } })
    const none = measure(objective(), [])
    expect(none).toMatchObject({ state: 'insufficient-data', events: 0 })
    expect(none.attainedPpm).toBeUndefined()
  })

  it('is met exactly at its target, and never rounded up to it', () => {
    expect(measure(objective(), [tally('run', 'ok', 990), tally('run', 'bug', 10)])).toMatchObject({ state: 'met', budget: { leftPpm: 0 } })
    expect(measure(objective(), [tally('run', 'ok', 989_999), tally('run', 'bug', 10_001)])).toMatchObject({
      state: 'missed',
      attainedPpm: 989_999,
    })
  })

  it('counts the days of its window alone, and one flow where it names one', () => {
    const old = [tally('run', 'bug', 50, { day: '2026-10-31' }), tally('run', 'ok', 400, { day: '2026-11-01' })]
    expect(measure(objective(), old)).toMatchObject({ events: 400, bad: 0 })
    expect(measure(objective(), old, calendarMonth('2026-10-31'))).toMatchObject({ events: 50, bad: 50, measuredDays: 0 })
    expect(measure(objective({ flow: 'refunds' }), runs)).toMatchObject({ events: 0 })
  })
})

describe('an objective of one side', () => {
  const calls = [
    tally('call', 'ok', 900, { platform: 'beta' }),
    tally('call', 'server-error', 10, { platform: 'beta' }),
    tally('call', 'throttled', 70, { platform: 'beta' }),
    tally('call', 'nobody-reached', 5, { platform: 'beta' }),
    tally('call', 'server-error', 99, { platform: 'alpha' }),
  ]
  it('counts the calls that it answered, and nothing that others spoiled', () => {
    expect(measure(objective({ side: 'b' }), calls)).toMatchObject({
      events: 910,
      bad: 10,
      excluded: 75,
      causes: [{ cause: 'b', events: 10 }],
    })
    expect(measure(objective({ side: 'a' }), calls)).toMatchObject({ events: 99, bad: 99 })
  })

  it('holds a host without platforms to the runs that the bridge itself spoiled', () => {
    expect(measure(objective({ side: 'h' }), runs)).toMatchObject({ events: 997, bad: 3, causes: [{ cause: 'bridge' }] })
  })

  it('is insufficient data where nothing of that side can be seen', () => {
    const unseen = measure(objective({ side: 'b', indicator: 'freshness', thresholdMs: 60_000 }), [tally('lag', '1000', 1_000)])
    expect(unseen).toMatchObject({ state: 'insufficient-data', events: 0 })
  })
})

describe('times', () => {
  it('are good up to the threshold, with the time of 95 of 100', () => {
    const lags = [tally('lag', '1000', 940), tally('lag', '300000', 40), tally('lag', '450000', 15), tally('lag', 'beyond', 5)]
    const asked = objective({ indicator: 'freshness', thresholdMs: 300_000, targetPpm: 950_000 })
    expect(measure(asked, lags)).toMatchObject({ events: 1_000, bad: 20, state: 'met', p95Ms: 300_000 })
  })

  it('are judged by the lower bound when a threshold lies between two', () => {
    const asked = objective({ indicator: 'latency', thresholdMs: 350_000, targetPpm: 500_000 })
    expect(measure(asked, [tally('handling', boundOf(310_000), 10)])).toMatchObject({ bad: 10 })
  })

  it('beyond the last bound are beyond', () => {
    expect(boundOf(-5)).toBe('50')
    expect(percentile(new Map([['beyond', 10]]), 0.95)).toBe('beyond')
    expect(percentile(new Map(), 0.95)).toBeUndefined()
  })
})

describe('correctness', () => {
  it('asks only of what was accepted or refused', () => {
    expect(measure(objective({ indicator: 'correctness' }), runs)).toMatchObject({ events: 987, bad: 7, excluded: 13 })
  })
})
