import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../../test/test-database.ts'
import { arrayParameter } from './array-parameter.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database.drop())

async function read(values: readonly unknown[], type: string): Promise<unknown[]> {
  const parameter = arrayParameter(values, type)
  expect(parameter).toBeInstanceOf(Buffer)
  const { rows } = await database.pool.query<{ read: unknown[] }>(`select $1::${type}[] as read`, [parameter])
  return rows[0]!.read
}

const orNull = <T>(values: fc.Arbitrary<T>) => fc.array(fc.oneof(values, fc.constant(null)), { maxLength: 20 })
const text = fc.string({ unit: 'binary', maxLength: 300 }).map((value) => value.toWellFormed().replaceAll('\0', ''))
const awkward = fc.constantFrom(
  '',
  'NULL',
  'null',
  '{}',
  '{a,b}',
  '"',
  '\\',
  '\\"',
  ' a ',
  'a,b',
  '\n\t',
  "'",
  '\u{1f600}',
  'é'.repeat(128),
)
const moment = fc.date({ min: new Date('1715-01-01'), max: new Date('2285-01-01'), noInvalidDate: true })

it.each([
  ['text', fc.oneof(text, awkward)],
  ['uuid', fc.uuid()],
  ['json', fc.json()],
  ['smallint', fc.integer({ min: -(2 ** 15), max: 2 ** 15 - 1 })],
  ['int', fc.integer()],
  ['bigint', fc.maxSafeInteger()],
  ['real', fc.float().map((value) => value + 0)],
  ['float8', fc.double().map((value) => value + 0)],
  ['boolean', fc.boolean()],
  ['timestamptz', moment],
] as [string, fc.Arbitrary<unknown>][])('writes %s as PostgreSQL reads it', async (type, arbitrary) => {
  // The driver reads large whole numbers as text; PostgreSQL's own text is what both ways must agree on.
  const asText = async (parameter: unknown) =>
    (await database.pool.query<{ read: string }>(`select $1::${type}[]::text as read`, [parameter])).rows[0]!.read
  await fc.assert(
    fc.asyncProperty(orNull(arbitrary), async (values) => {
      expect(arrayParameter(values, type)).toBeInstanceOf(Buffer)
      expect(await asText(arrayParameter(values, type))).toBe(await asText(values))
    }),
    { numRuns: 150 },
  )
})

it('writes no array, long ones, and undefined as null', async () => {
  expect(await read([], 'uuid')).toEqual([])
  expect(await read(['a', undefined, null], 'text')).toEqual(['a', null, null])
  const long = Array.from({ length: 5_000 }, (_, at) => `${at} ${'ä'.repeat(100)}`)
  expect(await read(long, 'text')).toEqual(long)
  expect(await read(['after'], 'text')).toEqual(['after'])
})

it('leaves to the driver what is not exactly of the type', () => {
  const refused: [string, unknown][] = [
    ['jsonb', '{}'],
    ['text', 1],
    ['text', ['nested']],
    ['uuid', 'F47AC10B-58CC-4372-A567-0E02B2C3D479'],
    ['uuid', 'f47ac10b58cc4372a5670e02b2c3d479'],
    ['uuid', 'f47ac10b-58cc-4372-a567-0e02b2c3d47g'],
    ['uuid', 'f47ac10b-58cc-4372-a567-0e02b2c3d47é'],
    ['smallint', 2 ** 15],
    ['real', '1'],
    ['int', 1.5],
    ['int', 2 ** 31],
    ['int', '1'],
    ['bigint', 2 ** 53],
    ['bigint', Number.NaN],
    ['boolean', 'true'],
    ['timestamptz', '2026-01-01'],
    ['timestamptz', new Date(Number.NaN)],
    ['timestamptz', new Date('1700-01-01')],
    ['timestamptz', new Date('+012026-01-01T00:00:00Z')],
  ]
  for (const [type, value] of refused) expect(arrayParameter([null, value], type), `${type} ${value}`).toBeUndefined()
})

it('lets PostgreSQL refuse a null character as it does in a text', async () => {
  const parameter = arrayParameter(['a\0b'], 'text')
  await expect(database.pool.query('select $1::text[]', [parameter])).rejects.toMatchObject({ code: '22021' })
})
