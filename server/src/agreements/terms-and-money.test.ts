import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Agreement, Workspace } from '../workspace/index.ts'
import { balanceOf } from './balance.ts'
import { addDays, addLength } from './days.ts'
import { dutyCosts } from './duty-cost.ts'
import { agreementOf, edited, exampleWorkspace, today } from './fixtures.ts'
import { incentiveMatrix } from './incentive-matrix.ts'
import { lintAgreement } from './lint-agreement.ts'
import { termState } from './term-state.ts'

let workspace: Workspace
beforeAll(async () => {
  workspace = await exampleWorkspace()
})

const renewing = (end: string, renewsFor: string, noticeToEnd: string) =>
  agreementOf({ term: { start: '2020-01-01', end, renewal: 'automatic', renewsFor, noticeToEnd } })

describe('term and renewal', () => {
  it('a term that ends on the 31st does not creep to the 28th by renewing', () => {
    expect(termState(renewing('2026-01-31', 'P1M', 'P0D'), '2026-02-10').runsUntil).toBe('2026-02-28')
    expect(termState(renewing('2026-01-31', 'P1M', 'P0D'), '2026-03-10').runsUntil).toBe('2026-03-31')
  })

  it('after the last day of notice the next renewal can’t be stopped any more', () => {
    const agreement = renewing('2026-12-31', 'P1Y', 'P90D')
    expect(termState(agreement, '2026-10-02')).toMatchObject({ noticeBy: '2026-10-02', earliestEnd: '2026-12-31' })
    expect(termState(agreement, '2026-10-03')).toMatchObject({ noticeBy: '2026-10-02', earliestEnd: '2027-12-31' })
  })

  it('the running term always contains today, and is a whole number of renewals after the first end', () => {
    const length = fc.constantFrom('P1M', 'P3M', 'P1Y', 'P2W', 'P30D', 'P1Y6M')
    fc.assert(
      fc.property(length, fc.integer({ min: -400, max: 6000 }), (renewsFor, offset) => {
        const day = addDays('2022-05-31', offset)
        const { runsUntil, status } = termState(renewing('2022-05-31', renewsFor, 'P30D'), day)
        expect(status === 'in-force' && runsUntil! >= day).toBe(true)
        if (offset > 0) expect(addLength(runsUntil!, 'P0D') <= addLength(addDays(day, 1), renewsFor)).toBe(true)
      }),
    )
  })

  it('a renewal of no days does not renew for ever', () => {
    expect(termState(renewing('2026-01-31', 'P0D', 'P0D'), today).status).toBe('ended')
  })
})

