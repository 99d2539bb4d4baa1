import { describe, expect, it } from 'vitest'
import type { Commitment } from '../workspace/index.ts'
import { coverageOf } from './coverage.ts'
import { agreementOf, edited, exampleWorkspace, sound } from './fixtures.ts'
import { pointsElsewhere, provesNothing } from './hollow-words.ts'
import { measurableOf } from './judge-agreement.ts'
import { judgeCommitment } from './judge-commitment.ts'
import { lintAgreement } from './lint-agreement.ts'
import { minimumOf } from './minimum.ts'

const today = '2026-06-01'
const share = (ppm: number) => ({ kind: 'share' as const, ppm })
const counted = (of: string) => ({ indicator: 'count' as const, of, window: 'calendar-month' as const })
const pays = { kind: 'work' as const, description: 'Acme pays 100 EUR', ladder: [] }
const promising = (...commitments: Commitment[]) =>
  edited(agreementOf({ settlement: { currency: 'EUR' } }), (spec) => {
    spec.commitments = commitments
  })
const found = (commitment: Commitment, organizations = new Map()) =>
  lintAgreement(promising(commitment), { today, integrations: [], organizations })
const says = (rule: string, change: Partial<Commitment>) =>
  found({ ...sound, ...change })
    .filter((finding) => finding.rule === rule)
    .map((finding) => finding.says)

describe('a promise that looks measurable and binds nobody', () => {
  it.each<[string, Partial<Commitment>, string]>([
    ['availability of a tenth', { target: { atLeast: share(100_000) } }, 'availability of 10% is kept by what is broken most of the time'],
    [
      'a restore time of two years',
      { measure: { indicator: 'restore-time' }, target: { atMost: { kind: 'duration', duration: 'P2Y' } } },
      'nobody waits 2 years: the target can’t be missed',
    ],
    [
      'an hour of notice',
      { measure: { indicator: 'notice-time' }, target: { atLeast: { kind: 'duration', duration: 'PT1H' } } },
      'a notice of 1 hour is none',
    ],
    [
      'a count of breaches of itself',
      { measure: counted('breaches of this agreement'), target: { atMost: { kind: 'number', number: 0 } } },
      '“breaches of this agreement” measures the promise by the promise',
    ],
    [
      'a count of what another paper says',
      { measure: counted('as set out in Schedule 4'), target: { atMost: { kind: 'number', number: 0 } } },
      '“as set out in Schedule 4” points elsewhere: nothing here says what is counted',
    ],
    [
      'a remedy that another paper says',
      { remedy: { kind: 'other', description: 'see clause 7.2 of the Master Agreement', ladder: [] } },
      '“see clause 7.2 of the Master Agreement” points elsewhere: nothing here says what happens',
    ],
  ])('S1: %s', (_, change, fault) => {
    expect(judgeCommitment({ ...sound, ...change }).missing.map((part) => part.says)).toEqual([fault])
  })

  it('S1: promises that are defined by one another bind nobody, wherever that is read', () => {
    const owing = { target: { atMost: { kind: 'number' as const, number: 3 } }, remedy: pays }
    const first = {
      ...sound,
      ...owing,
      id: 'fast-answers',
      duty: 'on-call' as const,
      measure: counted('requests not answered as in clause 4.2'),
    }
    const second = { ...sound, ...owing, id: 'b', clause: '4.2', duty: 'docs' as const, measure: counted('cases of fast-answers') }
    const third = { ...sound, ...owing, id: 'c', clause: '4.3', duty: 'owner' as const, measure: counted('cases of clause 4.2') }
    const agreement = promising(first, second, third)
    // The third sends its reader into the circle, and is not in it.
    expect(measurableOf(agreement).map(({ id }) => id)).toEqual(['c'])
    const best = lintAgreement(agreement, { today, integrations: [], organizations: new Map() }).filter(
      ({ rule }) => rule === 'best-effort',
    )
    expect(best.map((finding) => finding.says)[0]).toContain('it is defined in a circle: fast-answers → b → fast-answers')
    expect(best[0]!.fix).toContain('Mend measure of fast-answers')
    expect(coverageOf([agreement], [])[0]!.coveragePpm).toBe(Math.floor(1_000_000 / 7))
    expect(minimumOf(agreement, [], new Map(), today)[0]!.mustKeep.map(({ commitment }) => commitment)).toEqual(['c'])
    expect(measurableOf(promising(first, { ...second, clause: '4.20' }))).toHaveLength(2)
  })

  it('S1: a loose promise about a critical duty is told as critical in what could be stopped', () => {
    const { remedy: _, ...loose } = { ...sound, critical: false }
    expect(minimumOf(promising(loose as Commitment), [], new Map(), today)[0]!.couldStop[0]).toMatchObject({
      what: 'promise',
      critical: true,
    })
  })
})

