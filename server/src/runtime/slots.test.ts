import { expect, it } from 'vitest'
import type { ClaimedRun } from './run.ts'
import { createSlots } from './slots.ts'

const run = (id: string, instanceId: string, jobId = id) => ({ id, instanceId, lease: { jobId, open: new Set([id]) } }) as ClaimedRun
const ids = (runs: readonly ClaimedRun[]) => runs.map((one) => one.id)

it('holds what is beyond the slots of an instance, and starts it as slots become free', () => {
  const slots = createSlots({ slots: 10, slotsPerInstance: 2 })
  const [a1, a2, a3, b1] = [run('a1', 'a'), run('a2', 'a'), run('a3', 'a'), run('b1', 'b')]
  expect(ids(slots.admit([a1, a2, a3, b1]))).toEqual(['a1', 'a2', 'b1'])
  expect(slots.saturated()).toEqual(['a'])
  expect(slots.freeCount).toBe(7)
  expect(ids(slots.leave(b1))).toEqual([])
  expect(ids(slots.leave(a1))).toEqual(['a3'])
  expect(slots.saturated()).toEqual(['a'])
  expect(ids(slots.leave(a2))).toEqual([])
  expect(slots.saturated()).toEqual([])
})

it('what is held goes before what is leased later', () => {
  const slots = createSlots({ slots: 1, slotsPerInstance: 1 })
  const first = run('a1', 'a')
  expect(ids(slots.admit([first, run('a2', 'a')]))).toEqual(['a1'])
  expect(ids(slots.admit([run('a3', 'a')]))).toEqual([])
  const [second] = slots.leave(first)
  expect(second?.id).toBe('a2')
  expect(ids(slots.leave(second!))).toEqual(['a3'])
})

it('counts what is held and could start as if it had, so that no more is leased than can run', () => {
  const slots = createSlots({ slots: 2, slotsPerInstance: 2 })
  const first = run('a1', 'a')
  slots.admit([first, run('b1', 'b'), run('c1', 'c')])
  expect(slots.freeCount).toBe(0)
  expect(ids(slots.leave(first))).toEqual(['c1'])
  expect(slots.freeCount).toBe(0)
})

it('keeps alive the jobs of running and held runs, each once', () => {
  const slots = createSlots({ slots: 2, slotsPerInstance: 1 })
  slots.admit([run('a1', 'a', 'job 1'), run('a2', 'a', 'job 1'), run('a3', 'a', 'job 2')])
  expect(slots.jobIds()).toEqual(['job 1', 'job 2'])
  expect(ids(slots.dropHeld())).toEqual(['a2', 'a3'])
  expect(slots.jobIds()).toEqual(['job 1'])
})
