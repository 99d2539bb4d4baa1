import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Commitment } from '../workspace/index.ts'
import { boundInWords, remedyInWords } from './commitment-in-words.ts'
import { coverageInWords, coverageOf, looseInWords } from './coverage.ts'
import { agreementOf, anyCommitment, edited, sound } from './fixtures.ts'
import { judgeCommitment } from './judge-commitment.ts'
import { minimumOf } from './minimum.ts'
import { criticalDuties } from './owed-duties.ts'

const today = '2026-06-01'
const withCommitments = (...commitments: Commitment[]) =>
  edited(agreementOf(), (spec) => {
    spec.commitments = commitments
  })
const missing = (change: Partial<Commitment>) => judgeCommitment({ ...sound, ...change }).missing.map(({ part }) => part)

describe('best effort is structural', () => {
  it('S1: with measure, target and remedy a commitment is measurable', () => {
    expect(judgeCommitment(sound)).toMatchObject({ strength: 'measurable', missing: [] })
  })

  it.each(['measure', 'target', 'remedy'] as const)('S1: without %s it is best effort', (part) => {
    const { [part]: _, ...rest } = sound
    expect(judgeCommitment(rest as Commitment)).toMatchObject({ strength: 'best-effort', missing: [{ part }] })
  })

  it('S1: the words of the sentence change nothing', () => {
    fc.assert(
      fc.property(anyCommitment, fc.string(), (commitment, words) => {
        const { strength, missing } = judgeCommitment({ ...commitment, does: words })
        expect({ strength, missing }).toEqual({
          strength: judgeCommitment(commitment).strength,
          missing: judgeCommitment(commitment).missing,
        })
      }),
    )
  })

  it.each<[string, Partial<Commitment>, string]>([
    ['a target that can’t be missed', { target: { atLeast: { kind: 'share', ppm: 0 } } }, 'target'],
    [
      'a notice of no time',
      { measure: { indicator: 'notice-time' }, target: { atLeast: { kind: 'duration', duration: 'P0D' } } },
      'target',
    ],
    ['a bound on the wrong end', { target: { atMost: { kind: 'share', ppm: 995_000 } } }, 'target'],
    [
      'hours without a ceiling',
      { measure: { indicator: 'restore-time' }, target: { atLeast: { kind: 'duration', duration: 'PT4H' } } },
      'target',
    ],
    ['availability in hours', { target: { atLeast: { kind: 'duration', duration: 'PT4H' } } }, 'target'],
    ['a count of nothing in particular', { measure: { indicator: 'count' }, target: { atMost: { kind: 'number', number: 3 } } }, 'measure'],
    ['a credit that pays nothing', { remedy: { kind: 'credit', ladder: [{ below: { ppm: 990_000 }, credit: { ppm: 0 } }] } }, 'remedy'],
    ['work that nobody describes', { remedy: { kind: 'work', ladder: [] } }, 'remedy'],
  ])('S1: %s counts as missing', (_, change, part) => {
    expect(missing(change)).toEqual([part])
  })

  it('a share of cases in time is a lower bound on a time', () => {
    expect(
      missing({ measure: { indicator: 'restore-time', of: 'SEV1 restored in 4 h' }, target: { atLeast: { kind: 'share', ppm: 950_000 } } }),
    ).toEqual([])
  })

  it('says in words what is bound and what follows', () => {
    expect(`${boundInWords(sound)}, ${remedyInWords(sound)}`).toBe(
      'availability at least 99.5% per calendar month, or credit 10% below 99.5%',
    )
  })
})

describe('coverage', () => {
  it('S1: is the part of critical duties with a measurable commitment; best effort does not count', () => {
    const { remedy: _, ...loose } = sound
    const agreement = withCommitments(sound, { ...sound, id: 'b', duty: 'owner' }, { ...loose, id: 'c', duty: 'docs' })
    const [acme, bolt] = coverageOf([agreement], [])
    expect(acme!.coveragePpm).toBe(Math.floor((2 * 1_000_000) / 7))
    expect(acme!.duties.find(({ duty }) => duty === 'docs')).toEqual({ duty: 'docs', state: 'best-effort', commitments: ['c'] })
    expect(bolt!.coveragePpm).toBe(0)
  })

  it('S1: is told so that what is loose can’t be read as measurable', () => {
    const { remedy: _, ...loose } = sound
    const [acme, bolt] = coverageOf([withCommitments(sound, { ...loose, id: 'c', duty: 'docs' })], [])
    expect(looseInWords(acme!)).toBe(
      `1 of 7 critical duties is promised measurably (14%); only best effort: docs; not promised: ${criticalDuties.filter((duty) => duty !== 'docs' && duty !== sound.duty).join(', ')}`,
    )
    expect(coverageInWords(bolt!)).toMatchObject({ measurable: [], bestEffort: [], nothing: criticalDuties })
  })

  it('lies between nothing and all, and never falls when a promise is added', () => {
    fc.assert(
      fc.property(fc.array(anyCommitment), anyCommitment, (list, more) => {
        const of = (commitments: Commitment[]) => coverageOf([withCommitments(...commitments)], []).map(({ coveragePpm }) => coveragePpm!)
        const [before, after] = [of(list), of([...list, more])]
        expect(before.every((ppm, party) => ppm >= 0 && ppm <= 1_000_000 && after[party]! >= ppm)).toBe(true)
      }),
    )
  })
})

describe('what could they stop tomorrow', () => {
  it('S1: every promise and every critical duty stands on exactly one side of the line', () => {
    fc.assert(
      fc.property(fc.uniqueArray(anyCommitment, { selector: ({ id }) => id }), (commitments) => {
        for (const { party, mustKeep, couldStop } of minimumOf(withCommitments(...commitments), [], new Map(), today)) {
          const own = commitments.filter((commitment) => commitment.party === party)
          const told = [...mustKeep.map(({ commitment }) => commitment), ...couldStop.flatMap(({ commitment }) => commitment ?? [])]
          expect(told.sort()).toEqual(own.map(({ id }) => id).sort())
          const spoken = new Set([...own.map(({ duty }) => duty), ...couldStop.map(({ duty }) => duty)])
          expect(criticalDuties.every((duty) => spoken.has(duty))).toBe(true)
        }
      }),
    )
  })

  it.each([
    ['ended', '2027-01-01', 'the agreement ended on 2026-12-31'],
    ['not begun', '2025-12-31', 'its term has not begun'],
  ])('S1: when the agreement has %s, everything can be stopped', (_, day, unbound) => {
    const [acme] = minimumOf(withCommitments(sound), [], new Map(), day)
    expect(acme).toMatchObject({ unbound, mustKeep: [] })
    expect(acme!.couldStop[0]).toMatchObject({ commitment: sound.id, says: `“The API answers” (${unbound})` })
  })
})
