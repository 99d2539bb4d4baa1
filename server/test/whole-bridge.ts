import { createHmac } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Integration } from '@bridgekeeper/sdk'
import { sql } from 'kysely'
import { type Bridge, type BridgeOptions, openBridge } from '../src/bridge.ts'
import { parseKeyRing, Secret } from '../src/connections/index.ts'
import { type Database, uuidv7 } from '../src/database/index.ts'
import { createLog, createMetrics } from '../src/observation/index.ts'
import { createInstance, type Instance, type RuntimeOptions, type StageGate } from '../src/runtime/index.ts'
import { ingressServerOptions } from '../src/webhooks/index.ts'
import { loadWorkspace } from '../src/workspace/index.ts'
import type { PartnerServer } from './partner-server.ts'

export const webhookSecret = 'whole-bridge-webhook-secret'
/** The same in every process of a test. */
export const testKeys = `k20260101-test:${Buffer.alloc(32, 7).toString('base64')}`

export interface WholeBridge extends Bridge {
  url: string
  database: Database
  /** Its integrations have code and no product facts: to the gates they are experiments. */
  gate: StageGate
  /** @param graceMs for the runs that are in the middle of something */
  close(graceMs?: number): Promise<void>
}

/** A real bridge around a real HTTP server; whoever calls it brings database and partner, and may start several on the same ones. */
export async function startWholeBridge(parts: {
  database: Database
  partner: PartnerServer
  integrations: readonly Integration[]
  runtime?: Partial<RuntimeOptions>
  circuit?: BridgeOptions['circuit']
  port?: number
  /** Its folder. */
  workspace?: string
}): Promise<WholeBridge> {
  const { workspace, problems } = await loadWorkspace(parts.workspace ?? join(import.meta.dirname, 'workspace'))
  if (problems.length > 0) throw new Error(problems.map((problem) => problem.message).join('\n'))
  const log = createLog(process.env.LOG_LEVEL ?? 'silent')
  const metrics = createMetrics()
  const bridge = await openBridge({
    database: parts.database,
    workspace,
    integrations: parts.integrations,
    keyRing: parseKeyRing(testKeys, 'test'),
    log,
    metrics,
    allowedHosts: [parts.partner.host],
    ...(parts.circuit ? { circuit: parts.circuit } : {}),
    runtime: {
      work: true,
      acrossProcesses: false,
      slots: 32,
      pollMs: 50,
      leaseSeconds: 10,
      policy: { maxFailures: 4, firstDelayMs: 20, maxDelayMs: 100 },
      ...parts.runtime,
    },
  })
  const server = createServer(ingressServerOptions, (request, response) => {
    if (!bridge.ingress.handle(request, response)) response.writeHead(404).end()
  })
  await new Promise<void>((resolve) => server.listen(parts.port ?? 0, '127.0.0.1', resolve))
  return {
    ...bridge,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    database: parts.database,
    gate: { admit: async () => ({ stage: 'experimental', declared: 'experimental' }) },
    async close(graceMs = 3_000) {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      await bridge.stop(graceMs)
    },
  }
}

/** Lets schedules come each second, from now on: an author may write none below a minute, and a test does not wait so long. */
export async function tickEachSecond({ executor }: Pick<Database, 'executor'>): Promise<void> {
  await sql`update flow_schedule set rule = 'PT1S', next_at = now()`.execute(executor)
}

/** One instance with a connection to the partner and the account by which the shop's webhooks find it. */
export async function installInstance(
  bridge: WholeBridge,
  partner: PartnerServer,
  integration: string,
  account: string,
  more: { settings?: Record<string, unknown>; mappings?: Record<string, string> } = {},
): Promise<Instance> {
  if ((await bridge.connections.webhookSecrets.list('shop')).length === 0)
    await bridge.connections.webhookSecrets.add('shop', new Secret(webhookSecret))
  const connection = await bridge.connections.add(
    { platform: 'crm', organization: 'acme', customer: account, baseUrl: partner.url, authentication: { kind: 'bearer' } },
    { token: new Secret(`token-of-${account}`) },
  )
  return createInstance(bridge, {
    integration,
    organization: 'acme',
    customer: account,
    name: 'main',
    connections: { crm: connection.id, shop: connection.id },
    accounts: { shop: [account] },
    by: 'test',
    ...more,
  })
}

export interface Sent {
  status: number
  delivery: string
  retryAfter: string | null
}

/** Posts a signed webhook as the shop would. */
export async function send(url: string, event: string, payload: Record<string, unknown>, id = uuidv7()): Promise<Sent> {
  const body = JSON.stringify(payload)
  const signature = createHmac('sha256', webhookSecret).update(body).digest('hex')
  const response = await fetch(`${url}/webhooks/shop`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-event': event, 'x-delivery': id, 'x-hub-signature-256': `sha256=${signature}` },
    body,
  })
  await response.arrayBuffer()
  const { status, headers } = response
  return { status, delivery: headers.get('bridgekeeper-delivery') ?? '', retryAfter: headers.get('retry-after') }
}

/** Waits until nothing is left that goes on by itself. @throws after `timeoutMs` with what is left */
export async function untilIdle(database: Database, timeoutMs = 20_000): Promise<void> {
  const deadline = Date.now() + timeoutMs
  for (;;) {
    const { rows } = await sql<{ runs: number; routes: number }>`
      select (select count(*)::int from run where state in ('queued', 'waiting') and not exists (select 1 from run b where b.lane = run.lane and b.state = 'blocked')) as runs,
        (select count(*)::int from delivery_batch) as routes`.execute(database.executor)
    const { runs, routes } = rows[0]!
    if (runs === 0 && routes === 0) return
    if (Date.now() > deadline) {
      const left =
        await sql`select run.id, flow, run.state, wait_reason, attempt, failures, failure, due_at, job.state as job, job.heartbeat_on, job.start_after, now()
        from run left join pgboss.job on job.name = 'run' and job.id = run.job_id order by run.state = 'waiting', run.id limit 5`.execute(
          database.executor,
        )
      throw new Error(`${runs} runs and ${routes} batches are not finished: ${JSON.stringify(left.rows)}`)
    }
    await delay(20)
  }
}

/** Everything that must hold whatever went wrong before. */
export async function auditBridge(database: Database): Promise<{ duplicateMeters: number; stuck: number }> {
  const { rows } = await sql<{ duplicateMeters: number; stuck: number }>`
    select
      (select count(*)::int from (select meter, e.instance_id, origin_id, flow from meter_event e join (select id as run, origin_id from finished_run union all select id, origin_id from run) r on r.run = e.run_id
        group by 1, 2, 3, 4, e.id having count(*) > 1) as twice) as "duplicateMeters",
      (select count(*)::int from run where state = 'queued' and not exists (select 1 from pgboss.job where job.name = 'run' and job.id = run.job_id)
        or state = 'waiting' and not exists (select 1 from run e where e.lane = run.lane and e.state in ('queued', 'blocked'))) as stuck`.execute(
    database.executor,
  )
  return rows[0]!
}
