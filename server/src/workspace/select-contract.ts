import { defineErrors } from '../errors/index.ts'
import { nearest } from './nearest.ts'

const named = (found: string | undefined) => (found ? `Did you mean ${found}? ` : '')

export const errors = defineErrors('types', {
  operation_unknown: {
    status: 422,
    retry: false,
    message: (v: { platform: string; operation: string; nearest?: string | undefined }) =>
      `the contract of platform ${v.platform} has no operation ${v.operation}`,
    fix: (v) => `${named(v.nearest)}Write METHOD /path as the contract has it into spec.contract.operations.`,
  },
  webhook_unknown: {
    status: 422,
    retry: false,
    message: (v: { platform: string; webhook: string; nearest?: string | undefined }) =>
      `the contract of platform ${v.platform} has no webhook ${v.webhook}`,
    fix: (v) => `${named(v.nearest)}Write the event's name as it is sent into spec.contract.webhooks.`,
  },
  platform_unknown: {
    status: 404,
    retry: false,
    message: (v: { platform: string; known: string; nearest?: string | undefined }) =>
      `there is no platform ${v.platform} in this workspace; it has ${v.known}`,
    fix: (v) => `${named(v.nearest)}Use the metadata.name of one of its Platform files.`,
  },
  contract_missing: {
    status: 422,
    retry: false,
    message: (v: { platform: string }) => `platform ${v.platform} names no contract, so there is nothing to make types from`,
    fix: 'Add spec.contract.file with the path of its OpenAPI document.',
  },
  contract_unreadable: {
    status: 422,
    retry: false,
    message: (v: { platform: string; file: string; reason: string }) =>
      `the contract of platform ${v.platform} (${v.file}) can't be read as an OpenAPI 3 document: ${v.reason}`,
    fix: 'Name an OpenAPI 3.0 or 3.1 document in JSON or YAML in spec.contract.file. Convert a Swagger 2 document first.',
  },
  reference_broken: {
    status: 422,
    retry: false,
    message: (v: { platform: string; reference: string }) =>
      `the contract of platform ${v.platform} refers to ${v.reference}, which it does not hold`,
    fix: 'References to other files are not followed: bundle the document into one file first, or mend the reference.',
  },
})

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json }
export type JsonObject = { [key: string]: Json }

/** What is taken of a contract. Left out: all of it. */
export interface Selection {
  platform: string
  /** `METHOD /path` */
  operations?: readonly string[] | undefined
  /** Event names as they are sent. */
  webhooks?: readonly string[] | undefined
}

const methods = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace']

const isObject = (value: Json | undefined): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value)
const objectAt = (parent: JsonObject, key: string): JsonObject => (isObject(parent[key]) ? parent[key] : {})

/**
 * The part of a contract that types are made from: the chosen operations with their 2xx answers, the chosen webhooks under the names
 * they are sent with, and everything these refer to. Prose that types do not need is left out.
 *
 * @throws types.operation_unknown, types.webhook_unknown, types.reference_broken
 */
export function selectContract(document: JsonObject, selection: Selection): JsonObject {
  const paths = selectPaths(objectAt(document, 'paths'), selection)
  const webhooks = selectWebhooks(webhooksByEvent(document), selection)
  const components = referenced(document, [paths, webhooks], selection.platform)
  return { openapi: '3.1.0', info: objectAt(document, 'info'), paths, webhooks, components }
}

/**
 * All webhooks of a contract by the event name that is sent.
 * OpenAPI 3.1 has them in `webhooks` under that name. GitHub has them in `x-webhooks`, where `issue-comment/created` is the operation id
 * of what `X-GitHub-Event: issue_comment` and `action: created` send: `issue_comment.created`.
 */
export function webhooksByEvent(document: JsonObject): JsonObject {
  const found: JsonObject = {}
  for (const [key, item] of Object.entries({ ...objectAt(document, 'x-webhooks'), ...objectAt(document, 'webhooks') })) {
    if (!isObject(item)) continue
    const operation = Object.values(item).find((value) => isObject(value) && 'operationId' in value) as JsonObject | undefined
    const dialect = key in objectAt(document, 'x-webhooks') && typeof operation?.operationId === 'string'
    found[dialect ? String(operation.operationId).replace('/', '.').replaceAll('-', '_') : key] = item
  }
  return found
}

function selectPaths(paths: JsonObject, { platform, operations }: Selection): JsonObject {
  const all = Object.entries(paths).flatMap(([path, item]) =>
    methods.filter((method) => isObject(item) && method in item).map((method) => `${method.toUpperCase()} ${path}`),
  )
  const selected: JsonObject = {}
  for (const operation of operations ?? all) {
    if (!all.includes(operation)) throw errors.operation_unknown({ platform, operation, nearest: nearest(operation, all) })
    const [method = '', path = ''] = operation.split(' ')
    const { parameters, [method.toLowerCase()]: found } = paths[path] as JsonObject
    selected[path] = {
      ...objectAt(selected, path),
      ...(parameters ? { parameters: trim(parameters) } : {}),
      [method.toLowerCase()]: trimOperation(found as JsonObject),
    }
  }
  return selected
}

