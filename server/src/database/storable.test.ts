import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../../test/test-database.ts'
import { storableJson, storableText } from './storable.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database.drop())

const awkward = fc.constantFrom('\0', '\ud83d', '\ude00', '\u{1f600}', '\\u0000', '\\ud800', '\\', '"', '\n', '\u0001', '\ufffd')
const text = fc.array(fc.oneof(fc.string({ unit: 'binary', maxLength: 5 }), awkward), { maxLength: 8 }).map((parts) => parts.join(''))
const cleaned = (from: string): string => from.toWellFormed().replaceAll('\0', '\ufffd')
const cleanedWithin = (value: unknown): unknown => {
  if (typeof value === 'string') return cleaned(value)
  if (Array.isArray(value)) return value.map(cleanedWithin)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [cleaned(name), cleanedWithin(part)]))
}
const read = async (value: unknown, type: string): Promise<unknown> =>
  (await database.pool.query(`select $1::${type} as read`, [value])).rows[0].read

it('any text can be kept, and is changed only where it could not be', async () => {
  await fc.assert(
    fc.asyncProperty(text, async (value) => {
      expect(await read(storableText(value), 'text')).toBe(cleaned(value))
    }),
    { numRuns: 300 },
  )
})

it('any value can be kept as jsonb, its names too, and is changed only where it could not be', async () => {
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { maxDepth: 3 },
      text,
      fc.integer(),
      fc.constant(null),
      fc.array(tie('tree'), { maxLength: 4 }),
      // Names that become the same are one member: the last.
      fc
        .dictionary(text, tie('tree'), { maxKeys: 4 })
        .filter((value) => new Set(Object.keys(value).map(cleaned)).size === Object.keys(value).length),
    ),
  }))
  await fc.assert(
    fc.asyncProperty(tree, async (value) => {
      expect(await read(storableJson(value), 'jsonb')).toEqual(cleanedWithin(value))
    }),
    { numRuns: 300 },
  )
})
