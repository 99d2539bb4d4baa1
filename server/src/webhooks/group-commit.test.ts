import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createGroupCommit, type GroupCommitOptions } from './group-commit.ts'

class BadItem extends Error {}

function group(options: Partial<GroupCommitOptions<number, string>> = {}) {
  const batches: number[][] = []
  let running = 0
  const made = createGroupCommit<number, string>({
    commit: async (items) => {
      expect(++running, 'commits at once').toBe(1)
      batches.push([...items])
      await new Promise((resolve) => setTimeout(resolve, 2))
      running -= 1
      if (items.some((item) => item < 0)) throw new BadItem()
      return items.map(String)
    },
    isItemsFault: (error) => error instanceof BadItem,
    bytesOf: () => 1,
    ...options,
  })
  return { ...made, batches }
}
const later = (ms = 1) => new Promise((resolve) => setTimeout(resolve, ms))

it('commits the first at once and gathers what arrives meanwhile into the next', async () => {
  const { add, batches } = group()
  const answers = [add(1)]
  await later()
  answers.push(add(2), add(3), add(4))
  expect(await Promise.all(answers)).toEqual(['1', '2', '3', '4'])
  expect(batches).toEqual([[1], [2, 3, 4]])
})

it('answers every item by itself: bad ones fail alone, whatever their place, and order is kept (property)', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: -3, max: 20 }), { maxLength: 40 }),
      fc.integer({ min: 1, max: 9 }),
      async (items, maxBatchItems) => {
        const committed: number[] = []
        const { add } = group({
          maxBatchItems,
          commit: async (batch) => {
            expect(batch.length).toBeLessThanOrEqual(maxBatchItems)
            if (batch.some((item) => item < 0)) throw new BadItem()
            committed.push(...batch)
            return batch.map(String)
          },
        })
        const answers = await Promise.allSettled(items.map(add))
        for (const [index, item] of items.entries()) {
          if (item < 0) expect(answers[index]).toMatchObject({ status: 'rejected', reason: { code: 'webhooks.store_refused' } })
          else expect(answers[index]).toEqual({ status: 'fulfilled', value: String(item) })
        }
        expect(committed).toEqual(items.filter((item) => item >= 0))
      },
    ),
    { numRuns: 100 },
  )
})

it('fails the whole batch, and nothing else, when the database is away', async () => {
  let away = true
  const { add } = group({ commit: async (items) => (away ? Promise.reject(new Error('ECONNREFUSED')) : items.map(String)) })
  const answers = await Promise.allSettled([add(1), add(2)])
  expect(answers).toMatchObject([{ reason: { code: 'webhooks.store_away', status: 503 } }, { reason: { code: 'webhooks.store_away' } }])
  away = false
  expect(await add(3)).toBe('3')
})

it('refuses above its limit and takes again below it', async () => {
  const { add } = group({ maxWaiting: 3 })
  const answers = await Promise.allSettled([add(1), add(2), add(3), add(4)])
  expect(answers[3]).toMatchObject({ reason: { code: 'webhooks.overloaded', status: 503 } })
  expect(answers.slice(0, 3).every(({ status }) => status === 'fulfilled')).toBe(true)
  expect(await add(5)).toBe('5')
})

it('keeps batches below the limit of bytes, but takes a single item of any size', async () => {
  const { add, batches } = group({ bytesOf: (item) => item, maxBatchBytes: 10 })
  await Promise.all([add(4), add(6), add(1), add(50), add(2)])
  expect(batches).toEqual([[4, 6], [1], [50], [2]])
})

it('promises nothing while a commit hangs, starts no second one beside it, and goes on when it ends', async () => {
  const hanging = Promise.withResolvers<void>()
  let started = 0
  const { add } = group({
    commitTimeoutMs: 20,
    commit: async (items) => {
      started += 1
      if (started === 1) await hanging.promise
      return items.map(String)
    },
  })
  const first = add(1)
  const outcome = expect(first).rejects.toMatchObject({ code: 'webhooks.store_away' })
  await later(5)
  const second = expect(add(2)).rejects.toMatchObject({ code: 'webhooks.store_away' })
  await Promise.all([outcome, second])
  await expect(add(3)).rejects.toMatchObject({ code: 'webhooks.store_away' })
  expect(started).toBe(1)
  hanging.resolve()
  await later(5)
  expect(await add(4)).toBe('4')
})

it('answers what waits before it stops, and refuses the rest', async () => {
  const { add, stop } = group()
  const waiting = add(1)
  const stopped = stop()
  await expect(add(2)).rejects.toMatchObject({ code: 'webhooks.stopping' })
  await stopped
  expect(await waiting).toBe('1')
})
