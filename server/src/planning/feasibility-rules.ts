import { describeFact, either, isClosed, reachableFromOutside } from './openness.ts'
import { type Option, optionId, principalOf } from './option.ts'
import { type FactName, type Known, type Need, type PlanInputs, type PlatformFacts, roles, sides } from './plan-inputs.ts'

/** Why an option can't be, or can't be judged: the rule, and the fact that makes it apply here. */
export interface Obstacle {
  rule: string
  /** `unknown`: the option stands or falls with a fact that nobody has established. */
  outcome: 'forbidden' | 'unknown'
  fact: string
}

export interface FeasibilityRule {
  name: string
  /** The rule as a sentence that a product manager can argue with. */
  says: string
  judge: (inputs: PlanInputs, option: Option) => Omit<Obstacle, 'rule'>[]
}

/** Every rule that can forbid an option, in the order in which a reader should hear of them. */
export const feasibilityRules: readonly FeasibilityRule[] = [
  {
    name: 'excluded-by-decision',
    says: 'Somebody has decided that this party does not take this role.',
    judge: (inputs, option) =>
      inputs.exclusions
        .filter((exclusion) => option[exclusion.role].id === exclusion.party)
        .map((exclusion) => ({
          outcome: 'forbidden',
          fact: `decided: ${option[exclusion.role].name} is not ${exclusion.role}, because ${exclusion.reason}`,
        })),
  },
  {
    name: 'party-is-able',
    says: 'A party takes only roles that it has the people and the business for.',
    judge: (_, option) =>
      roles
        .filter((role) => !option[role].abilities.includes(role))
        .map((role) => ({
          outcome: 'forbidden',
          fact: `${option[role].name} (${option[role].kind}) can be ${option[role].abilities.join(', ') || 'nothing'}, not ${role}`,
        })),
  },
  {
    name: 'closed-platform-is-built-by-its-owner',
    says: 'A closed platform (hosts no partner code, has no external API) can be bridged only by its owner: internal APIs do others little good.',
    judge: (inputs, option) =>
      sidesOfOthers(inputs, principalOf(inputs, option.builder)).flatMap((platform) =>
        whenever(isClosed(platform.openness), () => closedFacts(platform)),
      ),
  },
  {
    name: 'outside-builder-needs-a-way-in',
    says: 'Who does not own a platform can build for it only through an external API that covers the need, or as partner code that the platform hosts.',
    judge: (inputs, option) =>
      sidesOfOthers(inputs, principalOf(inputs, option.builder))
        .filter((platform) => isClosed(platform.openness) === 'no')
        .flatMap((platform) => {
          const hostedThere = option.host.id === platform.owner ? platform.openness.hostsPartnerCode.value : 'no'
          return unless(either(reachableFromOutside(platform), hostedThere), () => missingNeeds(platform))
        }),
  },
  {
    name: 'outside-host-needs-an-api',
    says: 'Code that runs outside a platform reaches it only through its external API.',
    judge: (inputs, option) =>
      sidesOfOthers(inputs, option.host.id).flatMap((platform) => unless(reachableFromOutside(platform), () => missingNeeds(platform))),
  },
  {
    name: 'platform-hosts-no-foreign-code',
    says: 'A platform runs code of others only if it hosts partner code.',
    judge: (inputs, option) =>
      sides
        .map((side) => inputs.platforms[side])
        .filter((platform) => platform.owner === option.host.id && principalOf(inputs, option.builder) !== platform.owner)
        .flatMap((platform) => unless(platform.openness.hostsPartnerCode.value, () => describeFact(platform, 'hostsPartnerCode'))),
  },
  {
    name: 'data-stays-in-its-region',
    says: 'Customer data is hosted only in the regions that customers demand.',
    judge: (inputs, option) => {
      if (inputs.residency.length === 0) return []
      const { regions } = option.host.hosting
      const hosted: Known = regions.length === 0 ? 'unknown' : regions.some((region) => inputs.residency.includes(region)) ? 'yes' : 'no'
      return unless(
        hosted,
        () =>
          `customers demand ${inputs.residency.join(' or ')}; ${option.host.name} hosts in ${regions.join(', ') || 'a region nobody has named'}`,
      )
    },
  },
]

/** All rules that stand against one option; empty when it is feasible. */
export function obstaclesOf(inputs: PlanInputs, option: Option): Obstacle[] {
  return feasibilityRules.flatMap((rule) => rule.judge(inputs, option).map((obstacle) => ({ rule: rule.name, ...obstacle })))
}

/** An option as it was judged. `unknown` when no rule forbids it but a fact is missing. */
export interface JudgedOption {
  id: string
  option: Option
  feasible: Known
  obstacles: Obstacle[]
}

export function judgeOption(inputs: PlanInputs, option: Option): JudgedOption {
  const obstacles = obstaclesOf(inputs, option)
  const feasible = obstacles.some((obstacle) => obstacle.outcome === 'forbidden') ? 'no' : obstacles.length > 0 ? 'unknown' : 'yes'
  return { id: optionId(option), option, feasible, obstacles }
}

const sidesOfOthers = (inputs: PlanInputs, party: string): PlatformFacts[] =>
  sides.map((side) => inputs.platforms[side]).filter((platform) => platform.owner !== party)

const whenever = (condition: Known, fact: () => string): Omit<Obstacle, 'rule'>[] =>
  condition === 'no' ? [] : [{ outcome: condition === 'yes' ? 'forbidden' : 'unknown', fact: fact() }]

const unless = (condition: Known, fact: () => string): Omit<Obstacle, 'rule'>[] =>
  whenever(condition === 'yes' ? 'no' : condition === 'no' ? 'yes' : 'unknown', fact)

const closedFacts = (platform: PlatformFacts): string =>
  (['hostsPartnerCode', 'externalApiRead', 'externalApiWrite'] as const).map((name) => describeFact(platform, name)).join('; ')

const factOfNeed: Record<Need, FactName> = { read: 'externalApiRead', write: 'externalApiWrite', webhooks: 'externalApiRead' }

/** The facts behind the needs that the external API does not cover for certain. */
function missingNeeds(platform: PlatformFacts): string {
  const names = platform.needs.map((need) => factOfNeed[need]).filter((name) => platform.openness[name].value !== 'yes')
  return [...new Set(names)].map((name) => describeFact(platform, name)).join('; ')
}
