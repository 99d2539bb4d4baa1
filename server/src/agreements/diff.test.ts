import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Agreement, Commitment, Workspace } from '../workspace/index.ts'
import { diffAgreements } from './diff-agreements.ts'
import { agreementOf, anyCommitment, edited, exampleWorkspace, sound } from './fixtures.ts'
import { termInWords } from './term-in-words.ts'

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

  it('S1: closing a circle of definitions is weaker for everybody in it, and opening it stronger, whichever of them changed', () => {
    const counting = (id: string, of: string): Commitment => ({
      ...sound,
      id,
      clause: `4.${id.length}`,
      measure: { indicator: 'count', of },
      target: { atMost: { kind: 'number', number: 3 } },
    })
    const [slow, apart] = [counting('slow-answers', 'requests not counted by late-fixes'), counting('late-fixes', 'fixes after two days')]
    const circular = counting('late-fixes', 'fixes after slow-answers')
    const of = (...commitments: Commitment[]) => edited(base, (spec) => void Object.assign(spec, { commitments }))
    const told = (before: Agreement, after: Agreement) =>
      diffAgreements(before, after).map(({ says, effect, party }) => [says.replace(/^acme: “The API answers” /, ''), effect, party])
    const [open, closed] = [of(slow, apart), of(slow, circular)]
    const [rewords, reworded] = ['fixes after two days', 'fixes after slow-answers'].map((of) => `of ${of}`)
    expect(told(open, closed)).toEqual([
      ['(slow-answers) falls back to best effort: it is defined in a circle: slow-answers → late-fixes → slow-answers', 'weaker', 'acme'],
      ['(late-fixes) falls back to best effort: it is defined in a circle: late-fixes → slow-answers → late-fixes', 'weaker', 'acme'],
      [`(late-fixes): measure changes from indicator count, ${rewords} to indicator count, ${reworded}`, 'neutral', 'acme'],
    ])
    expect(told(closed, open).map(([says, effect]) => [says, effect])).toEqual([
      ['(slow-answers) becomes measurable: it is defined in no circle any more', 'stronger'],
      ['(late-fixes) becomes measurable: it is defined in no circle any more', 'stronger'],
      [`(late-fixes): measure changes from indicator count, ${reworded} to indicator count, ${rewords}`, 'neutral'],
    ])
    // A promise that only closes a circle strengthens nothing, and takes nothing when it goes.
    expect(told(of(slow), closed).map(([says, effect]) => [says, effect])).toEqual([
      [expect.stringContaining('(late-fixes): as best effort only'), 'neutral'],
      [expect.stringContaining('(slow-answers) falls back to best effort'), 'weaker'],
    ])
    expect(told(closed, of(slow)).map(([says, effect]) => [says, effect])).toEqual([
      [expect.stringContaining('(late-fixes; was best effort)'), 'neutral'],
      [expect.stringContaining('(slow-answers) becomes measurable'), 'stronger'],
    ])
    expect(told(closed, closed)).toEqual([])
  })

  it('S1: losing the remedy makes a promise best effort, and that is said first', () => {
    expect(diff((spec) => void delete spec.commitments[0]!.remedy)[0]).toEqual([
      'acme: “The API answers” (acme-availability) falls back to best effort',
      'weaker',
    ])
  })

  it('S1: a lower credit, a later one, and evidence that only the debtor judges are weaker', () => {
    const ladder = (...steps: [number, number][]) => steps.map(([below, credit]) => ({ below: { ppm: below }, credit: { ppm: credit } }))
    const effectOf = (steps: [number, number][]) =>
      diff((spec) => void Object.assign(spec.commitments[0]!, { remedy: { kind: 'credit', ladder: ladder(...steps) } })).map(
        ([, effect]) => effect,
      )
    expect(effectOf([[995_000, 50_000]])).toEqual(['weaker'])
    expect(effectOf([[990_000, 100_000]])).toEqual(['weaker'])
    expect(
      effectOf([
        [995_000, 100_000],
        [990_000, 250_000],
      ]),
    ).toEqual(['stronger'])
    expect(
      effectOf([
        [995_000, 50_000],
        [990_000, 250_000],
      ]),
    ).toEqual(['neutral'])
    expect(diff((spec) => void Object.assign(spec.commitments[0]!, { evidence: 'tbd' }))).toEqual([
      ['acme: “The API answers” (acme-availability): what proves it changes from traffic as measured by the bridge to tbd', 'weaker'],
    ])
  })

  it('C4: fewer changes that count as breaking are weaker', () => {
    expect(diff((spec) => void Object.assign(spec.changes, { profile: 'tolerant' }))).toEqual([
      ['Changes are judged by the profile tolerant and no longer by standard: fewer of them count as breaking', 'weaker'],
    ])
  })

  it('says money, settlement and hopes as people do, and not as fields', () => {
    const told = diffAgreements(
      edited(base, (spec) => void Object.assign(spec, { terms: [], incentives: [], promises: [], settlement: undefined })),
      base,
    )
    expect(told.map(({ says }) => says)).toEqual([
      'Term sales (revenue share) is new: acme collects net revenue: 70% for acme, 30% for bolt',
      'Settlement is new: a statement in EUR for each month (UTC), closed after 3 days, reviewed for 7 days; issued on day 10, paid within 15 days; disputed within 30 days, audited within 24 months; what is too little is carried forward for at most 12 months',
      'Incentive of acme: Share of sales is new: 1000.00 EUR a year as cash, without an end',
      'Promise of bolt: Customers is new: customers: 10 customers by 2027-01-01',
    ])
    expect(diff((spec) => void Object.assign(spec.commitments[0]!, { does: 'The API is there' }))).toEqual([
      ['acme: “The API answers” is now worded “The API is there” (acme-availability)', 'neutral'],
    ])
  })

  it.each([
    [{ kind: 'retainer', payer: 'acme', payee: 'bolt', amount: '1200.00 EUR', per: 'month' }, 'acme pays bolt 1200.00 EUR a month'],
    [
      { kind: 'build-fee', payer: 'acme', payee: 'bolt', amount: '500000 JPY', dueOn: '2026-09-30', clause: '5.1' },
      'acme pays bolt 500000 JPY for the build, due 2026-09-30 (5.1)',
    ],
    [
      { kind: 'per-unit', payer: 'acme', payee: 'bolt', meter: 'invoices', unitPrice: '0.10 EUR', includedUnits: 100, cap: '50.00 EUR' },
      'acme pays bolt 0.10 EUR for each of invoices after the first 100, at most 50.00 EUR',
    ],
    [
      { kind: 'per-hour', payer: 'acme', payee: 'bolt', unitPrice: '90.00 EUR', from: '2026-03-01' },
      'acme pays bolt 90.00 EUR an hour from 2026-03-01',
    ],
    [{ kind: 'hold-back', party: 'bolt', share: '10%', releaseAfter: 'P90D' }, '10% of what bolt earns is held back for 90 days'],
    [
      { kind: 'clawback', of: ['sales'], within: 'P60D', when: 'the customer is refunded' },
      'sales is taken back within 60 days when the customer is refunded',
    ],
  ])('a term reads as a sentence: %j', (term, says) => {
    const { terms } = agreementOf({
      settlement: { currency: 'EUR' },
      terms: [
        { id: 't', ...term },
        { id: 'sales', kind: 'revenue-share', collector: 'acme', shares: [{ party: 'acme', share: '100%' }] },
      ],
    }).spec
    expect(termInWords(terms[0]!)).toBe(says)
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
