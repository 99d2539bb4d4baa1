import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type QueryStyle, queryString } from './query-string.ts'

describe('queryString', () => {
  it.each<[Record<string, unknown>, QueryStyle, string]>([
    [{}, {}, ''],
    [{ a: 1, b: true, c: 'x y&z=ü', d: null, e: undefined, f: 10 }, {}, 'a=1&b=true&c=x%20y%26z%3D%C3%BC&f=10'],
    [{ at: new Date('2026-01-02T03:04:05Z') }, {}, 'at=2026-01-02T03%3A04%3A05.000Z'],
    [{ tag: ['a', 'b c', null] }, {}, 'tag=a&tag=b%20c'],
    [{ tag: ['a', 'b,c'] }, { array: 'commaDelimited' }, 'tag=a,b%2Cc'],
    [{ tag: ['a', 'b'] }, { array: 'pipeDelimited' }, 'tag=a%7Cb'],
    [{ tag: ['a', 'b'] }, { array: 'spaceDelimited' }, 'tag=a%20b'],
    [{ tag: ['a', 'b'] }, { array: 'brackets' }, 'tag[]=a&tag[]=b'],
    [{ tag: [] }, { array: 'commaDelimited' }, ''],
    [{ filter: { status: 'open', by: { id: 7 } } }, {}, 'filter[status]=open&filter[by][id]=7'],
    [{ filter: { 'a]': 1 } }, {}, 'filter[a%5D]=1'],
    [{ filter: { status: 'open', n: 1 } }, { object: 'form' }, 'status=open&n=1'],
  ])('writes %j as %j → %s', (query, style, expected) => {
    expect(queryString(query, style)).toBe(expected)
  })

  it('writes big integers whole', () => {
    expect(queryString({ id: 12345678901234567890n })).toBe('id=12345678901234567890')
  })

  it('is read back as it was by the URL standard, for any texts', () => {
    const text = fc.string({ unit: 'grapheme' }).filter((value) => value.isWellFormed())
    fc.assert(
      fc.property(fc.dictionary(text, text), (query) => {
        expect(Object.fromEntries(new URLSearchParams(queryString(query)))).toEqual(Object.fromEntries(Object.entries(query)))
      }),
    )
  })
})
