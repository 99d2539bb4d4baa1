import { randomBytes } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import type { RunReport, Stimulus, TestBridge, TestBridgeOptions } from '@bridgekeeper/sdk/testing'
import { type Bridge, openBridge } from '../bridge.ts'
import { type Connection, generateKey, type NewConnection, parseKeyRing, Secret, secretFieldsOf } from '../connections/index.ts'
import type { Database } from '../database/index.ts'
import { createLog, createMetrics } from '../observation/index.ts'
import { createInstance, type Instance, listRuns, type RunSummary, type StageGate } from '../runtime/index.ts'
import type { RunningSandbox } from '../sandbox/index.ts'
import { composeDelivery, ingressServerOptions, webhookSecretFor } from '../webhooks/index.ts'
import { loadWorkspace, type Platform, type Workspace } from '../workspace/index.ts'
import { type Disturbances, disturbedIntegration, type FlowWrite } from './disturbed-integration.ts'
import { effectsOf } from './effects.ts'
import { countMeters, holdSchedules, isScheduleDue, startSchedule } from './queries.ts'
import { borrowSandbox, faultFirstCalls } from './sandboxes.ts'
import { settle } from './settle.ts'
import { createDatabase } from './test-server.ts'

interface Stage {
  platform: Platform
  sandbox: RunningSandbox
  connection: Connection
  giveBack(): void
}

/**
 * Opens the real bridge (ingress, runtime, gateway, connections, on a database of its own) with one instance of the integration and a
 * sandbox for each of its platforms. What is different from production: retries are quick and have no limit, schedules start on demand.
 *
 * The same process may open many, one after the other or at once; PostgreSQL and sandboxes are kept between them.
 */
export async function openTestBridge(options: TestBridgeOptions): Promise<TestBridge> {
  const { workspace } = await loadWorkspace(options.workspace)
  const disturbances: Disturbances = { crashAt: undefined, replayAlways: false }
  const writes: FlowWrite[] = []
  const integration = disturbedIntegration(options.integration, disturbances, writes)
  const { database, drop } = await createDatabase()
  const borrowed = await borrowAll(workspace, options)
  const bridge = await openBridge({
    database,
    workspace,
    integrations: [integration],
    keyRing: parseKeyRing(generateKey(new Date()), 'conformance'),
    log: createLog(process.env.LOG_LEVEL ?? 'silent'),
    metrics: createMetrics(),
    allowedHosts: borrowed.map(({ sandbox }) => new URL(sandbox.url).host),
    runtime: {
      work: true,
      acrossProcesses: false,
      slots: 16,
      pollMs: 20,
      leaseSeconds: 10,
      policy: { maxFailures: 10_000, firstDelayMs: 1, maxDelayMs: 5 },
    },
  })
  const stages: Stage[] = []
  for (const one of borrowed) stages.push({ ...one, connection: await connect(bridge, one.platform, one.sandbox) })
  const instance = await install(bridge, database, options, stages)
  const server = await listen(bridge)
  const secrets = new Map(stages.map(({ platform }) => [platform, webhookSecretFor(platform)]))
  for (const [platform, secret] of secrets)
    await bridge.connections.webhookSecrets.add(`${platform.metadata.name}/${instance.key}`, new Secret(secret))
  const stageOf = (name: string): Stage => {
    const stage = stages.find(({ platform }) => platform.metadata.name === name)
    if (!stage)
      throw new Error(`the integration has no platform ${name}; it has ${stages.map(({ platform }) => platform.metadata.name).join(', ')}`)
    return stage
  }

  return {
    deliver(stimulus) {
      if ('tick' in stimulus) return tick(database, stimulus.tick)
      const { platform } = stageOf(stimulus.platform)
      return send(platform, stimulus, { server, instance, secret: secrets.get(platform)! })
    },
    settle: () =>
      settle(database, bridge.runtime, async () => {
        for (const { connection } of stages) await bridge.connections.resume(connection.id)
      }),
    effects: async () =>
      effectsOf(
        stages.map(({ platform, sandbox }) => ({
          platform: platform.metadata.name,
          requests: sandbox.log.list(),
          records: Object.values(sandbox.state.dump()).flat(),
        })),
        writes,
      ),
    meters: () => countMeters(database),
    runs: async () => (await listRuns(database.executor, {}, { limit: 10_000 })).map(reportOf),
    faultFirstCalls: (fault, calls) => {
      for (const { sandbox, platform } of stages) faultFirstCalls(sandbox, platform, fault, calls)
    },
    crashOnceAt: (point) => {
      disturbances.crashAt = point
    },
    replayAlways: () => {
      disturbances.replayAlways = true
    },
    async replayAll() {
      await bridge.runtime.replayRuns({ all: true }, 'same')
    },
    async expireCredential(name) {
      const { sandbox, connection } = stageOf(name)
      if (connection.authentication.kind !== 'none') sandbox.faults.add({ id: 'expired', kind: 'token-expired' })
    },
    async reconnect(name) {
      const { connection, platform, sandbox } = stageOf(name)
      // The rule refuses the first credential that it meets. Where nothing was called yet, that would be the new one.
      if (sandbox.faults.list().some((fault) => fault.id === 'expired' && fault.hits === 0)) sandbox.faults.remove('expired')
      await bridge.connections.replaceSecrets(connection.id, secretsFor(platform, connection.authentication.kind))
      await untilResumed(database, connection.id)
    },
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      await bridge.stop(2_000)
      for (const { giveBack } of stages) giveBack()
      await drop()
    },
  }
}

