import { readFileSync } from 'node:fs'
import { parse as parseYaml } from 'yaml'
import { errors } from './errors.ts'

// biome-ignore lint/suspicious/noExplicitAny: a JSON Schema is an open object; every reader checks what it reads.
export type Schema = Record<string, any>
// biome-ignore lint/suspicious/noExplicitAny: so is the rest of an OpenAPI document.
type Node = Record<string, any>

export const methods = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'] as const
export type Method = (typeof methods)[number]

export interface Parameter {
  name: string
  in: 'path' | 'query' | 'header' | 'cookie'
  required: boolean
  schema: Schema
  style?: string
  explode?: boolean
  example?: unknown
}

export interface Content {
  mediaType: string
  schema: Schema
  /** Vendor's examples in the order of the document. */
  examples: unknown[]
}

export interface Answer {
  status: number
  content: Content[]
  headers: Record<string, Node>
}

/** One operation of the contract. Getters read the document on first use: the largest contracts have a thousand of them. */
export interface Operation {
  /** `operationId`, or `METHOD /path` where the contract gives none. */
  readonly id: string
  readonly method: Method
  readonly path: string
  readonly parameters: Parameter[]
  readonly body: { required: boolean; content: Content[] } | undefined
  /** All declared answers with a numeric status; `2XX` counts as 200 and `default` as nothing. */
  readonly answers: Answer[]
  /** Alternatives; each is a map of scheme name to scopes. Empty: no authentication. */
  readonly security: Record<string, string[]>[]
  /** What the platform sends to an address that the call names. */
  readonly callbacks: Callback[]
}

export interface WebhookOperation {
  name: string
  parameters: Parameter[]
  body: Content | undefined
}

export interface Callback extends WebhookOperation {
  /** Its address as a runtime expression: `{$request.body#/callbackUrl}`. */
  expression: string
}

export interface Contract {
  title: string
  version: string
  dialect: '3.0' | '3.1'
  document: Node
  /** First server without a slash at its end; `https://sandbox.invalid` where none has a host. */
  serverUrl: string
  operations: Operation[]
  webhooks: WebhookOperation[]
  securitySchemes: Record<string, Node>
  /** Follows `$ref` until something else stands there. */
  resolve<T extends Node>(node: T): T
}

/**
 * Reads an OpenAPI document.
 *
 * @param source a parsed document, its text, or the path of a file (JSON or YAML)
 * @throws sandbox.contract_unreadable, sandbox.contract_version_unsupported
 */
export function readContract(source: string | object): Contract {
  const document = typeof source === 'string' ? parseDocument(source) : (source as Node)
  const version = String(document.openapi ?? (document.swagger ? `Swagger ${document.swagger}` : 'no `openapi` field'))
  if (!/^3\.[012](\.|$)/.test(version)) throw errors.contract_version_unsupported({ found: version })
  const resolve = referenceResolver(document)
  return {
    title: document.info?.title ?? 'untitled',
    version: String(document.info?.version ?? '0'),
    dialect: version.startsWith('3.0') ? '3.0' : '3.1',
    document,
    serverUrl: serverUrlOf(document),
    operations: readOperations(document, resolve),
    webhooks: readWebhooks(document, resolve),
    securitySchemes: document.components?.securitySchemes ?? {},
    resolve,
  }
}

function parseDocument(source: string): Node {
  const isText = source.includes('\n') || source.trimStart().startsWith('{')
  const shown = isText ? 'passed as text' : source
  try {
    const text = isText ? source : readFileSync(source, 'utf8')
    // JSON.parse reads the 13 MB of GitHub in 0.2 s, the YAML parser would need a minute.
    const document = text.trimStart().startsWith('{') ? JSON.parse(text) : parseYaml(text, { maxAliasCount: -1 })
    if (document === null || typeof document !== 'object') throw new Error('it holds no object')
    return document
  } catch (cause) {
    throw errors.contract_unreadable({ source: shown, reason: (cause as Error).message.split('\n')[0]! }, cause)
  }
}

function referenceResolver(document: Node): Contract['resolve'] {
  return (node) => {
    let found = node
    for (let hops = 0; typeof found?.$ref === 'string'; hops++) {
      if (hops > 50) throw errors.reference_unresolved({ reference: found.$ref })
      found = atPointer(document, found.$ref) as typeof node
    }
    return found
  }
}

