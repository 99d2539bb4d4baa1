import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hasLabel, issueKey, issuePath, marked, readMark } from './issue.ts'

const word = fc.stringMatching(/^[A-Za-z0-9_.-]{1,30}$/)

describe('an issue', () => {
  it('is found again by the key that its ticket carries', () => {
    fc.assert(
      fc.property(word, word, fc.integer({ min: 1 }), (owner, repo, number) => {
        const key = issueKey({ repository: { full_name: `${owner}/${repo}` }, issue: { number } })
        expect(issuePath(key)).toEqual({ owner, repo, issue_number: number })
      }),
    )
  })

  it.each([null, undefined, '', 'acme', 'acme/shop', 'acme/shop#', 'acme/shop#x', 'a/b/c#1'])(
    'is not guessed from the external id %j',
    (externalId) => {
      expect(() => issuePath(externalId)).toThrow(expect.objectContaining({ kind: 'customer-data' }))
    },
  )

  it('has a label only under its full name', () => {
    const event = { repository: { full_name: 'a/b' }, issue: { number: 1, labels: [{ name: 'customer-x' }, { name: 'bug' }] } }
    expect(hasLabel(event, { settings: { label: 'customer' } })).toBe(false)
    expect(hasLabel(event, { settings: { label: 'bug' } })).toBe(true)
    expect(hasLabel({ ...event, issue: { number: 1 } }, { settings: { label: 'bug' } })).toBe(false)
  })
})

describe('the mark in a comment', () => {
  it('tells which comment it is a copy of, and which delivery wrote it', () => {
    fc.assert(
      fc.property(fc.string(), word, fc.uuid(), (body, commentId, deliveryId) => {
        expect(readMark(marked(body, commentId, deliveryId))).toEqual({ commentId, deliveryId })
      }),
    )
  })

  it('is not taken over by somebody who quotes one of our comments', () => {
    const ours = marked('It works again.', 'cmt_1', 'd1')
    expect(readMark(`> ${ours.replaceAll('\n', '\n> ')}\n\nThank you!`)).toBeUndefined()
    expect(readMark(undefined)).toBeUndefined()
    expect(readMark('')).toBeUndefined()
  })
})
