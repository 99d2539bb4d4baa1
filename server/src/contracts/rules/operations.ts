import { type JsonObject, own, ownString, ownStrings } from '../json.ts'
import type { Operation } from '../operations.ts'
import { daysUntil, type NoticePolicy, sunsetDate } from '../stability.ts'
import { documentOf, operationExample } from './example.ts'
import type { OperationPair } from './operation-report.ts'
import type { Level, Rule, RuleExample } from './rule.ts'

const family = 'operations'

function operations(...items: [string, string, JsonObject?][]): JsonObject {
  const paths: Record<string, JsonObject> = {}
  for (const [method, path, more] of items)
    paths[path] = { ...paths[path], [method]: { responses: { 200: { description: 'Done' } }, ...more } }
  return { paths }
}

function existence(id: string, level: Level, meaning: string, before: JsonObject, after: JsonObject): Rule {
  const example: RuleExample = { before, after, documents: { before: documentOf({}, before), after: documentOf({}, after) } }
  return { id, level, direction: 'none', family, meaning, example }
}

const both = (more: JsonObject) => operations(['get', '/things', more], ['post', '/things'])
const one = operations(['post', '/things'])
const path = (more: JsonObject) => operations(['get', '/old', more], ['post', '/things'])

export const operationRules: Rule[] = [
  existence('endpoint-added', 'INFO', 'There is a new operation.', one, both({})),
  ...(
    [
      ['api-removed', both, 'The operation is gone'],
      ['api-path-removed', path, 'The whole path with this operation is gone'],
    ] as const
  ).flatMap(([prefix, around, what]) => [
    existence(`${prefix}-without-deprecation`, 'ERR', `${what}, and was never marked as going away.`, around({}), one),
    existence(
      `${prefix}-with-deprecation`,
      'INFO',
      `${what} after it was marked as going away and its date, if any, has passed. Whoever still calls it is broken all the same.`,
      around({ deprecated: true }),
      one,
    ),
    existence(
      `${prefix}-before-sunset`,
      'ERR',
      `${what} before the promised date.`,
      around({ deprecated: true, 'x-sunset': '2099-12-31' }),
      one,
    ),
  ]),
  existence(
    'api-path-sunset-parse',
    'ERR',
    'The operation is gone, or still announced to go, and the date that was announced is no date or became none.',
    path({ deprecated: true, 'x-sunset': 'soon' }),
    one,
  ),
  ...(
    [
      [
        'api-operation-id-removed',
        'The name (`operationId`) of the operation is gone or another one. Generated clients change.',
        { operationId: 'makeThing' },
        {},
      ],
      ['api-operation-id-added', 'The operation got a name (`operationId`).', {}, { operationId: 'makeThing' }],
      ['api-tag-removed', 'The operation left a group (`tags`). Generated clients change.', { tags: ['things'] }, {}],
      ['api-tag-added', 'The operation joined a group (`tags`).', {}, { tags: ['things'] }],
    ] as const
  ).map(
    ([id, meaning, before, after]): Rule => ({
      id,
      level: 'INFO',
      direction: 'none',
      family,
      meaning,
      example: operationExample(before as unknown as JsonObject, after as unknown as JsonObject),
    }),
  ),
]

/** Which rule tells the removal of an operation. */
export function removalRule(operation: Operation, wholePath: boolean, policy: NoticePolicy): string {
  const prefix = wholePath ? 'api-path-removed' : 'api-removed'
  const node = operation.spot.node as JsonObject
  if (own(node, 'deprecated') !== true) return `${prefix}-without-deprecation`
  const sunset = own(node, 'x-sunset')
  if (sunset === undefined) return `${prefix}-with-deprecation`
  const date = sunsetDate(sunset)
  if (!date) return 'api-path-sunset-parse'
  return daysUntil(date, policy.today) > 0 ? `${prefix}-before-sunset` : `${prefix}-with-deprecation`
}

/** Names and groups of an operation, which only generated code knows. */
export function checkOperationNames(pair: OperationPair): void {
  const [before, after] = [pair.before.spot.node, pair.after.spot.node]
  const [old, now] = [ownString(before, 'operationId'), ownString(after, 'operationId')]
  if (old !== now) pair.report(old === undefined ? 'api-operation-id-added' : 'api-operation-id-removed', { before: old, after: now })
  const [oldTags, nowTags] = [ownStrings(before, 'tags'), ownStrings(after, 'tags')]
  for (const tag of oldTags) if (!nowTags.includes(tag)) pair.report('api-tag-removed', { before: tag })
  for (const tag of nowTags) if (!oldTags.includes(tag)) pair.report('api-tag-added', { after: tag })
}