it('S1: what another agreement in force holds a party to is not told as something that it could stop', () => {
  const here = edited(
    agreementOf({ integrations: ['bridge'] }),
    (spec) => void spec.commitments.push({ ...sound, remedy: undefined } as unknown as Commitment),
  )
  const other = edited(
    agreementOf({ integrations: ['bridge'] }, 'master'),
    (spec) => void spec.commitments.push(sound, { ...sound, id: 'o', duty: 'owner' }),
  )
  const stops = (others: (typeof other)[], day = today) => minimumOf(here, [], new Map(), day, others)[0]!.couldStop
  expect(stops([]).flatMap(({ duty, critical }) => (critical ? duty : []))).toEqual(expect.arrayContaining(['slo', 'owner']))
  const [promise, ...duties] = stops([other])
  expect(promise).toMatchObject({ critical: false, says: expect.stringContaining('; master holds it to slo all the same') })
  expect(duties.map(({ duty }) => duty)).not.toContain('owner')
  expect(stops([edited(other, (spec) => void Object.assign(spec, { status: 'terminated' }))])).toEqual(stops([]))
  expect(stops([edited(other, (spec) => void Object.assign(spec, { integrations: ['another'] }))])).toEqual(stops([]))
})

describe('what the linter tells of a measurable promise', () => {
  it('a percentage over no period', () => {
    expect(says('window-missing', { measure: { indicator: 'availability' } })).toEqual([expect.stringContaining('over no period')])
    expect(says('window-missing', {})).toEqual([])
    const acknowledged = {
      measure: { indicator: 'acknowledgement-time' as const },
      target: { atMost: { kind: 'duration' as const, duration: 'PT15M' } },
    }
    expect(says('window-missing', acknowledged)).toHaveLength(1)
    expect(says('window-missing', { ...acknowledged, remedy: pays })).toEqual([])
  })

  it.each([
    [[[900_000, 100_000]], ['is broken below 99.5%, and nothing happens before it falls below 90%']],
    [[[999_000, 100_000]], ['pays below 99.9% although 99.5% keeps it']],
    [
      [
        [990_000, 50_000],
        [995_000, 100_000],
      ],
      ['costs less below 99% than below 99.5%'],
    ],
    [
      [
        [995_000, 100_000],
        [990_000, 250_000],
      ],
      [],
    ],
  ])('a credit that does not begin where the promise is broken, or falls: %j', (steps, faults) => {
    const ladder = steps.map(([below, credit]) => ({ below: { ppm: below! }, credit: { ppm: credit! } }))
    expect(says('credit-beside-target', { remedy: { kind: 'credit', ladder } })).toEqual(
      faults.map((fault) => `“The API answers” ${fault}`),
    )
  })

  it('a credit out of a fee that nobody pays', () => {
    expect(says('credit-of-nothing', {})).toEqual([
      '“The API answers” is paid for with a part of a fee, and nobody pays acme any fee in this agreement',
    ])
    const paid = edited(promising(sound), (spec) => {
      spec.terms = agreementOf({
        settlement: { currency: 'EUR' },
        terms: [{ id: 'fee', kind: 'retainer', payer: 'bolt', payee: 'acme', amount: '100.00 EUR', per: 'month' }],
      }).spec.terms
    })
    const context = { today, integrations: [], organizations: new Map() }
    expect(lintAgreement(paid, context).map(({ rule }) => rule)).not.toContain('credit-of-nothing')
  })

  it.each(['tbd', 'at Acme’s sole determination', 'Acme’s own assessment', 'as Acme may decide'])(
    'evidence that proves nothing: %s',
    (evidence) => {
      expect(provesNothing(evidence)).toBe(true)
      expect(says('evidence-missing', { evidence })).toEqual([expect.stringContaining('nobody else can check it')])
    },
  )

  it('an owner who has left', async () => {
    const { organizations } = await exampleWorkspace()
    const owned = { ...sound, party: 'meridian', owner: 'meridian/moritz' }
    expect(found(owned, organizations as Map<string, never>).find(({ rule }) => rule === 'owner-missing')!.says).toBe(
      '“The API answers” is owned by meridian/moritz, who left on 2026-03-31',
    )
  })
})

it.each(['Agreement ends after three months', 'Terms are halved', 'Section 3 credits are doubled', 'Policy of 500 EUR a day'])(
  '“%s” says something, and does not only point elsewhere',
  (text) => {
    expect(pointsElsewhere(text)).toBe(false)
  },
)

it.each([
  'as agreed',
  'in accordance with the SLA',
  'Schedule B',
  'as defined in the documentation',
  'per section 3.1(a) of this agreement',
  'see the terms',
])('“%s” only points elsewhere', (text) => {
  expect(pointsElsewhere(text)).toBe(true)
})
