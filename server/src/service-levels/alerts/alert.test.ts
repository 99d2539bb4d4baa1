import { describe, expect, it } from 'vitest'
import { exampleWorkspace } from '../../readiness/fixtures.ts'
import type { CauseShare } from '../count-tallies.ts'
import { objectivesOf } from '../objectives.ts'
import type { RecentTally, SlotTally } from '../tally.ts'
import { type Alert, turnOf } from './alert.ts'
import { levelsOf, sidesAtFault } from './called-sides.ts'
import { failuresInARow } from './failures-in-a-row.ts'
import { type Judged, judgeCanaries, judgeObjective } from './judge-alerts.ts'

const workspace = await exampleWorkspace()
const integration = workspace.integrations.get('meridian-quill')!
const objective = objectivesOf(integration, [], 'ga').find(({ indicator, side }) => indicator === 'availability' && side === undefined)!
const now = new Date('2026-11-20T10:00:00Z')
const minute = 60_000
const hour = 60 * minute

const recent = (withinMs: number, mark: string, events: number, platform = 'quill-invoicing'): RecentTally => ({
  integration: 'meridian-quill',
  withinMs,
  flow: 'invoices',
  measure: 'run',
  platform,
  mark,
  events,
  instances: 1,
  example: mark === 'ok' ? null : `run-${withinMs}`,
})
const judge = (tallies: RecentTally[], slots: SlotTally[] = []) => judgeObjective(objective, integration, tallies, slots, now)
const looking = { workspace, integration, now }
const turn = (open: Alert | undefined, judged: Judged | undefined, at = now) =>
  turnOf({ ...looking, now: at }, open, judged, () => 'alert-1')
const burning = () => judge([recent(5 * minute, 'ok', 500), recent(5 * minute, 'no-answer', 500), recent(hour, 'ok', 100)])

describe('an alert', () => {
  it('begins when a budget burns, with how fast, whose fault and the runs that show it', () => {
    const { alert, told } = turn(undefined, burning())!
    expect(alert).toMatchObject({
      severity: 'page',
      state: 'firing',
      evidence: { events: 1100, bad: 500, runs: ['run-300000'], causes: [{ cause: 'quill', events: 500 }] },
    })
    expect(told.map(({ organization, data }) => [organization, data.called])).toEqual(
      integration.spec.sides.map(({ organization }) => [organization, organization === 'quill']),
    )
    expect(told[0]!.title).toMatch(/its error budget burns 90\.9 times too fast; most of it by quill\.$/)
  })

  it('stays open when nothing comes any more, and ends when enough comes and is good', () => {
    const { alert } = turn(undefined, burning())!
    const silent = judge([recent(72 * hour, 'no-answer', 500), recent(72 * hour, 'ok', 500)])
    expect(silent.state).toBe('quiet')
    expect(turn(alert, silent)!.alert).toMatchObject({ state: 'insufficient-data', endedAt: null })
    expect(turn(alert, silent)!.told).toEqual([])
    const good = judge([recent(5 * minute, 'ok', 100_000), recent(30 * minute, 'ok', 100_000), recent(72 * hour, 'ok', 100_000)])
    const ended = turn(alert, good)!
    expect(ended.alert).toMatchObject({ state: 'ended', endedBecause: 'recovered' })
    expect(ended.told.map(({ kind }) => kind)).toEqual(integration.spec.sides.map(() => 'alert.ended'))
    expect(turn(alert, judge([]))!.alert).toMatchObject({ state: 'ended', endedBecause: 'no-data' })
    expect(turn(alert, undefined)!.alert).toMatchObject({ state: 'ended', endedBecause: 'withdrawn' })
  })

  it('tells nobody anew while it goes on, but calls a side whose fault it becomes', () => {
    const { alert } = turn(undefined, burning())!
    expect(turn(alert, burning())!.told).toEqual([])
    const other = judge([recent(5 * minute, 'no-answer', 900, 'meridian-erp'), recent(hour, 'ok', 100)])
    const { told, alert: after } = turn(alert, other)!
    expect(told.map(({ organization, kind }) => [organization, kind])).toEqual([['meridian', 'alert.called']])
    expect(turn(after, other)!.told).toEqual([])
  })

  it('becomes urgent once', () => {
    const slow = judge([recent(24 * hour, 'ok', 5_000), recent(2 * hour, 'no-answer', 300)])
    expect(slow).toMatchObject({ state: 'firing', severity: 'ticket' })
    const { alert } = turn(undefined, slow)!
    const worse = turn(alert, burning())!
    expect(worse.told.map(({ kind }) => kind)).toEqual(integration.spec.sides.map(() => 'alert.worse'))
    expect(turn(worse.alert, slow)!.alert.severity).toBe('page')
    expect(turn(worse.alert, burning())!.told).toEqual([])
  })

  it('calls everybody whom the side has named at last, and nobody twice', () => {
    const side = integration.spec.sides.find(({ organization }) => organization === 'quill')!
    const called = levelsOf(workspace, side, 'page', '2026-11-20').flatMap(({ people }) => people)
    expect(new Set(called).size).toBe(called.length)
    let { alert } = turn(undefined, burning())!
    const levels: unknown[] = []
    for (let day = 1; day < 8; day += 1) {
      const next = turn(alert, burning(), new Date(now.getTime() + day * 86_400_000))!
      alert = next.alert
      levels.push(...next.told.map(({ data }) => data.people))
    }
    expect([...levelsOf(workspace, side, 'page', '2026-11-20')[0]!.people, ...levels.flat()]).toEqual(called)
    expect(alert.parties.find(({ organization }) => organization === 'quill')!.escalateAt).toBeNull()
  })
})

