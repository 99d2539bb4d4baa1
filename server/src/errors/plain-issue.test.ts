import { expect, it } from 'vitest'
import { z } from 'zod'
import { plainIssue } from './index.ts'

const strict = z.strictObject({
  name: z.string().optional(),
  limit: z.number().max(500).optional(),
  list: z.array(z.string()).min(2).optional(),
  one: z.enum(['a', 'b']).optional(),
  needed: z.string(),
  id: z.uuid().optional(),
  at: z.iso.datetime().optional(),
  day: z.iso.date().optional(),
})

it.each([
  [{}, 'needed is missing'],
  [{ needed: 'x', name: 5 }, 'name must be of type string, and is of type number'],
  [{ needed: 'x', limit: 999 }, 'limit must be <=500'],
  [{ needed: 'x', list: ['a'] }, 'list must have >=2 items'],
  [{ needed: 'x', one: 'c' }, 'one must be one of "a"|"b"'],
  [{ needed: 'x', limit: Number.NaN }, 'limit must be a number'],
  [{ needed: 'x', id: 'nope' }, 'id must be an id such as 01a225ac-d6dc-7000-8c77-06a719e54d44'],
  [{ needed: 'x', at: 'noon' }, 'at must be a time such as 2026-12-01T08:00:00Z'],
  [{ needed: 'x', day: '1.12.' }, 'day must be a day such as 2026-12-01'],
  [{ needed: 'x', nmae: 1 }, 'body does not know "nmae"'],
])('of %j is said: %s', (given, sentence) => {
  const { error } = strict.safeParse(given)
  expect(error!.issues.map((issue) => plainIssue(issue.path.join('.') || 'body', issue.message))).toEqual([sentence])
})

it('what an author has put in words of their own stays as it is', () => {
  expect(plainIssue('currency', 'must be a currency of ISO 4217')).toBe('currency: must be a currency of ISO 4217')
})
