import fc from 'fast-check'
import { expect, it } from 'vitest'
import { finish, parseInSlices, scanBrackets } from './json-in-slices.ts'

/** With containers of this length taken for large, every way through the parser is walked. */
const small = 8
const parse = (text: string): unknown => finish(parseInSlices(text, finish(scanBrackets(text, () => {}, small)), small))
const either = (read: () => unknown): unknown => {
  try {
    return { value: read() }
  } catch (error) {
    return (error as Error).name
  }
}
const same = (text: string): void => {
  const [found, expected] = [either(() => parse(text)), either(() => JSON.parse(text))]
  expect(found, text).toEqual(expected)
  // Key order, -0 and own `__proto__` are part of it.
  if (typeof expected === 'object') expect(JSON.stringify(found)).toBe(JSON.stringify(expected))
}

const name = fc.oneof(fc.constantFrom('__proto__', 'constructor', '1', '10', 'a"b', '{', '],'), fc.string())
const value = fc.letrec((tie) => ({
  any: fc.oneof({ maxDepth: 5 }, fc.jsonValue(), tie('list'), tie('object')),
  list: fc.array(tie('any'), { maxLength: 6 }),
  object: fc.array(fc.tuple(name, tie('any')), { maxLength: 6 }).map((members) => Object.fromEntries(members)),
})).any

it('gives what JSON.parse gives, of every document', () => {
  fc.assert(
    fc.property(value, fc.constantFrom(0, 1, 2), (document, indent) => same(JSON.stringify(document, null, indent))),
    { numRuns: 2_000 },
  )
})

it('refuses what JSON.parse refuses, wherever the text is wrong', () => {
  fc.assert(
    fc.property(
      value,
      fc.nat(),
      fc.constantFrom('', ',', '"', '{', '}', '[', ']', ':', ' ', '\\', '0', '\n', '\f'),
      fc.boolean(),
      (document, at, put, over) => {
        const text = JSON.stringify(document)
        const place = at % (text.length + 1)
        same(text.slice(0, place) + put + text.slice(place + (over ? 1 : 0)))
      },
    ),
    { numRuns: 5_000 },
  )
})

it.each([
  '',
  ' ',
  '[]',
  '{}',
  `[${' '.repeat(20)}]`,
  `{${' '.repeat(20)}}`,
  '[1,2,3,4,5,6,7,]',
  '[,1,2,3,4,5,6]',
  '{"aaaaaaaaaa":{"bbbbbbbbbb":1},}',
  '{"aaaaaaaaaa":1{"bbbbbbbbbb":1}}',
  '["aaaaaaaaaa"["bbbbbbbbbb"]]',
  '{"a":{"bbbbbbbbbb":1},"a":{"cccccccccc":2}}',
  '[[1,2,3,4,5,6]}',
  '\ufeff[1,2,3,4,5,6,7]',
])('reads or refuses %j as JSON.parse does', (text) => same(text.replace('\ufeff', '')))
