import type { ChangeTerms } from '../../workspace/index.ts'
import { contractRules } from '../rules/table.ts'
import type { ImpactProfile } from './usage.ts'

type RuleOutcomes = NonNullable<ImpactProfile['outcomes']>

const levels = { breaking: 'break', 'potentially-breaking': 'warn', additive: 'none', ignore: 'none' } as const

/** A reader meets a value or a kind of object that it has never seen; everything else is as before. */
const newToReaders = /^response-(body|property|header)-(enum-value|one-of|any-of)-added$/

const rulesWhere = (holds: (id: string, level: string, direction: string) => boolean): string[] =>
  [...contractRules.values()].filter((rule) => holds(rule.id, rule.level, rule.direction)).map((rule) => rule.id)
const each = (ids: readonly string[], outcome: 'break' | 'none'): RuleOutcomes => Object.fromEntries(ids.map((id) => [id, outcome]))

/**
 * The schools of partners. Standard takes the rules as they are: what can be met for the first time is a risk. Strict readers (generated clients
 * with closed enums, as Xero's) break by it; tolerant readers (GitHub's and Stripe's policies ask for them) have promised to pass over it.
 */
const schools: Readonly<Record<ChangeTerms['profile'], RuleOutcomes>> = {
  strict: each(
    rulesWhere((id, level, direction) => newToReaders.test(id) || (direction === 'response' && level === 'WARN')),
    'break',
  ),
  standard: {},
  tolerant: each(
    rulesWhere((id) => newToReaders.test(id)),
    'none',
  ),
}

/** How two parties judge changes, as their agreement says: its school, and rule by rule what they have written besides. */
export function profileOf(terms: Pick<ChangeTerms, 'profile' | 'overrides'> | undefined): ImpactProfile {
  const overrides = Object.fromEntries((terms?.overrides ?? []).map(({ rule, level }) => [rule, levels[level]]))
  return { outcomes: { ...schools[terms?.profile ?? 'standard'], ...overrides } }
}
