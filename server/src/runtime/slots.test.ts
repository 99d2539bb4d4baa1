import { expect, it } from 'vitest'
import type { ClaimedRun } from './run.ts'
import { createSlots } from './slots.ts'

const run = (id: string, instanceId: string, jobId = id) => ({ id, instanceId, lease: { jobId, open: new Set([id]) } }) as ClaimedRun
const runs = (instanceId: string, count: number) => Array.from({ length: count }, (_, at) => run(`${instanceId}${at}`, instanceId))
const ids = (some: readonly ClaimedRun[]) => some.map((one) => one.id)

it('gives an instance alone three quarters of the slots, holds the rest, and starts it as slots become free', () => {
  const slots = createSlots(8)
  const flood = runs('a', 8)
  expect(slots.admit(flood)).toHaveLength(6)
  expect(slots.freeCount).toBe(2)
  expect(slots.saturated()).toEqual(['a'])
  expect(ids(slots.leave(flood[0]!))).toEqual(['a6'])
  expect(ids(slots.leave(flood[1]!))).toEqual(['a7'])
  expect(slots.saturated()).toEqual(['a'])
  expect(ids(slots.leave(flood[2]!))).toEqual([])
  expect(slots.saturated()).toEqual([])
  expect(slots.isSaturated('a')).toBe(false)
})

it('has room for an instance that comes after others whose runs do not end', () => {
  const slots = createSlots(512)
  const active = ['a', 'b', 'c', 'd'].map((id) => slots.admit(runs(id, 512)).length)
  expect(active).toEqual([384, 96, 24, 6])
  expect(slots.admit(runs('new', 1))).toHaveLength(1)
})

it('shares evenly among instances whose runs end as often, and keeps room beside them', () => {
  const slots = createSlots(512)
  const active = ['a', 'b', 'c', 'd', 'e'].map((id) => [...slots.admit(runs(id, 4_000))])
  for (let turn = 0; turn < 2_000; turn += 1)
    for (const some of active) {
      const [first] = some.splice(0, 1)
      for (const next of first ? slots.leave(first) : []) active['abcde'.indexOf(next.instanceId)]!.push(next)
    }
  for (const some of active) expect(some.length).toBeGreaterThan(90)
  for (const some of active) expect(some.length).toBeLessThan(102)
  expect(slots.freeCount).toBeGreaterThan(30)
})

it('lets what others leave go to those that wait', () => {
  const slots = createSlots(16)
  const quiet = slots.admit(runs('b', 4))
  const flood = slots.admit(runs('a', 16))
  expect(flood).toHaveLength(9)
  const started = quiet.flatMap((one) => ids(slots.leave(one)))
  expect(started).toEqual(['a9', 'a10', 'a11'])
})

it('what is held goes before what is leased later', () => {
  const slots = createSlots(1)
  const first = run('a1', 'a')
  expect(ids(slots.admit([first, run('a2', 'a')]))).toEqual(['a1'])
  expect(slots.freeCount).toBe(0)
  expect(ids(slots.admit([run('a3', 'a')]))).toEqual([])
  const [second] = slots.leave(first)
  expect(second?.id).toBe('a2')
  expect(ids(slots.leave(second!))).toEqual(['a3'])
})

it('keeps alive the jobs of running and held runs, each once', () => {
  const slots = createSlots(1)
  slots.admit([run('a1', 'a', 'job 1'), run('a2', 'a', 'job 1'), run('a3', 'a', 'job 2')])
  expect(slots.jobIds()).toEqual(['job 1', 'job 2'])
  expect(ids(slots.dropHeld())).toEqual(['a2', 'a3'])
  expect(slots.jobIds()).toEqual(['job 1'])
})
