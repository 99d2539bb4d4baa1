import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { feasibilityRules, judgeOption, obstaclesOf } from './feasibility-rules.ts'
import { everyOption, type Option, scenarioOf } from './option.ts'
import { opennessOf, partyLike, planLike, platformLike, supplierLike } from './plan.fixture.ts'
import { type FactName, type Known, opennessFacts, type PlanInputs } from './plan-inputs.ts'

const closed = { hostsPartnerCode: 'no', externalApiRead: 'no', externalApiWrite: 'no' } as const
const apiOnly = { hostsPartnerCode: 'no' } as const
const weave = partyLike('weave', { kind: 'product-company' })

function optionOf(inputs: PlanInputs, builder: string, host: string, seller = 'a', supporter = 'a'): Option {
  const party = (id: string) => inputs.parties.find((candidate) => candidate.id === id)!
  return { builder: party(builder), host: party(host), seller: party(seller), supporter: party(supporter) }
}

const rulesAgainst = (inputs: PlanInputs, option: Option) => [...new Set(obstaclesOf(inputs, option).map((obstacle) => obstacle.rule))]

describe('a closed platform', () => {
  const inputs = planLike({
    platforms: {
      a: platformLike('a', { openness: opennessOf('yes', apiOnly) }),
      b: platformLike('b', { openness: opennessOf('yes', closed) }),
    },
    parties: [partyLike('a'), partyLike('b'), weave, supplierLike('agency')],
  })

  it('is built and hosted by its owner only, and each other option names the rule and the fact', () => {
    for (const option of everyOption(inputs.parties)) {
      const judged = judgeOption(inputs, option)
      const byOwner = option.builder.id === 'b' && option.host.id === 'b' && option.seller.abilities.includes('seller')
      expect(judged.feasible).toBe(byOwner ? 'yes' : 'no')
      if (!byOwner) expect(judged.obstacles[0]!.fact).toMatch(/seen by the test|can be builder/)
    }
    expect(rulesAgainst(inputs, optionOf(inputs, 'a', 'b'))).toEqual([
      'closed-platform-is-built-by-its-owner',
      'platform-hosts-no-foreign-code',
    ])
  })

  it('can be built by a company that its owner hires, because that works on the owner’s account', () => {
    const hiredByOwner = { ...inputs, sponsor: 'b' }
    expect(judgeOption(hiredByOwner, optionOf(hiredByOwner, 'agency', 'b')).feasible).toBe('yes')
    expect(judgeOption(inputs, optionOf(inputs, 'agency', 'b')).feasible).toBe('no')
  })

  it('makes scenario 1 of every option', () => {
    expect(scenarioOf(inputs, optionOf(inputs, 'b', 'b'), ['b'])).toBe(1)
  })

  it('leaves nobody when both are closed', () => {
    const both = planLike({
      platforms: { a: platformLike('a', { openness: opennessOf('no') }), b: platformLike('b', { openness: opennessOf('no') }) },
    })
    expect(everyOption(both.parties).every((option) => judgeOption(both, option).feasible === 'no')).toBe(true)
  })
})

