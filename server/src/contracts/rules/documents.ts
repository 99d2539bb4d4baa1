import { movedBase } from '../base-paths.ts'
import { type Contract, childObject, rootSpot } from '../contract.ts'
import type { JsonObject } from '../json.ts'
import { webhookItems } from '../operations.ts'
import { documentExample } from './example.ts'
import type { OperationDetail } from './operation-report.ts'
import type { Level, Rule } from './rule.ts'
import { checkServers } from './servers.ts'

const family = 'documents'
const hook = {
  post: { requestBody: { content: { 'application/json': { schema: { type: 'object' } } } }, responses: { 200: { description: 'Seen' } } },
}

function rule(id: string, level: Level, meaning: string, before: JsonObject, after: JsonObject): Rule {
  return { id, level, direction: 'none', family, meaning, example: documentExample(before, after) }
}

export const documentRules: Rule[] = [
  rule('webhook-added', 'INFO', 'The provider can send a new webhook.', {}, { webhooks: { thingMade: hook } }),
  rule(
    'webhook-removed',
    'ERR',
    'The provider no longer sends a webhook. Whoever waits for it waits in vain.',
    { webhooks: { thingMade: hook } },
    {},
  ),
  rule(
    'callback-removed',
    'ERR',
    'The provider no longer calls back. Whoever waits for it waits in vain.',
    { paths: withCallback(true) },
    { paths: withCallback(false) },
  ),
  rule('callback-added', 'INFO', 'The provider can call back.', { paths: withCallback(false) }, { paths: withCallback(true) }),
  rule(
    'api-schema-removed',
    'INFO',
    'A named schema is gone. Generated clients lose a type; what it means for operations is told there.',
    { components: { schemas: { Thing: { type: 'object' } } } },
    { components: { schemas: {} } },
  ),
]

function withCallback(present: boolean): JsonObject {
  const callbacks = { callbacks: { made: { '{$request.body#/url}': hook } } }
  return { '/things': { post: { responses: { 200: { description: 'Done' } }, ...(present ? callbacks : {}) } } }
}

type Tell = (rule: string, detail: OperationDetail & { component?: string }) => void

/** What is said about the document as a whole. */
export function checkDocument(before: Contract, after: Contract, tell: Tell): void {
  checkWebhooks(before, after, tell)
  checkComponents(before, after, tell)
  checkServers(rootSpot(before), rootSpot(after), tell, movedBase(before, after))
}

function checkWebhooks(before: Contract, after: Contract, tell: Tell): void {
  const [old, now] = [webhookItems(before), webhookItems(after)]
  for (const [name, beforeSpot] of old) if (!now.has(name)) tell('webhook-removed', { component: name, before: name, beforeSpot })
  for (const [name, afterSpot] of now) if (!old.has(name)) tell('webhook-added', { component: name, after: name, afterSpot })
}

function checkComponents(before: Contract, after: Contract, tell: Tell): void {
  const schemas = (contract: Contract) =>
    childObject(contract, childObject(contract, rootSpot(contract), 'components'), 'schemas')?.node ?? {}
  const now = schemas(after) as JsonObject
  for (const name of Object.keys(schemas(before)))
    if (!Object.hasOwn(now, name)) tell('api-schema-removed', { component: name, before: name })
}
