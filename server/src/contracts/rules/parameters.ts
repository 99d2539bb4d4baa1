import { child, childObject, type Spot } from '../contract.ts'
import { isObject, type Json, type JsonObject, own, ownObject } from '../json.ts'
import { type Operation, type Parameter, parametersOf, pathParameterNames } from '../operations.ts'
import { sideOf } from '../schema-side.ts'
import { daysUntil, judgeDeprecation, sunsetDate } from '../stability.ts'
import { documentOf, operationExample } from './example.ts'
import { checkSunset } from './operation-lifecycle.ts'
import type { OperationPair } from './operation-report.ts'
import type { Level, Rule, RuleExample } from './rule.ts'
import { checkSerialization, elementsOfOne } from './serialization.ts'

const family = 'parameters'
const parameter = (more: JsonObject = {}): JsonObject => ({ name: 'value', in: 'query', schema: { type: 'string' }, ...more })
const withParameters = (...parameters: JsonObject[]): JsonObject => ({ parameters })
const shared = (...parameters: JsonObject[]): JsonObject => ({
  paths: { '/things': { parameters, post: { responses: { 200: { description: 'Done' } } } } },
})
const inPath = (...parameters: JsonObject[]): JsonObject => ({
  paths: { '/things/{id}': { post: { parameters, responses: { 200: { description: 'Done' } } } } },
})

function rule(id: string, level: Level, meaning: string, before: JsonObject, after: JsonObject, options?: RuleExample['options']): Rule {
  return { id, level, direction: 'request', family, meaning, example: operationExample(before, after, options) }
}

function documentRule(id: string, level: Level, meaning: string, before: JsonObject, after: JsonObject): Rule {
  return {
    id,
    level,
    direction: 'request',
    family,
    meaning,
    example: { before, after, documents: { before: documentOf({}, before), after: documentOf({}, after) } },
  }
}

const plain = withParameters(parameter())
const none = withParameters()
const gone = (sunset?: string) => withParameters(parameter({ deprecated: true, ...(sunset ? { 'x-sunset': sunset } : {}) }))
const policy = { minNoticeDays: { stable: 90, beta: 30 } }
const withDefault = (value?: string) => withParameters(parameter({ schema: { type: 'string', ...(value ? { default: value } : {}) } }))

export const parameterRules: Rule[] = [
  rule(
    'new-required-request-parameter',
    'ERR',
    'A new parameter must be sent. Requests without it are refused.',
    none,
    withParameters(parameter({ required: true })),
  ),
  rule('new-optional-request-parameter', 'INFO', 'A parameter may now be sent.', none, plain),
  documentRule(
    'new-required-request-default-parameter-to-existing-path',
    'ERR',
    'All operations of the path need a new parameter. Requests without it are refused.',
    shared(),
    shared(parameter({ required: true })),
  ),
  documentRule(
    'new-optional-request-default-parameter-to-existing-path',
    'INFO',
    'All operations of the path take a new parameter.',
    shared(),
    shared(parameter()),
  ),
  documentRule(
    'new-request-path-parameter',
    'ERR',
    'A part of the path is now a described parameter that must be filled in.',
    inPath(),
    inPath({ name: 'id', in: 'path', required: true, schema: { type: 'string' } }),
  ),
  rule('request-parameter-removed', 'WARN', 'A parameter is gone. Sending it is refused or has no effect.', plain, none),
  rule(
    'request-parameter-removed-with-deprecation',
    'INFO',
    'A parameter is gone after it was marked as going away and its date, if any, has passed.',
    gone(),
    none,
  ),
  rule('request-parameter-removed-before-sunset', 'ERR', 'A parameter is gone before the promised date.', gone('2099-12-31'), none),
  rule(
    'request-parameter-became-required',
    'ERR',
    'A parameter that could be left out must now be sent.',
    plain,
    withParameters(parameter({ required: true })),
  ),
  rule(
    'request-parameter-became-optional',
    'INFO',
    'A parameter may now be left out.',
    withParameters(parameter({ required: true })),
    plain,
  ),
  rule(
    'request-parameter-default-value-added',
    'ERR',
    'Leaving the parameter out now means a certain value.',
    withDefault(),
    withDefault('a'),
  ),
  rule(
    'request-parameter-default-value-removed',
    'ERR',
    'Leaving the parameter out no longer means the value it meant.',
    withDefault('a'),
    withDefault(),
  ),
  rule(
    'request-parameter-default-value-changed',
    'ERR',
    'Leaving the parameter out now means another value.',
    withDefault('a'),
    withDefault('b'),
  ),
  rule('request-parameter-deprecated', 'INFO', 'A parameter is marked as going away.', plain, gone()),
  rule('request-parameter-reactivated', 'INFO', 'A parameter is no longer marked as going away.', gone(), plain),
  rule(
    'request-parameter-deprecated-sunset-missing',
    'ERR',
    'A parameter is marked as going away without the date that the notice policy asks for.',
    plain,
    gone(),
    policy,
  ),
  rule('request-parameter-sunset-parse', 'ERR', 'The date on which a parameter goes away is no date.', plain, gone('soon')),
  rule(
    'request-parameter-sunset-date-too-small',
    'ERR',
    'A parameter goes away sooner than the notice policy allows.',
    plain,
    gone('2020-01-01'),
    policy,
  ),
  rule(
    'request-parameter-sunset-deleted',
    'ERR',
    'A parameter still goes away, but the promised date was taken back.',
    gone('2099-12-31'),
    gone(),
  ),
  rule(
    'request-parameter-sunset-date-changed-too-small',
    'ERR',
    'The date was moved forward to one that the notice policy does not allow.',
    gone('2099-12-31'),
    gone('2020-01-01'),
    policy,
  ),
]

