import { describe, expect, it } from 'vitest'
import { exampleWorkspace } from '../../readiness/fixtures.ts'
import type { Tally } from '../tally.ts'
import { judgeMaintenance, type MaintenanceWindow } from './judge-maintenance.ts'
import { splitMaintained } from './split-maintained.ts'

const workspace = await exampleWorkspace()
const integration = workspace.integrations.get('meridian-quill')!
const window = (more: Partial<MaintenanceWindow> = {}): MaintenanceWindow => ({
  id: 'w1',
  platform: 'quill-invoicing',
  organization: 'quill',
  startsAt: '2026-11-20T22:00:00.000Z',
  endsAt: '2026-11-20T23:00:00.000Z',
  reason: 'A new disk',
  announcedAt: '2026-11-15T22:00:00.000Z',
  announcedBy: 'quill/quentin',
  withdrawnAt: null,
  ...more,
})
const judge = (...windows: MaintenanceWindow[]) => judgeMaintenance(integration, workspace, windows)

describe('planned maintenance', () => {
  it('is excused when it was announced as early as the agreement asks, to the minute', () => {
    expect(judge(window())).toMatchObject([{ verdict: 'in-time', excused: { minutes: 60 } }])
    const [late] = judge(window({ announcedAt: '2026-11-15T22:00:00.001Z' }))
    expect(late).toMatchObject({ verdict: 'late', excused: null })
    expect(late!.says).toBe('late: announced 2026-11-15T22:00Z, due P5D before, 2026-11-15T22:00Z; it counts')
  })

  it('is excused up to the limit of a month and side, and what goes beyond counts', () => {
    const announcedAt = '2026-10-01T00:00:00.000Z'
    const three = { announcedAt, startsAt: '2026-11-02T00:00:00.000Z', endsAt: '2026-11-02T03:00:00.000Z' }
    const two = { id: 'w2', announcedAt, startsAt: '2026-11-09T00:00:00.000Z', endsAt: '2026-11-09T02:00:00.000Z' }
    const next = { id: 'w3', announcedAt, startsAt: '2026-12-01T00:00:00.000Z', endsAt: '2026-12-01T02:00:00.000Z' }
    const others = { id: 'w4', platform: 'meridian-erp', organization: 'meridian', ...three, announcedAt }
    expect(judge(window(three), window(two), window(next), window({ ...others, id: 'w4' }))).toMatchObject([
      { id: 'w1', verdict: 'in-time', excused: { minutes: 180 } },
      { id: 'w4', verdict: 'in-time', excused: { minutes: 180 } },
      { id: 'w2', verdict: 'over-limit', excused: { minutes: 60 } },
      { id: 'w3', verdict: 'in-time', excused: { minutes: 120 } },
    ])
  })

  it('is excused in whole slots only, and not at all when it was taken back or is another’s platform', () => {
    const odd = { startsAt: '2026-11-20T22:01:00.000Z', endsAt: '2026-11-20T22:59:00.000Z' }
    expect(judge(window({ ...odd, announcedAt: '2026-11-01T00:00:00.000Z' }))[0]!.excused).toMatchObject({
      from: '2026-11-20T22:05:00.000Z',
      until: '2026-11-20T22:55:00.000Z',
      minutes: 50,
    })
    expect(judge(window({ withdrawnAt: '2026-11-16T00:00:00.000Z' }))).toMatchObject([{ verdict: 'withdrawn', excused: null }])
    expect(judge(window({ platform: 'elsewhere' }))).toEqual([])
  })

  it('splits a day into what happened then and what did not, and loses nothing', () => {
    const tally: Tally = {
      ...{ integration: 'i', day: '2026-11-20', flow: 'f', measure: 'run', platform: 'p' },
      mark: 'x',
      events: 10,
      instances: 3,
      example: 'e',
    }
    const apart = { ...tally, events: 4, maintainedBy: 'quill' }
    expect(splitMaintained([tally], [apart]).map(({ events, maintainedBy }) => [events, maintainedBy])).toEqual([
      [4, 'quill'],
      [6, undefined],
    ])
    expect(splitMaintained([tally], [{ ...apart, events: 40 }]).map(({ events }) => events)).toEqual([10])
  })
})