describe('the linter', () => {
  const lint = (agreement: Agreement, customersUntil?: string, on = today) =>
    lintAgreement(agreement, {
      today: on,
      integrations: agreement.spec.integrations.flatMap((name) => workspace.integrations.get(name) ?? []),
      organizations: workspace.organizations,
      ...(customersUntil && { customersUntil }),
    })
  const rules = (...parameters: Parameters<typeof lint>) => new Set(lint(...parameters).map(({ rule }) => rule))
  const named = (name: string) => workspace.agreements.get(name)!

  it('tells amounts in another currency than that of the statements', () => {
    const foreign = edited(named('meridian-quill-2026'), (spec) => {
      spec.settlement!.currency = 'USD'
      spec.terms = [
        { id: 'base', kind: 'retainer', payer: 'quill', payee: 'meridian', amount: { amountMinor: 100, currency: 'EUR' }, per: 'month' },
        { id: 'fee', kind: 'retainer', payer: 'quill', payee: 'meridian', amount: { amountMinor: 100, currency: 'USD' }, per: 'month' },
      ]
    })
    expect(lint(foreign).filter(({ rule }) => rule === 'currencies-differ')).toMatchObject([{ at: 'base', level: 'gap' }])
    expect(rules(named('meridian-quill-2026'))).not.toContain('currencies-differ')
  })

  it('holds what was promised for a day against what came, and says when nobody wrote it down', () => {
    const promising = (actual: { on: string; value: number }[], by = '2026-06-30') =>
      edited(named('meridian-quill-2026'), (spec) => {
        spec.promises = [{ id: 'customers', party: 'quill', title: 'Customers', metric: 'm', target: 300, unit: 'customers', by, actual }]
      })
    const found = (agreement: Agreement) => lint(agreement).filter(({ rule }) => rule === 'promise-missed')
    expect(found(promising([{ on: '2026-06-30', value: 210 }]))).toMatchObject([
      { level: 'risk', party: 'quill', says: expect.stringContaining('210 were there') },
    ])
    expect(found(promising([]))).toMatchObject([{ level: 'gap' }])
    expect(
      found(
        promising([
          { on: '2026-05-01', value: 10 },
          { on: '2026-06-29', value: 300 },
        ]),
      ),
    ).toEqual([])
    expect(found(promising([], '2030-01-01'))).toEqual([])
  })

  it('judges an agreement that has not begun as of its first day', () => {
    const future = edited(named('meridian-quill-2026'), (spec) => {
      spec.term.start = '2027-01-01'
      for (const incentive of spec.incentives) incentive.expiresOn = '2029-01-01'
    })
    expect(rules(future)).not.toContain('party-unmotivated')
  })

  it('S1: tells strong words that bind nobody from promises', () => {
    const found = lint(named('meridian-stockroom-2024')).filter(({ rule }) => rule === 'best-effort')
    expect(found.map(({ at }) => at)).toEqual(['meridian-support', 'meridian-changes'])
    expect(found[0]!.says).toContain(
      'says “guarantees” and binds nobody: nothing says what is measured; no number says when it is kept; nothing happens',
    )
  })

  it('S1: a party that promises nothing measurable while the other does is told', () => {
    expect(lint(named('meridian-stockroom-2024')).find(({ rule }) => rule === 'one-sided-promises')).toMatchObject({ party: 'meridian' })
  })

  it('P1: an agreement that ends before customers’ terms do is told, one that outlives them is not', () => {
    expect(rules(named('meridian-stockroom-2024'), '2027-06-30')).toContain('ends-before-customers')
    expect(rules(named('meridian-stockroom-2024'), '2026-12-31')).not.toContain('ends-before-customers')
    expect(rules(named('meridian-stockroom-2024'))).not.toContain('ends-before-customers')
  })

  it.each<[string, Agreement, string | undefined]>([
    ['ended', agreementOf({ term: { start: '2025-01-01', end: '2026-11-19', renewal: 'none' } }), undefined],
    ['ends-soon', agreementOf({ term: { start: '2025-01-01', end: '2027-01-31', renewal: 'by-agreement' } }), undefined],
    ['notice-due', renewing('2027-01-31', 'P1Y', 'P30D'), undefined],
    ['renewal-unclear', agreementOf({ term: { start: '2025-01-01', renewal: 'none' } }), undefined],
    ['signature-missing', edited(agreementOf(), (spec) => void delete spec.parties[0]!.signatory), undefined],
    [
      'incentive-expired',
      agreementOf({
        incentives: [{ id: 'x', party: 'acme', kind: 'cash', title: 'x', amountPerYear: '1.00 EUR', expiresOn: '2026-11-19' }],
      }),
      undefined,
    ],
    [
      'soft-without-expiry',
      agreementOf({ incentives: [{ id: 'x', party: 'acme', kind: 'halo', title: 'x', amountPerYear: '1.00 EUR' }] }),
      undefined,
    ],
    [
      'haircut-unsupported',
      agreementOf({ incentives: [{ id: 'x', party: 'acme', kind: 'halo', title: 'x', amountPerYear: '1.00 EUR', haircut: '0%' }] }),
      undefined,
    ],
  ])('rule %s speaks when it applies, and not of a sound agreement', (rule, agreement, until) => {
    expect(rules(agreement, until)).toContain(rule)
    expect(rules(named('meridian-quill-2026'))).not.toContain(rule)
  })

  it('of the good agreement it finds only the two sentences about funding', () => {
    expect(lint(named('meridian-quill-2026'), '2027-06-30').map(({ rule, at }) => [rule, at])).toEqual([
      ['best-effort', 'meridian-funding'],
      ['best-effort', 'quill-funding'],
    ])
  })
})

