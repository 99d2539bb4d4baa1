import { expect, it } from 'vitest'
import { z } from 'zod'
import { plainIssue } from './index.ts'

const strict = z.strictObject({
  name: z.string().optional(),
  limit: z.number().max(500).optional(),
  list: z.array(z.string()).min(2).optional(),
  one: z.enum(['a', 'b']).optional(),
  needed: z.string(),
})

it.each([
  [{}, 'needed is missing'],
  [{ needed: 'x', name: 5 }, 'name must be of type string, and is of type number'],
  [{ needed: 'x', limit: 999 }, 'limit must be <=500'],
  [{ needed: 'x', list: ['a'] }, 'list must have >=2 items'],
  [{ needed: 'x', one: 'c' }, 'one must be one of "a"|"b"'],
  [{ needed: 'x', nmae: 1 }, 'body does not know "nmae"'],
])('of %j is said: %s', (given, sentence) => {
  const { error } = strict.safeParse(given)
  expect(error!.issues.map((issue) => plainIssue(issue.path.join('.') || 'body', issue.message))).toEqual([sentence])
})

it('what an author has put in words of their own stays as it is', () => {
  expect(plainIssue('currency', 'must be a currency of ISO 4217')).toBe('currency: must be a currency of ISO 4217')
})
