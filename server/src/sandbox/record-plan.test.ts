import fc from 'fast-check'
import { expect, it } from 'vitest'
import { isoTime } from './record-plan.ts'

it('isoTime writes every time as Date does', () => {
  fc.assert(
    fc.property(fc.integer({ min: -62_135_596_800_000, max: 253_402_300_799_999 }), (timeMs) => {
      expect(isoTime(timeMs)).toBe(new Date(timeMs).toISOString())
    }),
  )
})