function selectWebhooks(all: JsonObject, { platform, webhooks }: Selection): JsonObject {
  const selected: JsonObject = {}
  for (const webhook of webhooks ?? Object.keys(all)) {
    const item = all[webhook]
    if (!isObject(item)) throw errors.webhook_unknown({ platform, webhook, nearest: nearest(webhook, Object.keys(all)) })
    const [[method, operation] = []] = Object.entries(item).filter(([key]) => methods.includes(key))
    const { requestBody } = trimOperation(isObject(operation) ? operation : {})
    if (method) selected[webhook] = { [method]: { ...(requestBody ? { requestBody } : {}), responses: {} } }
  }
  return selected
}

function trimOperation({ summary, parameters, requestBody, responses }: JsonObject): JsonObject {
  const succeeding = Object.entries(isObject(responses) ? responses : {}).filter(([status]) => /^2|^default$/i.test(status))
  const answers = succeeding.some(([status]) => status !== 'default') ? succeeding.filter(([status]) => status !== 'default') : succeeding
  return {
    ...(summary ? { summary } : {}),
    ...(parameters ? { parameters: trim(parameters) } : {}),
    ...(requestBody ? { requestBody: trimContent(requestBody) } : {}),
    responses: Object.fromEntries(answers.map(([status, answer]) => [status, trimContent(answer)])),
  }
}

/** Of several media types JSON is what clients send and read; without any JSON, all are kept. Headers and links make no types. */
function trimContent(part: Json): Json {
  if (!isObject(part) || !('content' in part || 'headers' in part)) return trim(part)
  const { headers: _headers, links: _links, content, ...rest } = part
  if (!isObject(content)) return trim(rest)
  const media = Object.entries(content)
  const json = media.filter(([type]) => /^application\/(.+\+)?json/.test(type))
  return trim({ ...rest, content: Object.fromEntries(json.length > 0 ? json.slice(0, 1) : media) })
}

const proseKeys = new Set(['description', 'title', 'example', 'examples', 'externalDocs', 'summary', 'default', 'format'])
/** Below these keys stand names that the author of the contract chose, which may be spelled like keywords. */
const nameKeys = new Set([
  'properties',
  'patternProperties',
  '$defs',
  'definitions',
  'schemas',
  'parameters',
  'responses',
  'requestBodies',
  'content',
  'mapping',
])
/** Below these keys stand values, not schemas. */
const valueKeys = new Set(['enum', 'const', 'required'])

function trim(value: Json, namesBelow = false): Json {
  if (Array.isArray(value)) return value.map((item) => trim(item))
  if (!isObject(value)) return value
  const kept = Object.entries(value).filter(([key]) => namesBelow || !(proseKeys.has(key) || key.startsWith('x-')))
  const brief =
    !namesBelow && typeof value.description === 'string' && !('$ref' in value) ? { description: firstSentence(value.description) } : {}
  return {
    ...brief,
    ...Object.fromEntries(
      kept.map(([key, child]) => [key, valueKeys.has(key) && !namesBelow ? child : trim(child, !namesBelow && nameKeys.has(key))]),
    ),
  }
}

/** Markdown links lose their targets; a sentence over 120 characters is cut at a word. */
function firstSentence(prose: string): string {
  const plain = prose
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/\s+/g, ' ')
    .replaceAll('*/', '')
    .trim()
  const sentence = /^.*?[.!?](?= |$)/.exec(plain)?.[0] ?? plain
  return sentence.length <= 120 ? sentence : `${sentence.slice(0, 120).replace(/\s+\S*$/, '')} …`
}

/** The components that something refers to, and those that these refer to, in the order of the document. */
function referenced(document: JsonObject, roots: Json[], platform: string): JsonObject {
  const reached = new Map<string, Json>()
  const follow = (value: Json): void => {
    if (Array.isArray(value)) {
      for (const item of value) follow(item)
      return
    }
    if (!isObject(value)) return
    for (const child of Object.values(value)) follow(child)
    if (typeof value.$ref !== 'string' || reached.has(value.$ref)) return
    const target = trimContent(resolve(document, value.$ref, platform))
    reached.set(value.$ref, target)
    follow(target)
  }
  for (const root of roots) follow(root)
  const components: JsonObject = {}
  for (const [reference, target] of [...reached].sort(([left], [right]) => (left < right ? -1 : 1))) {
    const [, , section = '', name = ''] = reference.split('/')
    components[section] = { ...objectAt(components, section), [unescapePointer(name)]: target }
  }
  return components
}

const unescapePointer = (token: string) => decodeURIComponent(token).replaceAll('~1', '/').replaceAll('~0', '~')

function resolve(document: JsonObject, reference: string, platform: string): Json {
  const tokens = reference.split('/').slice(1).map(unescapePointer)
  const inComponents = reference.startsWith('#/components/') && tokens.length === 3
  const target = inComponents ? objectAt(objectAt(document, 'components'), tokens[1] as string)[tokens[2] as string] : undefined
  if (target === undefined) throw errors.reference_broken({ platform, reference })
  return target
}
