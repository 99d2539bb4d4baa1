import { createHmac } from 'node:crypto'
import { join } from 'node:path'
import { addApiKey, type Scope } from '../src/identity/index.ts'
import { createLog, createMetrics, type Metrics } from '../src/observation/index.ts'
import { type RunningServer, roles, type ServerOptions, startServer } from '../src/server.ts'
import { loadWorkspace } from '../src/workspace/index.ts'
import { documentedAnswers } from './documented-answers.ts'
import type { TestDatabase } from './test-database.ts'
import type { TestPartner } from './test-partner.ts'
import { testKeys } from './whole-bridge.ts'

export interface TenantServer extends RunningServer {
  metrics: Metrics
  /** Lines of the log, at level trace. */
  lines: string[]
}

/** The whole program on one port, as `bridgekeeper start` runs it, for two pairs of companies. The partner stands for both destinations. */
export async function startTenantServer(
  database: TestDatabase,
  partner: TestPartner,
  more: Partial<ServerOptions> = {},
): Promise<TenantServer> {
  const { workspace, problems } = await loadWorkspace(join(import.meta.dirname, 'two-tenants'))
  if (problems.length > 0) throw new Error(problems.map((problem) => problem.message).join('\n'))
  const lines: string[] = []
  const metrics = createMetrics()
  const server = await startServer({
    workspace,
    databaseUrl: database.url,
    keyRing: { keys: testKeys },
    roles,
    acrossProcesses: false,
    host: '127.0.0.1',
    port: 0,
    log: createLog('trace', { write: (line: string) => void lines.push(line) }),
    metrics,
    allowedHosts: [partner.host],
    baseUrls: { crm: partner.url, erp: partner.url },
    ...more,
  })
  return { ...server, metrics, lines }
}

export interface KeyOwner {
  organization?: string
  customer?: string
}

export async function makeKey(server: RunningServer, scopes: readonly Scope[], { organization, customer }: KeyOwner = {}): Promise<string> {
  const name = [organization ?? 'operator', customer, ...scopes].filter(Boolean).join(' ')
  const key = { name, organization: organization ?? null, customer: customer ?? null, scopes, createdBy: 'test' }
  return (await addApiKey(server.database.executor, key)).secret
}

export interface Answer {
  status: number
  type: string
  text: string
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape.
  json: any
}

/** One request to the API; its answer must be as the API's document says. A string as body is sent as it is. */
export async function ask(
  server: { url: string },
  key: string | undefined,
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const response = await fetch(`${server.url}/api${path}`, {
    method,
    headers: {
      ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  const text = await response.text()
  const type = response.headers.get('content-type')?.split(';')[0] ?? ''
  const answer = { status: response.status, type, text, json: /json$/.test(type) && text ? JSON.parse(text) : undefined }
  const holds = await documentedAnswers(server)
  holds({ method, path, location: response.headers.get('location'), ...answer })
  return answer
}

/** Installs `shop-crm` for acme's customer umbrella, whose webhooks are signed with `secret`. @param key of the operator */
export async function installUmbrella(server: { url: string }, key: string, secret: string): Promise<void> {
  const owner = { organization: 'acme', customer: 'umbrella', name: 'main' }
  const post = async (path: string, body: unknown) => {
    const answer = await ask(server, key, 'POST', path, body)
    if (answer.status >= 300) throw new Error(`${path}: ${answer.text}`)
    return answer.json
  }
  const connection = await post('/connections', { ...owner, platform: 'crm', secrets: { token: 'a token' } })
  const accounts = { shop: ['umbrella'] }
  await post('/instances', { ...owner, integration: 'shop-crm', connections: { crm: connection.id }, accounts })
  await post('/webhook-sources/shop/secrets', { secret })
}

/** Posts a webhook signed as GitHub signs. */
export async function sendWebhook(
  server: { url: string },
  source: string,
  secret: string,
  payload: object,
  headers: Record<string, string> = {},
): Promise<{ status: number; delivery: string }> {
  const body = JSON.stringify(payload)
  const signature = `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`
  const response = await fetch(`${server.url}/webhooks/${source}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-event': 'order.created',
      'x-delivery': crypto.randomUUID(),
      'x-hub-signature-256': signature,
      ...headers,
    },
    body,
  })
  await response.arrayBuffer()
  return { status: response.status, delivery: response.headers.get('bridgekeeper-delivery') ?? '' }
}
