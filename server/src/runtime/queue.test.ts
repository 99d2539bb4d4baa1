import fc from 'fast-check'
import { expect, it } from 'vitest'
import { type NewRunJob, shareJobs } from './queue.ts'

const job = (runId: string, priority: number, more: Partial<NewRunJob> = {}): NewRunJob => ({ runId, instanceId: 'i', priority, ...more })
const ids = (shared: NewRunJob[][]) => shared.map((runs) => runs.map((run) => run.runId).join(''))

it('neighbours in the order share a job, eight at most', () => {
  expect(ids(shareJobs('abcdefghij'.split('').map((id) => job(id, 0))))).toEqual(['abcdefgh', 'ij'])
})

it('a run that lies far behind in the order keeps its place', () => {
  expect(ids(shareJobs([job('a', 10), job('late', -90), job('b', 9), job('c', 5)]))).toEqual(['ab', 'c', 'late'])
})

it('a run that is due later has a job of its own', () => {
  const startAt = new Date()
  expect(ids(shareJobs([job('a', 0), job('x', 0, { startAt }), job('y', 0, { startAt }), job('b', 0)])).sort()).toEqual(['ab', 'x', 'y'])
})

it('every run is in exactly one job, and no job is fetched later than its most urgent run', () => {
  const jobs = fc.array(
    fc.record({
      priority: fc.integer({ min: -40, max: 40 }),
      instanceId: fc.constantFrom('i', 'j'),
      later: fc.boolean(),
    }),
    { maxLength: 60 },
  )
  fc.assert(
    fc.property(jobs, (some) => {
      const all = some.map(({ later, ...rest }, at) => ({ ...rest, runId: String(at), ...(later ? { startAt: new Date(at) } : {}) }))
      const shared = shareJobs(all)
      expect(
        shared
          .flat()
          .map((run) => Number(run.runId))
          .sort((a, b) => a - b),
      ).toEqual(all.map((_, at) => at))
      for (const runs of shared) expect(runs[0]!.priority).toBe(Math.max(...runs.map((run) => run.priority)))
    }),
  )
})