describe('incentives and balance', () => {
  const incentive = (change: object) =>
    agreementOf({ incentives: [{ id: 'x', party: 'acme', kind: 'cash', title: 'x', amountPerYear: '1000.00 EUR', ...change }] })
  const believed = (change: object) => incentiveMatrix([incentive(change)], today)[0]!.rows[0]!.believed.amountMinor

  it.each([
    ['cash counts whole', {}, 100_000],
    ['stickiness keeps a fifth', { kind: 'stickiness' }, 20_000],
    ['halo keeps nothing', { kind: 'halo' }, 0],
    ['a bigger haircut needs no support', { haircut: '50%' }, 50_000],
    ['a smaller one without support is not believed', { kind: 'halo', haircut: '10%' }, 0],
    ['a smaller one with a link is', { kind: 'halo', haircut: '10%', link: 'https://acme.example/experiment' }, 90_000],
    [
      'an attestation supports for 90 days',
      { kind: 'halo', haircut: '10%', attestedBy: 'acme/ada', attestedOn: addDays(today, -90) },
      90_000,
    ],
    ['and not on the 91st', { kind: 'halo', haircut: '10%', attestedBy: 'acme/ada', attestedOn: addDays(today, -91) }, 0],
    ['it counts on its last day', { expiresOn: today }, 100_000],
    ['and not after it', { expiresOn: addDays(today, -1) }, 0],
    ['and not before it begins', { from: addDays(today, 1) }, 0],
  ])('M5: %s', (_, change, amountMinor) => {
    expect(believed(change)).toBe(amountMinor)
  })

  it('M5: soft incentives never enter the balance', () => {
    const agreement = agreementOf({
      incentives: [{ id: 'x', party: 'acme', kind: 'stickiness', title: 'x', amountPerYear: '1000.00 EUR' }],
    })
    expect(balanceOf([agreement], [], new Map(), today)[0]).toMatchObject({ balance: [], verdict: 'insufficient-data' })
  })

  it('M5: a duty costs 12 × hours × (loaded + opportunity rate), with the rate of its own kind of work', () => {
    const costs = dutyCosts(workspace.integrations.get('meridian-quill')!, workspace.organizations.get('meridian')!, today)
    expect(costs.find(({ duty }) => duty === 'on-call')!.perYear).toEqual(
      [85, 35].map((rate) => ({ amountMinor: 12 * 6 * rate * 100, currency: 'EUR' })),
    )
    expect(costs.find(({ duty }) => duty === 'owner')!.perYear).toEqual(
      [70, 20].map((rate) => ({ amountMinor: 12 * 4 * rate * 100, currency: 'EUR' })),
    )
  })

  it('M5: balance is hard benefit minus duty cost, for each party', () => {
    const agreements = [workspace.agreements.get('meridian-quill-2026')!]
    const [meridian, quill] = balanceOf(agreements, [...workspace.integrations.values()], workspace.organizations, today)
    const engineering = (6 + 2 + 2) * 120
    expect(meridian!.dutyCost).toEqual([{ currency: 'EUR', amountMinor: 12 * (engineering + (4 + 2 + 2 + 1) * 90) * 100 }])
    expect(meridian!.balance[0]!.amountMinor).toBe(3_600_000 - meridian!.dutyCost[0]!.amountMinor)
    expect([meridian!.verdict, quill!.verdict]).toEqual(['covered', 'covered'])
  })

  it('M5: a cost that nobody wrote down leaves the balance unknown, unless the rest is short already', () => {
    const integration = structuredClone(workspace.integrations.get('meridian-quill')!)
    const agreements = [workspace.agreements.get('meridian-quill-2026')!]
    const verdict = () => balanceOf(agreements, [integration], workspace.organizations, today)[0]!
    delete integration.spec.sides[0]!.duties[0]!.hoursPerMonth
    expect(verdict()).toMatchObject({
      verdict: 'insufficient-data',
      unknown: ['meridian-quill: owner of meridian lacks hoursPerMonth or costPerYear'],
    })
    integration.spec.sides[0]!.duties[1]!.hoursPerMonth = 400
    expect(verdict().verdict).toBe('short')
  })

  it('M5: two currencies that disagree are undetermined: no rate is agreed', () => {
    const integration = structuredClone(workspace.integrations.get('meridian-quill')!)
    const dollars = { amountMinor: 1, currency: 'USD' }
    integration.spec.sides[0]!.duties = [{ duty: 'owner', hoursPerMonth: 0, costPerYear: dollars }]
    const [meridian] = balanceOf([workspace.agreements.get('meridian-quill-2026')!], [integration], workspace.organizations, today)
    expect(meridian).toMatchObject({ verdict: 'undetermined' })
  })
})