/** Parameters that came, went, or stayed. Those in the path are found by their position, since their names mean nothing outside. */
export function checkParameters(pair: OperationPair): void {
  const [before, after] = [byKey(pair.before), byKey(pair.after)]
  for (const [key, old] of before) if (!after.has(key) && old.in !== 'path') removed(pair, old)
  for (const [key, now] of after) {
    const old = before.get(key)
    if (old) kept(pair, old, now)
    else added(pair, now)
  }
}

function byKey(operation: Operation): Map<string, Parameter> {
  const names = pathParameterNames(operation.path)
  return new Map(
    parametersOf(operation).map((item) => {
      const name =
        item.in === 'path' && names.includes(item.name)
          ? String(names.indexOf(item.name))
          : item.in === 'header'
            ? item.name.toLowerCase()
            : item.name
      return [`${item.in} ${name}`, item]
    }),
  )
}

function position(item: Parameter): { parameter: string } {
  return { parameter: `${item.in} ${item.name}` }
}

function removed(pair: OperationPair, old: Parameter): void {
  pair.report(removalRule(pair, old.spot.node), { ...position(old), before: old.name, beforeSpot: old.spot })
}

function removalRule(pair: OperationPair, node: Json): string {
  if (own(node, 'deprecated') !== true) return 'request-parameter-removed'
  const sunset = own(node, 'x-sunset')
  if (sunset === undefined) return 'request-parameter-removed-with-deprecation'
  const date = sunsetDate(sunset)
  if (!date) return 'request-parameter-sunset-parse'
  return daysUntil(date, pair.policy.today) > 0 ? 'request-parameter-removed-before-sunset' : 'request-parameter-removed-with-deprecation'
}

function added(pair: OperationPair, now: Parameter): void {
  const required = own(now.spot.node, 'required') === true
  const need = required ? 'required' : 'optional'
  const id = now.shared
    ? `new-${now.in === 'path' ? 'required' : need}-request-default-parameter-to-existing-path`
    : now.in === 'path'
      ? 'new-request-path-parameter'
      : `new-${need}-request-parameter`
  pair.report(id, { ...position(now), after: now.name, afterSpot: now.spot })
}

function kept(pair: OperationPair, old: Parameter, now: Parameter): void {
  const at = { ...position(old), beforeSpot: old.spot, afterSpot: now.spot }
  const [before, after] = [own(old.spot.node, 'required') === true, own(now.spot.node, 'required') === true]
  if (before !== after && now.in !== 'path') pair.report(`request-parameter-became-${after ? 'required' : 'optional'}`, at)
  checkLifecycle(pair, old.spot.node, now.spot.node, at)
  const [left, right] = [schemaSpot(pair.before, old.spot), schemaSpot(pair.after, now.spot)]
  const schemas = [left && sideOf(pair.before.contract, left), right && sideOf(pair.after.contract, right)]
  const sides = schemas.flatMap((side) => side ?? [])
  checkSerialization(pair, old.spot.node, now.spot.node, sides, at)
  const [was, is] = sides
  if (!was || !is) return
  if (!after) checkDefault(pair, was.node, is.node, at)
  const elements = elementsOfOne(now.spot.node, was, is)
  if (elements)
    pair.report('request-parameter-type-generalized', {
      ...at,
      before: own(was.node, 'type'),
      after: 'array',
      note: 'one value is a list of one',
    })
  pair.compare(was, elements ?? is, now.in === 'header' ? 'request-header' : 'request-parameter', true, position(old))
}

function checkDefault(pair: OperationPair, before: JsonObject, after: JsonObject, at: object): void {
  const [old, now] = [own(before, 'default'), own(after, 'default')]
  // In a parameter, 20 and "20" are one text.
  if (JSON.stringify(asText(old)) === JSON.stringify(asText(now))) return
  pair.report(`request-parameter-default-value-${old === undefined ? 'added' : now === undefined ? 'removed' : 'changed'}`, {
    ...at,
    before: old,
    after: now,
  })
}

function asText(value: Json | undefined): Json | undefined {
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : value
}

function checkLifecycle(pair: OperationPair, before: Json, after: Json, at: object): void {
  const [old, now] = [own(before, 'deprecated') === true, own(after, 'deprecated') === true]
  if (old && now) {
    checkSunset(pair, own(before, 'x-sunset'), own(after, 'x-sunset'), 'parameter', at)
    return
  }
  if (old) {
    pair.report('request-parameter-reactivated', at)
    return
  }
  if (!now) return
  const ids = {
    missing: 'request-parameter-deprecated-sunset-missing',
    invalid: 'request-parameter-sunset-parse',
    'too soon': 'request-parameter-sunset-date-too-small',
    dated: 'request-parameter-deprecated',
    undated: 'request-parameter-deprecated',
  }
  pair.report(ids[judgeDeprecation(own(after, 'x-sunset'), pair.stability, pair.policy)], { ...at, after: own(after, 'x-sunset') })
}

/** The schema of a parameter or header: under `schema`, or under the only media type of `content`. */
export function schemaSpot(operation: Operation, holder: Spot): Spot | undefined {
  const direct = child(holder, 'schema')
  if (direct) return direct
  const content = childObject(operation.contract, holder, 'content')
  const first = Object.keys(ownObject(holder.node, 'content'))[0]
  const media = content && first !== undefined ? child(content, first) : undefined
  return media && isObject(media.node) ? child(media, 'schema') : undefined
}