/** What stands at a local reference such as `#/components/schemas/Ticket`. @throws sandbox.reference_unresolved */
export function atPointer(document: Node, reference: string): unknown {
  let found: unknown = reference.startsWith('#') ? document : undefined
  for (const part of reference.split('/').slice(1)) {
    found = (found as Node | undefined)?.[decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~')]
  }
  if (found === undefined) throw errors.reference_unresolved({ reference })
  return found
}

function serverUrlOf(document: Node): string {
  const server = document.servers?.[0]
  const url = String(server?.url ?? '').replace(/\{([^}]+)\}/g, (_, name) => server.variables?.[name]?.default ?? name)
  return (/^https?:\/\//.test(url) ? url : `https://sandbox.invalid${url}`).replace(/\/+$/, '')
}

function readOperations(document: Node, resolve: Contract['resolve']): Operation[] {
  return Object.entries(document.paths ?? {}).flatMap(([path, item]) => {
    const pathItem = resolve(item as Node)
    return methods.filter((method) => pathItem[method]).map((method) => readOperation(document, path, method, pathItem, resolve))
  })
}

function readOperation(document: Node, path: string, method: Method, pathItem: Node, resolve: Contract['resolve']): Operation {
  const node = pathItem[method] as Node
  const parameters = lazy(() => readParameters([...(pathItem.parameters ?? []), ...(node.parameters ?? [])], resolve))
  const body = lazy(() => {
    if (!node.requestBody) return undefined
    const found = resolve(node.requestBody as Node)
    return { required: found.required === true, content: readContent(found.content, resolve) }
  })
  const answers = lazy(() => readAnswers(node.responses ?? {}, resolve))
  const callbacks = lazy(() => readCallbacks(node.callbacks ?? {}, resolve))
  return {
    id: node.operationId ?? `${method.toUpperCase()} ${path}`,
    method,
    path,
    security: node.security ?? document.security ?? [],
    get parameters() {
      return parameters()
    },
    get body() {
      return body()
    },
    get answers() {
      return answers()
    },
    get callbacks() {
      return callbacks()
    },
  }
}

function lazy<T>(make: () => T): () => T {
  let made: { value: T } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}

/** A parameter of the operation replaces one of the path with the same name and place. */
function readParameters(nodes: Node[], resolve: Contract['resolve']): Parameter[] {
  const byPlace = new Map<string, Parameter>()
  for (const node of nodes) {
    const found = resolve(node)
    const schema = found.schema ?? (Object.values(found.content ?? {})[0] as Node)?.schema ?? {}
    byPlace.set(`${found.in} ${found.name}`, { ...found, required: found.required === true, schema } as Parameter)
  }
  return [...byPlace.values()]
}

function readContent(content: Node | undefined, resolve: Contract['resolve']): Content[] {
  return Object.entries(content ?? {}).map(([mediaType, node]) => ({
    mediaType,
    schema: node.schema ?? {},
    examples: [
      ...('example' in node ? [node.example] : []),
      ...Object.values(node.examples ?? {}).map((example) => resolve(example as Node)?.value),
    ],
  }))
}

function readAnswers(responses: Node, resolve: Contract['resolve']): Answer[] {
  return Object.entries(responses).flatMap(([code, node]) => {
    const status = /^[1-5]XX$/i.test(code) ? Number(code[0]) * 100 : Number(code)
    if (!Number.isInteger(status)) return []
    const found = resolve(node as Node)
    return [{ status, content: readContent(found.content, resolve), headers: found.headers ?? {} }]
  })
}

/** 3.1 has `webhooks`; GitHub and others write `x-webhooks` in 3.0 with the same shape. */
function readWebhooks(document: Node, resolve: Contract['resolve']): WebhookOperation[] {
  return Object.entries({ ...document['x-webhooks'], ...document.webhooks }).flatMap(([name, item]) =>
    readSent(name, resolve(item as Node), resolve),
  )
}

function readCallbacks(callbacks: Node, resolve: Contract['resolve']): Callback[] {
  return Object.entries(callbacks).flatMap(([name, callback]) =>
    Object.entries(resolve(callback as Node)).flatMap(([expression, item]) =>
      expression.startsWith('x-') ? [] : readSent(name, resolve(item as Node), resolve).map((sent) => ({ ...sent, expression })),
    ),
  )
}

/** What a platform sends by itself. */
function readSent(name: string, pathItem: Node, resolve: Contract['resolve']): WebhookOperation[] {
  const node = pathItem.post ?? pathItem.put
  if (!node) return []
  const content = node.requestBody ? readContent(resolve(node.requestBody as Node).content, resolve) : []
  return [
    { name, parameters: readParameters([...(pathItem.parameters ?? []), ...(node.parameters ?? [])], resolve), body: jsonOf(content) },
  ]
}

/** The first JSON representation, whatever its exact name. */
export function jsonOf(content: Content[]): Content | undefined {
  return content.find((each) => isJson(each.mediaType))
}

/** `application/json`, `application/problem+json; charset=utf-8`, and the wildcard that allows it. */
export function isJson(mediaType: string): boolean {
  return /^(\*\/\*|application\/\*|[^;]*[/+]json)\s*(;|$)/i.test(mediaType)
}
