import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../../test/test-database.ts'
import { startTestGateway, type TestGateway } from '../../test/test-gateway.ts'
import { startTestPartner, type TestPartner } from '../../test/test-partner.ts'
import type { CallingRun } from './call.ts'
import { Turns } from './turns.ts'

const now = 1_800_000_000_000
const minuteMs = 60_000

function withGranted(count: number): Turns {
  const turns = new Turns()
  for (let call = 0; call < count; call += 1) turns.granted()
  return turns
}

describe('turns', () => {
  it('are never before the connection opens, the first is then, and per closure there are as many as it has granted', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 500 }), fc.integer({ min: 2_000, max: 600_000 }), (granted, closureMs) => {
        const turns = withGranted(granted)
        const untilMs = now + closureMs
        const given = Array.from({ length: 3 * granted }, () => turns.next(untilMs, now))
        expect(given[0]).toBe(untilMs)
        const inClosure = (number: number) =>
          given.filter((turn) => turn >= untilMs + number * closureMs && turn < untilMs + (number + 1) * closureMs).length
        // Rounding may move one over an edge.
        for (const number of [0, 1]) expect(Math.abs(inClosure(number) - granted)).toBeLessThanOrEqual(1)
      }),
    )
  })

  it('go on behind those that were given in the window before, and begin anew when nobody can be left', () => {
    const turns = new Turns()
    const given = Array.from({ length: 60 }, () => turns.next(now + minuteMs, now))
    const next = turns.next(now + 2 * minuteMs, now + minuteMs + 500)
    expect(next).toBeGreaterThan(given.at(-1)!)
    const quietMs = now + 10 * minuteMs
    expect(turns.next(quietMs + minuteMs, quietMs)).toBe(quietMs + minuteMs)
  })

  it('lie within a day, spread over it where there are more than a day holds', () => {
    const turns = new Turns()
    const given = Array.from({ length: 100_000 }, () => turns.next(now + minuteMs, now))
    expect(Math.max(...given)).toBeLessThanOrEqual(now + 86_400_000 + minuteMs)
    const perMinute = Map.groupBy(given, (turn) => Math.floor(turn / minuteMs))
    expect(Math.max(...[...perMinute.values()].map((some) => some.length))).toBeLessThan(200)
  })

  it('a wait for calls in flight is no end of a window: what that grants goes on being counted', () => {
    const turns = withGranted(300)
    turns.next(now + 1_000, now)
    for (let call = 0; call < 10; call += 1) turns.granted()
    turns.next(now + minuteMs, now + 1_200)
    expect(turns.release()).toBe(310)
    // The wait and the end may also come as one closure.
    for (let call = 0; call < 40; call += 1) turns.granted()
    turns.next(now + minuteMs + 3_000, now + minuteMs + 2_000)
    turns.next(now + 2 * minuteMs, now + minuteMs + 2_500)
    expect(turns.release()).toBe(40)
  })

  it('lets on as many as one window grants when it opens, then twice as many as calls were granted since, and one at least', () => {
    const turns = withGranted(50)
    turns.next(now + minuteMs, now)
    expect([turns.release(), turns.release()]).toEqual([50, 1])
    for (let call = 0; call < 30; call += 1) turns.granted()
    expect([turns.release(), turns.release()]).toEqual([60, 1])
    turns.next(now + 3 * minuteMs, now + 2 * minuteMs)
    expect([turns.release(), turns.release()]).toEqual([30, 1])
    turns.next(now + 5 * minuteMs, now + 4 * minuteMs)
    expect(turns.release()).toBe(10)
  })
})

describe('what waits for a connection', () => {
  let database: TestDatabase
  let partner: TestPartner
  let here: TestGateway
  let there: TestGateway
  beforeAll(async () => {
    database = await createTestDatabase()
    partner = await startTestPartner()
    const platforms = { helpdesk: { baseUrl: partner.url } }
    here = startTestGateway(database, platforms, { allowedHosts: [partner.host] })
    there = startTestGateway(database, platforms, { allowedHosts: [partner.host] })
  })
  afterAll(async () => {
    vi.useRealTimers()
    await Promise.all([here?.close(), there?.close()])
    await partner?.close()
    await database?.drop()
  })
  const untilMs = Date.now() + 600_000
  const paused = async (end: number) => {
    const { id } = await here.connect()
    await here.connections.pause(id, end, 'stock-taking')
    for (const { connections } of [here, there]) await vi.waitFor(async () => expect((await connections.get(id)).pausedUntilMs).toBe(end))
    return id
  }
  const roomIn = async (process: TestGateway, id: string, kind = 'connection') =>
    (await process.gateway.open([`${kind}:${id}`])).get(`${kind}:${id}`)

  it('stays while it is paused, and goes on all together when somebody ends that', async () => {
    const id = await paused(untilMs)
    expect([await roomIn(here, id), await roomIn(there, id), await roomIn(here, id, 'budget')]).toEqual([undefined, undefined, undefined])
    await there.connections.resume(id)
    await vi.waitFor(async () => expect([await roomIn(here, id), await roomIn(there, id)]).toEqual(Array(2).fill(Number.POSITIVE_INFINITY)))
  })

  it('goes on step by step in every process when the pause ends by time, whichever has seen it begin', async () => {
    const id = await paused(untilMs)
    vi.useFakeTimers({ toFake: ['Date'], now: untilMs + 1 })
    try {
      expect([await roomIn(here, id), await roomIn(here, id)]).toEqual([10, 1])
      expect(await roomIn(there, id, 'budget')).toBe(10)
      for (let call = 0; call < 7; call += 1) await here.gateway.call({ platform: 'helpdesk', connectionId: id, method: 'GET', path: '/x' })
      expect(await roomIn(here, id)).toBe(14)
    } finally {
      vi.useRealTimers()
    }
  })

  it('comes back at a moment of its own where it is a run, and at the end of the pause where it is not', async () => {
    const id = await paused(untilMs)
    const refused = (run?: CallingRun) =>
      here.gateway.call({ platform: 'helpdesk', connectionId: id, method: 'GET', path: '/x', run }).then(
        () => undefined,
        (failure) => failure.untilMs as number,
      )
    const run = { id: crypto.randomUUID(), instanceId: 'i', integration: 'sync' }
    const turns = [await refused(run), await refused(run), await refused(run)] as number[]
    expect(turns[0]).toBe(untilMs)
    expect([...new Set(turns)].sort()).toEqual(turns)
    expect([await refused(), await refused()]).toEqual([untilMs, untilMs])
  })

  it('is told at once of a connection that is gone, and waits for its own time where nothing here knows what it waits for', async () => {
    expect(await roomIn(here, '00000000-0000-7000-8000-000000000000')).toBe(Number.POSITIVE_INFINITY)
    const keys = ['stock', 'stock:taking', 'budget:none', 'budget:00000000-0000-7000-8000-000000000000', '']
    expect(await here.gateway.open(keys)).toEqual(new Map())
  })
})
