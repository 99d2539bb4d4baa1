import { descriptionOf } from '../announcement.ts'
import { type Json, type JsonObject, own } from '../json.ts'
import { daysUntil, judgeDeprecation, minNoticeDays, stabilityOf, stabilityRank, sunsetDate } from '../stability.ts'
import { operationExample } from './example.ts'
import type { OperationPair } from './operation-report.ts'
import { announcementChange, newDemands } from './prose.ts'
import type { Level, Rule, RuleExample } from './rule.ts'

const policy = { minNoticeDays: { stable: 90, beta: 30 } }
const going = (sunset?: Json): JsonObject => ({ deprecated: true, ...(sunset === undefined ? {} : { 'x-sunset': sunset }) })

function rule(id: string, level: Level, meaning: string, before: JsonObject, after: JsonObject, options?: RuleExample['options']): Rule {
  return { id, level, direction: 'none', family: 'operation-lifecycle', meaning, example: operationExample(before, after, options) }
}

export const operationLifecycleRules: Rule[] = [
  rule('endpoint-deprecated', 'INFO', 'The operation is marked as going away, without a date.', {}, going()),
  rule('endpoint-deprecated-with-sunset', 'INFO', 'The operation is marked as going away, with a date.', {}, going('2099-12-31')),
  rule('endpoint-reactivated', 'INFO', 'The operation is no longer marked as going away.', going(), {}),
  rule(
    'api-deprecated-sunset-missing',
    'ERR',
    'The operation is marked as going away without the date that the notice policy asks for.',
    {},
    going(),
    policy,
  ),
  rule('api-deprecated-sunset-parse', 'ERR', 'The date on which the operation goes away is no date.', {}, going('soon')),
  rule(
    'api-sunset-date-too-small',
    'ERR',
    'The operation goes away sooner than the notice policy allows.',
    {},
    going('2020-01-01'),
    policy,
  ),
  rule('sunset-deleted', 'ERR', 'The operation still goes away, but the promised date was taken back.', going('2099-12-31'), going()),
  rule(
    'api-sunset-date-changed-too-small',
    'ERR',
    'The date was moved forward to one that the notice policy does not allow.',
    going('2099-12-31'),
    going('2020-01-01'),
    policy,
  ),
  rule(
    'api-stability-decreased',
    'ERR',
    'The operation is promised less stability.',
    { 'x-stability-level': 'stable' },
    { 'x-stability-level': 'beta' },
  ),
  rule(
    'api-stability-increased',
    'INFO',
    'The operation is promised more stability.',
    { 'x-stability-level': 'beta' },
    { 'x-stability-level': 'stable' },
  ),
  rule(
    'api-invalid-stability-level',
    'ERR',
    '`x-stability-level` is none of draft, alpha, beta, stable.',
    {},
    { 'x-stability-level': 'finished' },
  ),
  rule(
    'api-retirement-announced',
    'INFO',
    "The end of the operation is announced in the provider's own words or in a sentence.",
    { description: 'Lists things.' },
    { description: 'Lists things. Will be removed on 28 April 2027.' },
  ),
  rule(
    'api-retirement-withdrawn',
    'INFO',
    'The announced end of the operation is no longer mentioned.',
    { description: 'Lists things. Will be removed on 28 April 2027.' },
    { description: 'Lists things.' },
  ),
  rule(
    'api-demand-in-prose',
    'INFO',
    'The description of the operation got a sentence that demands something.',
    { description: 'Makes things.' },
    { description: 'Makes things. Names must be unique.' },
  ),
]

/** What is promised and announced about an operation that is there in both versions. */
export function checkOperationLifecycle(pair: OperationPair): void {
  const [before, after] = [pair.before.spot.node as JsonObject, pair.after.spot.node as JsonObject]
  checkStability(pair, before, after)
  const [old, now] = [own(before, 'deprecated') === true, own(after, 'deprecated') === true]
  if (old && !now) pair.report('endpoint-reactivated')
  if (!old && now) checkDeprecation(pair, own(after, 'x-sunset'))
  if (old && now) checkSunset(pair, own(before, 'x-sunset'), own(after, 'x-sunset'), 'operation')
  checkWords(pair, before, after)
}

function checkDeprecation(pair: OperationPair, sunset: Json | undefined): void {
  const ids = {
    missing: 'api-deprecated-sunset-missing',
    invalid: 'api-deprecated-sunset-parse',
    'too soon': 'api-sunset-date-too-small',
    dated: 'endpoint-deprecated-with-sunset',
    undated: 'endpoint-deprecated',
  }
  pair.report(ids[judgeDeprecation(sunset, pair.stability, pair.policy)], { after: sunset })
}

const sunsetIds = {
  operation: { deleted: 'sunset-deleted', parse: 'api-path-sunset-parse', soon: 'api-sunset-date-changed-too-small' },
  parameter: {
    deleted: 'request-parameter-sunset-deleted',
    parse: 'request-parameter-sunset-parse',
    soon: 'request-parameter-sunset-date-changed-too-small',
  },
}

/** A promised date may be moved away freely, towards us only within the policy, and not be taken back. */
export function checkSunset(
  pair: OperationPair,
  before: Json | undefined,
  after: Json | undefined,
  what: keyof typeof sunsetIds,
  detail: object = {},
): void {
  if (before === after || before === undefined) return
  const ids = sunsetIds[what]
  if (after === undefined) {
    pair.report(ids.deleted, { before, ...detail })
    return
  }
  const [old, now] = [sunsetDate(before), sunsetDate(after)]
  if (!old || !now) {
    pair.report(ids.parse, { before, after, ...detail })
    return
  }
  const tooSoon = now < old && daysUntil(now, pair.policy.today) < minNoticeDays(pair.stability, pair.policy)
  if (tooSoon) pair.report(ids.soon, { before, after, ...detail })
}

function checkStability(pair: OperationPair, before: JsonObject, after: JsonObject): void {
  const [from, to] = [stabilityOf(before), stabilityOf(after)]
  if (to === 'invalid') {
    pair.report('api-invalid-stability-level', { after: own(after, 'x-stability-level') })
    return
  }
  if (from === 'invalid' || from === to) return
  pair.report(stabilityRank(to) < stabilityRank(from) ? 'api-stability-decreased' : 'api-stability-increased', { before: from, after: to })
}

function checkWords(pair: OperationPair, before: JsonObject, after: JsonObject): void {
  const change = announcementChange(before, after)
  if (change) pair.report(`api-retirement-${change.kind}`, { before: change.before, after: change.after })
  const sentences = newDemands(descriptionOf(before), descriptionOf(after))
  if (sentences.length > 0) pair.report('api-demand-in-prose', { after: sentences })
}
