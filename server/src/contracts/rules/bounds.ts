import { type JsonObject, own } from '../json.ts'
import type { Report, SchemaPair } from '../schema-pair.ts'
import { directionOf, isIgnoredHere, type SchemaFamily } from './family.ts'
import type { Level } from './rule.ts'
import { type SchemaRule, schemaRules } from './schema-rules.ts'

interface Bound {
  /** Part of the rule id. */
  name: string
  word: string
  side: 'upper' | 'lower'
  noun: string
  type: string
  /** Value that means the same as no bound. */
  unset?: number
  /** The field's vocabulary has no rule for setting it: a first bound counts as a tighter one. */
  fromUnset?: boolean
}

const boundList: readonly Bound[] = [
  { name: 'max', word: 'maximum', side: 'upper', noun: 'greatest allowed number', type: 'number' },
  { name: 'min', word: 'minimum', side: 'lower', noun: 'smallest allowed number', type: 'number' },
  { name: 'exclusive-max', word: 'exclusiveMaximum', side: 'upper', noun: 'exclusive upper limit', type: 'number' },
  { name: 'exclusive-min', word: 'exclusiveMinimum', side: 'lower', noun: 'exclusive lower limit', type: 'number' },
  { name: 'max-length', word: 'maxLength', side: 'upper', noun: 'greatest allowed length', type: 'string' },
  { name: 'min-length', word: 'minLength', side: 'lower', noun: 'smallest allowed length', type: 'string', unset: 0, fromUnset: true },
  { name: 'max-items', word: 'maxItems', side: 'upper', noun: 'greatest allowed number of elements', type: 'array' },
  { name: 'min-items', word: 'minItems', side: 'lower', noun: 'smallest allowed number of elements', type: 'array', unset: 0 },
  { name: 'max-properties', word: 'maxProperties', side: 'upper', noun: 'greatest allowed number of properties', type: 'object' },
  { name: 'min-properties', word: 'minProperties', side: 'lower', noun: 'smallest allowed number of properties', type: 'object', unset: 0 },
  { name: 'max-contains', word: 'maxContains', side: 'upper', noun: 'greatest number of matching elements', type: 'array' },
  {
    name: 'min-contains',
    word: 'minContains',
    side: 'lower',
    noun: 'smallest number of matching elements',
    type: 'array',
    unset: 1,
    fromUnset: true,
  },
]

/** Bounds for which properties that a direction never carries have ids of their own. */
const withIgnoredVariant = new Set(['max', 'min', 'exclusive-max', 'exclusive-min', 'max-length'])

export const bounds: SchemaFamily = {
  name: 'bounds',
  words: boundList.map((bound) => bound.word),
  rules: schemaRules('bounds', boundList.flatMap(rulesOf)),
  check: (pair, report) => {
    for (const bound of boundList) checkBound(bound, pair, report)
  },
}

function rulesOf(bound: Bound): SchemaRule[] {
  const schema = (value: number | undefined) => (value === undefined ? { type: bound.type } : { type: bound.type, [bound.word]: value })
  const [tight, loose] = bound.side === 'upper' ? ['decreased', 'increased'] : ['increased', 'decreased']
  const [tighter, looser] = bound.side === 'upper' ? [2, 5] : [5, 2]
  const moves: SchemaRule[] = [
    {
      suffix: `${bound.name}-${tight}`,
      effect: 'narrows',
      clause: `the ${bound.noun} got stricter`,
      before: schema(looser),
      after: schema(tighter),
      ignoredVariant: withIgnoredVariant.has(bound.name),
    },
    {
      suffix: `${bound.name}-${loose}`,
      effect: 'widens',
      clause: `the ${bound.noun} got more generous`,
      before: schema(tighter),
      after: schema(looser),
    },
  ]
  if (bound.fromUnset) return moves
  return [
    ...moves,
    {
      suffix: `${bound.name}-set`,
      effect: 'narrows',
      clause: `a ${bound.noun} was set where there was none`,
      before: schema(undefined),
      after: schema(5),
      levels: { request: 'WARN' },
    },
    {
      suffix: `${bound.name}-unset`,
      effect: 'widens',
      clause: `there is no ${bound.noun} any more`,
      before: schema(5),
      after: schema(undefined),
    },
  ]
}

