import { describe, expect, it } from 'vitest'
import { sound } from './fixtures.ts'
import { obligesNobody } from './hollow-words.ts'
import { judgeCommitment } from './judge-commitment.ts'

const hollow = [
  'tbd',
  'TBA.',
  'n/a',
  '—',
  '?',
  'None',
  'To be agreed',
  'to be negotiated',
  'as mutually agreed between the parties',
  'The parties discuss in good faith',
  'The parties shall meet and talk about it',
  'Management is informed',
  'Escalation to both sponsors',
  'Acme apologises',
  'Acme explains to Globex what happened',
  'Acme uses commercially reasonable efforts to improve',
  'Acme will use its best endeavours to prevent it in future',
  'Acme does its best to avoid a repetition',
  'Acme strives for better results',
  'All reasonable efforts are made to restore the service',
  'Restored as soon as possible',
  'Corrected promptly and in a timely manner',
  'The matter gets the attention it deserves',
  'Both sides review what can be learned',
  'Acme looks into it where possible',
  'Acme may grant a credit of 10% at its sole discretion',
  'Acme considers a refund',
  'A goodwill gesture',
  'Acme might waive a fee',
  'It is handled professionally and with appropriate care',
  'Acme cooperates with Globex',
  'to the satisfaction of Globex',
  'Feedback is taken seriously',
]

const binding = [
  'Acme pays 500 EUR for each day',
  'The fee of the month is waived',
  'Globex may terminate without notice',
  'Globex may end the agreement at the end of the month',
  'Review with both product owners within five days',
  'Helpdesk pays the hours that a late notice costs',
  'Acme reimburses what Globex spent on the workaround',
  'Acme works on nothing else until it runs again',
  'An engineer of Acme works at the site of Globex until it is restored',
  'The share of Acme falls by two points for the quarter',
  '10% of the retainer is refunded',
  'Ten percent of the retainer is credited',
  'Acme loses its exclusivity in the region',
  'The listing is removed until the fault is corrected',
  'The badge is taken away for a quarter',
  'Globex withholds half of the next payment',
  'Liquidated damages of a month’s fee',
  'A post-mortem in writing within 5 business days, or 1,000 EUR',
  'Two days of engineering free of charge',
  'Acme takes over the maintenance at its own cost',
  'The term is extended by the length of the outage',
  'Acme delivers the migration for the customers concerned',
  'The retainer is suspended until delivery',
  'Source code is released from escrow',
  'Globex may host the bridge itself and keeps the code',
  'The next fee doubles as a penalty',
  'Next invoice is reduced by the lost hours',
  'Customers concerned get a month free of charge from Acme',
  'Step-in right for Globex',
  'Rank falls below all partners that kept it',
]

describe('a remedy that says nothing', () => {
  it.each(hollow)('“%s” counts as absent', (description) => {
    expect(obligesNobody(description)).toBe(true)
    expect(judgeCommitment({ ...sound, remedy: { kind: 'other', description, ladder: [] } }).missing.map(({ part }) => part)).toEqual([
      'remedy',
    ])
  })

  it.each(binding)('“%s” counts', (description) => {
    expect(obligesNobody(description)).toBe(false)
    expect(judgeCommitment({ ...sound, remedy: { kind: 'other', description, ladder: [] } }).strength).toBe('measurable')
  })

  it('changes nothing beside a ladder that pays, or a right to terminate', () => {
    const ladder = [{ below: { ppm: 990_000 }, credit: { ppm: 100_000 } }]
    expect(judgeCommitment({ ...sound, remedy: { kind: 'credit', description: 'discussed in good faith', ladder } }).strength).toBe(
      'measurable',
    )
    expect(judgeCommitment({ ...sound, remedy: { kind: 'termination-right', description: 'tbd', ladder: [] } }).strength).toBe('measurable')
  })
})

it.each(['tbd', 'reasonable satisfaction', 'appropriate quality', 'customer satisfaction'])('counting “%s” counts nothing', (of) => {
  const measured = { ...sound, measure: { indicator: 'count' as const, of }, target: { atLeast: { kind: 'number' as const, number: 3 } } }
  expect(judgeCommitment(measured).missing.map(({ part }) => part)).toEqual(['measure'])
  expect(judgeCommitment({ ...measured, measure: { indicator: 'count', of: 'tickets that were reopened' } }).missing).toEqual([])
})