describe('open platforms', () => {
  const inputs = planLike({
    platforms: {
      a: platformLike('a', { openness: opennessOf('yes', apiOnly) }),
      b: platformLike('b', { openness: opennessOf('yes', apiOnly) }),
    },
    parties: [partyLike('a'), partyLike('b'), weave],
  })

  it('can be bridged by anyone with access, but run no foreign code unless they host it', () => {
    expect(judgeOption(inputs, optionOf(inputs, 'a', 'a')).feasible).toBe('yes')
    expect(judgeOption(inputs, optionOf(inputs, 'weave', 'weave')).feasible).toBe('yes')
    expect(rulesAgainst(inputs, optionOf(inputs, 'a', 'b'))).toEqual(['platform-hosts-no-foreign-code'])
    const hosting = { ...inputs, platforms: { ...inputs.platforms, b: platformLike('b') } }
    expect(judgeOption(hosting, optionOf(hosting, 'a', 'b')).feasible).toBe('yes')
  })

  it('draws scenario 2 between owners and scenario 3 with somebody between', () => {
    expect(scenarioOf(inputs, optionOf(inputs, 'a', 'a', 'weave'), [])).toBe(2)
    expect(scenarioOf(inputs, optionOf(inputs, 'a', 'weave'), [])).toBe(3)
    expect(scenarioOf(inputs, optionOf(inputs, 'weave', 'weave'), [])).toBe(3)
  })

  it('refuses an outside builder whose need the API does not cover', () => {
    const readOnly = {
      ...inputs,
      platforms: { ...inputs.platforms, b: platformLike('b', { openness: opennessOf('yes', { ...apiOnly, externalApiWrite: 'no' }) }) },
    }
    expect(rulesAgainst(readOnly, optionOf(readOnly, 'a', 'a'))).toEqual(['outside-builder-needs-a-way-in', 'outside-host-needs-an-api'])
    const readingOnly = { ...readOnly, platforms: { ...readOnly.platforms, b: { ...readOnly.platforms.b, needs: ['read' as const] } } }
    expect(judgeOption(readingOnly, optionOf(readingOnly, 'a', 'a')).feasible).toBe('yes')
  })

  it('honours decisions, abilities and residency', () => {
    const excluded = { ...inputs, exclusions: [{ party: 'weave', role: 'host' as const, reason: 'customers demand a certified host' }] }
    expect(rulesAgainst(excluded, optionOf(excluded, 'weave', 'weave'))).toEqual(['excluded-by-decision'])
    const elsewhere = { ...inputs, residency: ['us'] }
    expect(rulesAgainst(elsewhere, optionOf(elsewhere, 'a', 'a'))).toEqual(['data-stays-in-its-region'])
    const unable = { ...inputs, parties: [partyLike('a', { abilities: ['seller'] }), ...inputs.parties.slice(1)] }
    expect(rulesAgainst(unable, optionOf(unable, 'a', 'weave'))).toEqual(['party-is-able'])
  })
})

describe('unknown facts', () => {
  it('never make an option feasible, and never forbid it', () => {
    const inputs = planLike({ platforms: { a: platformLike('a'), b: platformLike('b', { openness: opennessOf('unknown') }) } })
    expect(judgeOption(inputs, optionOf(inputs, 'a', 'a'))).toMatchObject({ feasible: 'unknown' })
  })

  it('stand between the answers for yes and for no: learning more only narrows an unknown', () => {
    const known = fc.constantFrom<Known>('yes', 'no')
    const names = Object.keys(opennessFacts) as FactName[]
    const facts = fc.tuple(...names.map(() => fc.tuple(known, fc.boolean())))
    fc.assert(
      fc.property(facts, fc.constantFrom('a', 'b', 'weave'), fc.constantFrom('a', 'b', 'weave'), (answers, builder, host) => {
        const complete = Object.fromEntries(names.map((name, index) => [name, answers[index]![0]]))
        const partial = Object.fromEntries(names.map((name, index) => [name, answers[index]![1] ? 'unknown' : answers[index]![0]]))
        const judgedWith = (others: object) => {
          const inputs = planLike({
            platforms: { a: platformLike('a'), b: platformLike('b', { openness: opennessOf('unknown', others) }) },
            parties: [partyLike('a'), partyLike('b'), weave],
          })
          return judgeOption(inputs, optionOf(inputs, builder, host)).feasible
        }
        const before = judgedWith(partial)
        if (before !== 'unknown') expect(judgedWith(complete)).toBe(before)
      }),
    )
  })
})

it('every rule has a sentence to argue with', () => {
  for (const rule of feasibilityRules) expect(rule.says).toMatch(/^[A-Z].{30,}\.$/)
})