describe('whose people are called', () => {
  const cause = (name: string, events: number): CauseShare => ({ cause: name, events, evidence: [] })
  it('those of whoever caused most; what the bridge did is its host’s; when nobody can tell, all who bring a platform', () => {
    expect(sidesAtFault(integration, [cause('quill', 10), cause('meridian', 4)])).toEqual(['quill'])
    expect(sidesAtFault(integration, [cause('quill', 10), cause('meridian', 5)])).toEqual(['quill', 'meridian'])
    expect(sidesAtFault(integration, [cause('bridge', 10)])).toEqual([integration.spec.host])
    const all = sidesAtFault(integration, [cause('undetermined', 10), cause('quill', 1)])
    expect(all).toEqual(expect.arrayContaining(['meridian', 'quill']))
    expect(sidesAtFault(integration, [])).toEqual(all)
  })
})

describe('thin traffic', () => {
  const slot = (minutesAgo: number, mark: string, events = 1): SlotTally => ({
    ...recent(0, mark, events),
    slotMs: now.getTime() - minutesAgo * minute,
  })
  it('three failures in a row are an alert where there are too few for a ratio, and two are none', () => {
    expect(judge([], [slot(60, 'no-answer'), slot(30, 'no-answer')]).state).toBe('quiet')
    const three = judge([], [slot(90, 'ok'), slot(60, 'no-answer', 2), slot(30, 'no-answer')])
    expect(three).toMatchObject({ state: 'firing', severity: 'page', evidence: { failuresInARow: 3, bad: 3 } })
  })

  it('a slot with anything good in it ends the row: the order within it is not known', () => {
    const counted = (mark: string, minutesAgo: number, count: 'good' | 'bad') => ({ count, cause: '', tally: slot(minutesAgo, mark) })
    expect(failuresInARow([counted('x', 5, 'bad'), counted('x', 5, 'good'), counted('x', 10, 'bad')]).failures).toBe(0)
  })

  it('a canary that fails, or is not heard of, for twice its interval is an alert; one that never reported is no data', () => {
    const [name, every] = [integration.spec.scenarios[0]!.name, integration.spec.scenarios[0]!.canaryEvery]
    expect(every).toBeDefined()
    const word = { scenario: name, outcome: 'failed' as const, detail: '500', reportedBy: 'x', lastAt: now.toISOString() }
    const state = (lastSucceededAt: string | null, lastAt = word.lastAt) =>
      judgeCanaries(integration, [{ ...word, lastAt, lastSucceededAt }], now).map((one) => one.state)
    expect(judgeCanaries(integration, [], now)).toEqual([])
    expect(state(new Date(now.getTime() - minute).toISOString())).toEqual(['quiet'])
    expect(state('2026-11-01T00:00:00.000Z')).toEqual(['firing'])
    expect(state(null)).toEqual(['firing'])
    expect(state('2026-11-01T00:00:00.000Z', '2026-11-01T00:00:00.000Z')).toEqual(['firing'])
  })
})