function checkBound(bound: Bound, pair: SchemaPair, report: Report): void {
  const [before, after] = [boundOf(pair.before.node, bound), boundOf(pair.after.node, bound)]
  if (before === after) return
  const ignored = isIgnoredHere(pair.after.node, pair)
  const details = { before, after, ignored, ...otherForm(bound, pair) }
  const [old, now] = bound.fromUnset ? [before ?? bound.unset, after ?? bound.unset] : [before, after]
  if (old === undefined) {
    report(`${bound.name}-set`, details)
    return
  }
  if (now === undefined) {
    report(`${bound.name}-unset`, details)
    return
  }
  report(`${bound.name}-${now > old ? 'increased' : 'decreased'}`, details)
}

/**
 * A bound that took the other form, `minimum: 5` and `exclusiveMinimum: 5`, is one change and not a bound set and another unset: what decides is
 * whether more or fewer numbers are within it. Whole numbers above -1 are those from 0.
 */
function otherForm(bound: Bound, pair: SchemaPair): { level?: Level; note?: string } {
  if (bound.type !== 'number') return {}
  const [before, after] = [limitOf(pair.before.node, bound.side), limitOf(pair.after.node, bound.side)]
  if (!before || !after || before.exclusive === after.exclusive) return {}
  const whole = own(pair.before.node, 'type') === 'integer' && own(pair.after.node, 'type') === 'integer'
  const narrower = narrowing(wholeLimit(before, bound.side, whole), wholeLimit(after, bound.side, whole), bound.side)
  if (narrower !== 0 && narrower > 0 === (directionOf(pair) === 'request')) return { level: 'ERR' }
  return { level: 'INFO', note: narrower === 0 ? 'the same numbers are within' : 'the bound took its other form' }
}

interface Limit {
  value: number
  exclusive: boolean
}

/** undefined: none, or one of each form at once, which is compared as it is written. */
function limitOf(node: JsonObject, side: Bound['side']): Limit | undefined {
  const [inclusive, exclusive] = boundList
    .filter((bound) => bound.type === 'number' && bound.side === side)
    .map((bound) => boundOf(node, bound))
  if ((inclusive === undefined) === (exclusive === undefined)) return undefined
  return inclusive === undefined ? { value: exclusive!, exclusive: true } : { value: inclusive, exclusive: false }
}

function wholeLimit(limit: Limit, side: Bound['side'], whole: boolean): Limit {
  if (!whole || !limit.exclusive || !Number.isInteger(limit.value)) return limit
  return { value: limit.value + (side === 'lower' ? 1 : -1), exclusive: false }
}

/** Positive: fewer numbers are within the second; negative: more; 0: the same. */
function narrowing(before: Limit, after: Limit, side: Bound['side']): number {
  const difference = side === 'lower' ? after.value - before.value : before.value - after.value
  return difference !== 0 ? difference : Number(after.exclusive) - Number(before.exclusive)
}

/** The bound as a number. OpenAPI 3.0 writes an exclusive bound as `maximum` with a flag beside it. */
function boundOf(node: JsonObject, bound: Bound): number | undefined {
  const value = own(node, bound.word)
  const inclusive =
    bound.word === 'exclusiveMaximum' ? own(node, 'maximum') : bound.word === 'exclusiveMinimum' ? own(node, 'minimum') : undefined
  if (typeof value === 'boolean') return value && typeof inclusive === 'number' ? inclusive : undefined
  if (typeof value !== 'number' || value === bound.unset) return undefined
  const flag = bound.word === 'maximum' ? 'exclusiveMaximum' : bound.word === 'minimum' ? 'exclusiveMinimum' : undefined
  return flag !== undefined && own(node, flag) === true ? undefined : value
}
