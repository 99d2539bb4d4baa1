import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createPayloadRoom } from './payload-room.ts'

describe('the room for payloads', () => {
  it('never holds more than its limit, unless one alone is larger, and everybody enters in order', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 150 }), { maxLength: 40 }), async (sizes) => {
        const room = createPayloadRoom(100)
        const inside: number[] = []
        const entered: number[] = []
        await Promise.all(
          sizes.map(async (size, at) => {
            await room.take(size)
            entered.push(at)
            inside.push(size)
            const sum = inside.reduce((total, one) => total + one, 0)
            expect(sum <= 100 || inside.filter((one) => one > 0).length === 1).toBe(true)
            await new Promise((resolve) => setImmediate(resolve))
            inside.splice(inside.indexOf(size), 1)
            room.give(size)
          }),
        )
        expect(entered).toEqual(sizes.map((_, at) => at))
        expect(room.freeBytes).toBe(100)
      }),
    )
  })

  it('says that nothing is free while somebody waits, so that nobody overtakes', async () => {
    const room = createPayloadRoom(100)
    room.occupy(60)
    expect(room.freeBytes).toBe(40)
    const waiting = room.take(50)
    expect(room.freeBytes).toBe(0)
    room.give(60)
    await waiting
    expect(room.freeBytes).toBe(50)
  })
})
