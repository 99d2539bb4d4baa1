import { type Json, type JsonObject, own } from '../json.ts'
import type { LocalFinding } from '../schema-pair.ts'
import { judgeDeprecation, type NoticePolicy, type Stability, stabilityOf, stabilityRank } from '../stability.ts'
import { objectExample, propertyRule } from './property-rules.ts'
import type { Level, Rule, RuleExample } from './rule.ts'

const family = 'property-lifecycle'
const object = (marks: JsonObject) => ({ type: 'object', properties: { name: { type: 'string', ...marks } } })

const changes: readonly [
  suffix: string,
  level: Level,
  clause: string,
  before: JsonObject,
  after: JsonObject,
  options?: RuleExample['options'],
][] = [
  ['deprecated', 'INFO', 'is marked as going away, without a date', {}, { deprecated: true }],
  ['deprecated-with-sunset', 'INFO', 'is marked as going away, with a date', {}, { deprecated: true, 'x-sunset': '2099-12-31' }],
  [
    'deprecated-sunset-missing',
    'ERR',
    'is marked as going away without the date that the notice policy asks for',
    {},
    { deprecated: true },
    { minNoticeDays: { stable: 90, beta: 30 } },
  ],
  [
    'deprecated-sunset-invalid',
    'ERR',
    'is marked as going away on something that is no date',
    {},
    { deprecated: true, 'x-sunset': 'soon' },
  ],
  [
    'sunset-date-too-small',
    'ERR',
    'goes away sooner than the notice policy allows',
    {},
    { deprecated: true, 'x-sunset': '2020-01-01' },
    { minNoticeDays: { stable: 90, beta: 30 } },
  ],
  ['reactivated', 'INFO', 'is no longer marked as going away', { deprecated: true }, {}],
  ['stability-decreased', 'ERR', 'is promised less stability', { 'x-stability-level': 'stable' }, { 'x-stability-level': 'beta' }],
  ['stability-increased', 'INFO', 'is promised more stability', { 'x-stability-level': 'beta' }, { 'x-stability-level': 'stable' }],
]

export const propertyLifecycleRules: Rule[] = (['request', 'response'] as const).flatMap((direction) =>
  changes.map(([suffix, level, clause, before, after, options]) => {
    const example = objectExample(`${direction}-body`, object(before), object(after))
    return propertyRule(
      family,
      `${direction}-property-${suffix}`,
      level,
      `A ${direction} property ${clause}.`,
      options ? { ...example, options } : example,
    )
  }),
)

/** What is announced about one property. The answer depends on the stability of the operation it is met in. */
export function judgePropertyLifecycle(
  direction: 'request' | 'response',
  before: JsonObject,
  after: JsonObject,
  policy: NoticePolicy,
): { rule: LocalFinding['rule']; before?: Json; after?: Json }[] {
  return [...deprecation(direction, before, after, policy), ...stability(direction, before, after)]
}

function deprecation(direction: string, before: JsonObject, after: JsonObject, policy: NoticePolicy) {
  const [old, now] = [own(before, 'deprecated') === true, own(after, 'deprecated') === true]
  if (old === now) return []
  if (old) return [{ rule: `${direction}-property-reactivated` }]
  const sunset = own(after, 'x-sunset')
  const suffixes = {
    missing: 'deprecated-sunset-missing',
    invalid: 'deprecated-sunset-invalid',
    'too soon': 'sunset-date-too-small',
    dated: 'deprecated-with-sunset',
    undated: 'deprecated',
  }
  const rule = (level: Stability) => `${direction}-property-${suffixes[judgeDeprecation(sunset, level, policy)]}`
  return [{ rule, ...(sunset === undefined ? {} : { after: sunset }) }]
}

function stability(direction: string, before: JsonObject, after: JsonObject) {
  const [old, now] = [own(before, 'x-stability-level'), own(after, 'x-stability-level')]
  if (old === now) return []
  const [from, to] = [stabilityOf(before), stabilityOf(after)]
  if (to === 'invalid' || from === 'invalid') return to === 'invalid' ? [{ rule: 'api-invalid-stability-level', after: now ?? null }] : []
  const change = stabilityRank(to) - stabilityRank(from)
  if (change === 0) return []
  return [{ rule: `${direction}-property-stability-${change < 0 ? 'decreased' : 'increased'}`, before: from, after: to }]
}