async function borrowAll(workspace: Workspace, { integration, seed }: TestBridgeOptions): Promise<Omit<Stage, 'connection'>[]> {
  const borrowed: Omit<Stage, 'connection'>[] = []
  for (const { name } of Object.values(integration.platforms)) {
    const platform = workspace.platforms.get(name)
    if (!platform)
      throw new Error(
        `the workspace ${workspace.root} has no platform ${name}; it has ${[...workspace.platforms.keys()].join(', ') || 'none'}`,
      )
    const records = Object.fromEntries((seed[name] ?? []).map(({ path, record }) => [path, record as Record<string, unknown>]))
    borrowed.push({ platform, ...(await borrowSandbox(workspace, platform, records)) })
  }
  return borrowed
}

function connect(bridge: Bridge, platform: Platform, sandbox: RunningSandbox): Promise<Connection> {
  const { authentication } = platform.spec
  const connection: NewConnection = {
    platform: platform.metadata.name,
    organization: 'conformance',
    customer: 'conformance',
    baseUrl: sandbox.url,
    authentication: authentication.kind === 'header' ? { kind: 'header', header: authentication.header } : authentication,
  }
  return bridge.connections.add(connection, secretsFor(platform, authentication.kind))
}

function secretsFor(platform: Platform, kind: Connection['authentication']['kind']): Record<string, Secret> {
  const { authentication } = platform.spec
  const prefix = authentication.kind === 'header' ? authentication.prefix : ''
  return Object.fromEntries(secretFieldsOf(kind).map((field) => [field, new Secret(`${prefix}${randomBytes(12).toString('hex')}`)]))
}

/** The suite says nothing about the life of a product: its database ends with it. The runtime takes this for an experiment that nobody pays for. */
const untold: StageGate = { admit: async () => ({ stage: 'experimental', declared: 'experimental' }) }

async function install(bridge: Bridge, database: Database, options: TestBridgeOptions, stages: readonly Stage[]): Promise<Instance> {
  const instance = await createInstance(
    { database, integrations: bridge.integrations, gate: untold },
    {
      integration: options.integration.name,
      organization: 'conformance',
      customer: 'conformance',
      name: 'conformance',
      settings: (options.settings ?? {}) as Record<string, unknown>,
      connections: Object.fromEntries(stages.map(({ platform, connection }) => [platform.metadata.name, connection.id])),
      by: 'conformance',
    },
  )
  await holdSchedules(database)
  return instance
}

async function listen(bridge: Bridge): Promise<Server> {
  const server = createServer(ingressServerOptions, (request, response) => {
    if (!bridge.ingress.handle(request, response)) response.writeHead(404).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return server
}

/** @returns id of the delivery */
async function send(
  platform: Platform,
  stimulus: Extract<Stimulus, { event: string }>,
  to: { server: Server; instance: Instance; secret: string },
): Promise<string> {
  const url = `http://127.0.0.1:${(to.server.address() as AddressInfo).port}/webhooks/${platform.metadata.name}/${to.instance.key}`
  const id = stimulus.id ?? randomBytes(12).toString('hex')
  const { headers, body } = composeDelivery(platform, stimulus, id, { url, secret: to.secret })
  const response = await fetch(url, { method: 'POST', headers, body: Buffer.from(body) })
  const text = await response.text()
  const delivery = response.headers.get('bridgekeeper-delivery')
  if (!response.ok || !delivery)
    throw new Error(`${stimulus.event} of ${platform.metadata.name} was answered with ${response.status}: ${text}`)
  return delivery
}

async function tick(database: Database, flow: string): Promise<string> {
  if (!(await startSchedule(database, flow))) throw new Error(`the integration has no flow ${flow} on a schedule`)
  while (await isScheduleDue(database, flow)) await delay(20)
  return `tick ${flow}`
}

/** A reconnected account resumes its runs by itself, a moment later. Those that do not move are for the judgement to see. */
async function untilResumed(database: Database, connection: string): Promise<void> {
  const deadline = Date.now() + 5_000
  const isWaiting = async () =>
    (await listRuns(database.executor, { failureKind: 'credential', connection }, { limit: 1_000 })).some(({ status }) =>
      parkedStates.has(status),
    )
  while (Date.now() < deadline && (await isWaiting())) await delay(20)
}

const endStates: ReadonlySet<string> = new Set(['succeeded', 'skipped', 'discarded'])
const parkedStates: ReadonlySet<string> = new Set(['parked', 'blocked'])

function reportOf({ id, flow, deliveryId, status, failure }: RunSummary): RunReport {
  const state = endStates.has(status) ? 'ended' : parkedStates.has(status) ? 'parked' : 'waiting'
  return { id, flow, origin: deliveryId ?? `tick ${flow}`, state, ...(failure ? { failure } : {}) }
}
