import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Agreement, Workspace } from '../workspace/index.ts'
import { diffAgreements } from './diff-agreements.ts'
import { agreementOf, anyCommitment, edited, exampleWorkspace, sound } from './fixtures.ts'

let workspace: Workspace
beforeAll(async () => {
  workspace = await exampleWorkspace()
})

const base = agreementOf({
  changes: { notice: { breaking: 'P180D' }, freezes: [{ from: '2026-12-01', until: '2026-12-31', reason: 'Year end' }] },
  settlement: { currency: 'EUR' },
  terms: [
    {
      id: 'sales',
      kind: 'revenue-share',
      collector: 'acme',
      shares: [
        { party: 'acme', share: '70%' },
        { party: 'bolt', share: '30%' },
      ],
    },
  ],
  incentives: [{ id: 'cash', party: 'acme', kind: 'cash', title: 'Share of sales', amountPerYear: '1000.00 EUR' }],
  promises: [{ id: 'p', party: 'bolt', title: 'Customers', metric: 'customers', target: 10, unit: 'customers', by: '2027-01-01' }],
})
const withSound = edited(base, (spec) => void spec.commitments.push(sound))
const diff = (edit: (spec: Agreement['spec']) => void) =>
  diffAgreements(withSound, edited(withSound, edit)).map(({ says, effect }) => [says, effect])

describe('two versions in plain words', () => {
  it('S1: a shorter notice is weaker', () => {
    const shorter = diff((spec) => void Object.assign(spec.changes.notice, { breaking: 'P90D' }))
    expect(shorter).toEqual([['The notice before a breaking change falls from 180 days to 90 days', 'weaker']])
  })

  it('S1: a lower availability is weaker, a shorter time is stronger', () => {
    const lower = diff((spec) => void Object.assign(spec.commitments[0]!, { target: { atLeast: { kind: 'share', ppm: 990_000 } } }))
    expect(lower).toEqual([
      ['acme: “The API answers” (acme-availability): the target changes from at least 99.5% to at least 99%', 'weaker'],
    ])
    const hours = (duration: string) => ({
      ...sound,
      measure: { indicator: 'restore-time' as const },
      target: { atMost: { kind: 'duration' as const, duration } },
    })
    const [slow, fast] = ['PT8H', 'PT240M'].map((duration) => edited(base, (spec) => void spec.commitments.push(hours(duration))))
    expect(diffAgreements(slow!, fast!)).toMatchObject([{ effect: 'stronger' }])
    expect(diffAgreements(fast!, slow!)).toMatchObject([{ effect: 'weaker' }])
  })

  it('S1: losing the remedy makes a promise best effort, and that is said first', () => {
    expect(diff((spec) => void delete spec.commitments[0]!.remedy)[0]).toEqual([
      'acme: “The API answers” (acme-availability) falls back to best effort',
      'weaker',
    ])
  })

  it('S1: adding best effort strengthens nothing', () => {
    const { target: _, ...loose } = sound
    const effects = (commitment: typeof sound) =>
      diff((spec) => void spec.commitments.push({ ...commitment, id: 'new' })).map(([, effect]) => effect)
    expect([effects(loose as typeof sound), effects(sound)]).toEqual([['neutral'], ['stronger']])
  })

  it('the order of parties is told, because it decides about the last cent', () => {
    expect(diff((spec) => void spec.parties.reverse())[0]![0]).toContain('changes from acme, bolt to bolt, acme')
  })

  it('of the example it tells what was gained and what was lost', () => {
    const [before, after] = ['meridian-quill-2025', 'meridian-quill-2026'].map((name) => workspace.agreements.get(name)!)
    const changes = diffAgreements(before!, after!)
    expect(changes).toContainEqual({
      section: 'notice',
      says: 'The notice before a breaking change falls from 365 days to 180 days',
      effect: 'weaker',
    })
    expect(changes).toContainEqual({
      section: 'commitments',
      says: 'meridian no longer promises “Meridian supports joint marketing” (joint-marketing; was best effort)',
      effect: 'neutral',
      party: 'meridian',
    })
    expect(
      changes.find(({ says }) => says.endsWith('“Quill acknowledges a SEV1 incident” (quill-on-call) becomes measurable')),
    ).toMatchObject({ effect: 'stronger' })
  })

  it('is empty for equal agreements, and swapping the versions swaps stronger and weaker', () => {
    const spec = fc
      .uniqueArray(anyCommitment, { selector: ({ id }) => id })
      .map((commitments) => edited(base, (one) => void Object.assign(one, { commitments })))
    const swapped = { stronger: 'weaker', weaker: 'stronger', neutral: 'neutral' } as const
    fc.assert(
      fc.property(spec, spec, (left, right) => {
        expect(diffAgreements(left, left)).toEqual([])
        const there = diffAgreements(left, right).map(({ effect }) => effect)
        const back = diffAgreements(right, left).map(({ effect }) => swapped[effect])
        expect(there.sort()).toEqual(back.sort())
      }),
    )
  })

  it('no leaf of an agreement can change without a sentence', () => {
    for (const path of leaves(withSound.spec)) {
      const after = edited(withSound, (spec) => change(spec as never, path))
      expect(diffAgreements(withSound, after), path.join('.')).not.toEqual([])
    }
  })
})

type Path = (string | number)[]

function leaves(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path]
  return Object.entries(value).flatMap(([key, part]) => leaves(part, [...path, Array.isArray(value) ? Number(key) : key]))
}

function change(value: Record<string | number, never>, path: Path): void {
  const last = path.at(-1)!
  const parent = path.slice(0, -1).reduce((part, step) => part[step] as never, value)
  const leaf: unknown = parent[last]
  const other =
    typeof leaf === 'number' ? leaf + 1 : typeof leaf === 'boolean' ? !leaf : /^PT?\d/.test(String(leaf)) ? 'P11D' : `${leaf}-changed`
  ;(parent as Record<string | number, unknown>)[last] = other
}
