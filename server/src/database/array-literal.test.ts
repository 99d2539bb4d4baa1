import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../../test/test-database.ts'
import { arrayLiteral } from './array-literal.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database.drop())

async function read<T>(literal: string, type: string): Promise<T[]> {
  const { rows } = await database.pool.query<{ read: T[] }>(`select $1::${type}[] as read`, [literal])
  return rows[0]!.read
}

const text = fc.string({ unit: 'binary', maxLength: 40 }).map((value) => value.toWellFormed().replaceAll('\0', ''))
const awkward = fc.constantFrom('', 'NULL', 'null', '{}', '{a,b}', '"', '\\', '\\"', ' a ', 'a,b', '\n\t', "'", '\u{1f600}')

it('writes texts that PostgreSQL reads as they were', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.oneof(text, awkward, fc.constant(null)), { maxLength: 20 }), async (values) => {
      expect(await read(arrayLiteral(values)!, 'text')).toEqual(values)
    }),
    { numRuns: 200 },
  )
})

it('writes numbers, booleans and moments', async () => {
  expect(await read(arrayLiteral([1, -2, null, undefined])!, 'int')).toEqual([1, -2, null, null])
  expect(await read(arrayLiteral([true, false])!, 'boolean')).toEqual([true, false])
  const moments = [new Date(0), new Date('2026-02-28T23:59:59.999Z'), new Date('0099-01-01T00:00:00Z')]
  expect(await read(arrayLiteral(moments)!, 'timestamptz')).toEqual(moments)
})

it('leaves to the driver what it does not know', () => {
  for (const value of [[1], Buffer.from('a'), { a: 1 }, new Date(Number.NaN), new Date('+012026-01-01T00:00:00Z')])
    expect(arrayLiteral(['a', value])).toBeUndefined()
})
