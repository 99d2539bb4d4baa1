import type { Integration } from '@bridgekeeper/sdk'
import { type Connection, type Connections, createConnections, type KeyRing, startPolling } from './connections/index.ts'
import {
  createContractShelf,
  createDriftRecorder,
  createRegistry,
  createSources,
  createUsageRecorder,
  currentContracts,
  type DriftRecorder,
  harvestHeaders,
  listedValues,
  noticeChange,
  noticeFirst,
  type Registry,
  reachOf,
  type Sources,
  type UsageRecorder,
} from './contracts/index.ts'
import type { Database } from './database/index.ts'
import { type CircuitPolicy, createGateway, type Gateway, type GatewayPlatform, gatewayPlatformOf, type Observer } from './gateway/index.ts'
import type { Log, Metrics } from './observation/index.ts'
import {
  connectedInstances,
  countWaiting,
  createIntegrations,
  type Integrations,
  listAwaitedConnections,
  listWaitedFor,
  type Runtime,
  type RuntimeOptions,
  startRuntime,
} from './runtime/index.ts'
import {
  createDeliveryStore,
  createIngress,
  createRecentDeliveries,
  ensureDeliveryPartitions,
  type Ingress,
  type WebhookSource,
  webhookSourceOf,
} from './webhooks/index.ts'
import type { Workspace } from './workspace/index.ts'

export interface BridgeOptions {
  database: Database
  workspace: Workspace
  integrations: readonly Integration[]
  keyRing: KeyRing
  log: Log
  metrics: Metrics
  runtime: RuntimeOptions
  /** Besides those of the workspace file: hosts of sandboxes. */
  allowedHosts?: readonly string[]
  /** Platform → base URL that stands in for the platform's own: sandboxes. */
  baseUrls?: Readonly<Record<string, string>>
  observers?: readonly Observer[]
  /** When circuits open and how long they stay so; default: {@link CIRCUIT_POLICY}. */
  circuit?: Partial<CircuitPolicy>
  /** off: neither usage nor drift nor recordings are learned from traffic; to measure what learning costs. Default on. */
  learning?: 'on' | 'off'
}

/** The middleware of one process: what comes in, what is done about it, what goes out. */
export interface Bridge {
  connections: Connections
  gateway: Gateway
  integrations: Integrations
  ingress: Ingress
  runtime: Runtime
  usage: UsageRecorder
  drift: DriftRecorder
  registry: Registry
  sources: Sources
  source(name: string): WebhookSource | undefined
  /**
   * What waits under a connection goes on once `end` has ended a pause or entered a credential.
   * @returns how many runs waited for it
   */
  goOn(connectionId: string, end: () => Promise<void>): Promise<number>
  /** Refuses new deliveries, lets running work end, closes all but the database. */
  stop(graceMs?: number): Promise<void>
}

const drainEveryMs = 30_000
/** Only what the events of another process have missed waits for it. */
const releaseEveryMs = 2_000

/** Joins ingress, runtime, gateway and connections; where a lower one tells a higher one something, the function is handed over here. */
export async function openBridge(options: BridgeOptions): Promise<Bridge> {
  const { database, log, metrics } = options
  const learns = options.learning !== 'off'
  await ensureDeliveryPartitions(database, new Date())
  const integrations = createIntegrations(options.integrations)
  const connections = createConnections({
    database,
    keyRing: options.keyRing,
    onPollError: (err) => log.warn({ err }, 'connections could not be read again'),
  })
  const baseUrls = options.baseUrls ?? {}
  const { workspace } = options
  const view = viewOf(workspace, connections, baseUrls)
  const redact = (platform: string): readonly string[] => workspace.platforms.get(platform)?.spec.redact ?? []
  const contractOf = currentContracts(database, (platform) => contractFileOf(workspace, platform))
  const shelf = createContractShelf()
  const usage = createUsageRecorder({
    database,
    enumerated: listedValues({ contractOf, shelf, onProblem: (err) => log.warn({ err }, 'a contract could not be read for usage') }),
    redact,
    onProblem: (err) => log.warn({ err }, 'usage could not be stored and waits'),
  })
  const drift = createDriftRecorder({
    database,
    contractOf,
    redact,
    onSample: (outcome) => metrics.driftSamples.inc({ outcome }),
    onProblem: (err) => log.warn({ err }, 'answers could not be held against their contract'),
  })
  const headers = harvestHeaders({
    database,
    onProblem: (err) => log.warn({ err }, 'an announcement in a header could not be stored'),
  })
  const registry = createRegistry({
    database,
    shelf,
    onFirst: async (tx, version, contract) => void (await noticeFirst(tx, version.platform, contract, version.publishedAt!, version)),
    prepare: (platform, change, at) => reachOf(database.executor, { workspace, clients: connectedInstances }, platform, change, at),
    onPublished: async (tx, version, change, reach) =>
      void (await noticeChange(tx, version.platform, change, version.publishedAt!, { reach, version })),
  })
  const allowedHosts = [...options.workspace.settings.spec.outbound.allowPrivateHosts, ...(options.allowedHosts ?? [])]
  const sources = createSources({
    database,
    registry,
    allowedHosts,
    onPolled: (platform, { outcome, reason }) => log.info({ platform, outcome, reason }, 'read the contract of a platform'),
    onProblem: (platform, err) => log.warn({ err, platform }, 'the contract of a platform could not be read; trying again later'),
  })
  // The gateway tells of circuits before there is a runtime that could let go on what waits for them.
  let releaseNow = (): void => {}
  const gateway = createGateway({
    database,
    connections,
    platform: (name) => view.platforms.get(name),
    log,
    metrics,
    observers: [...(learns ? [usage.observer, drift.observer] : []), headers.observer, ...(options.observers ?? [])],
    allowedHosts,
    ...(options.circuit ? { circuit: options.circuit } : {}),
    onCircuitChange: (_, state) => state === 'closed' && releaseNow(),
    onOpening: () => releaseNow(),
  })
  const source = (name: string) => view.sources.get(name)
  const recent = createRecentDeliveries()
  const runtime = await startRuntime(
    {
      database,
      integrations,
      deliveries: createDeliveryStore(database, source, recent),
      send: (call, { execution, connectionId, step, idempotencyKey }) =>
        gateway.call({ ...call, connectionId, idempotencyKey, run: execution.run, stepName: step }),
      ...(learns ? { watch: usage.begin } : {}),
      onRouted: ({ platform, event, payload }, instanceIds) => {
        if (learns && event !== null) drift.delivery(platform, event, payload, instanceIds)
      },
      metrics,
      log,
    },
    options.runtime,
  )
  const draining = startPolling(
    drainEveryMs,
    (err) => log.warn({ err }, 'runs of reconnected accounts could not be resumed'),
    () => drainReconnected(database, connections, runtime),
  )
  const releasing = options.runtime.work
    ? startPolling(
        releaseEveryMs,
        (err) => log.warn({ err }, 'runs whose wait is over could not be released'),
        () => releaseWaiting(database, gateway, runtime),
      )
    : undefined
  releaseNow = () => void releasing?.now()
  connections.onChange((connection, previous) => {
    releaseNow()
    if (connection.state === 'healthy' && previous?.state !== 'healthy') void draining.now().catch(() => {})
  })
  const ingress = createIngress({
    database,
    source,
    onAccepted: (tx, deliveries) =>
      runtime.onAccepted(
        tx,
        deliveries.map((delivery) => delivery.id),
      ),
    onCommitted: () => runtime.accepted(),
    recent,
    metrics,
    log,
    publicOrigin: options.workspace.settings.spec.publicUrl,
  })
  return {
    connections,
    gateway,
    integrations,
    ingress,
    runtime,
    usage,
    drift,
    registry,
    sources,
    source,
    goOn: (id, end) => goOn({ database, connections, runtime }, id, end),
    async stop(graceMs = 10_000) {
      await ingress.stop()
      await draining.stop()
      await releasing?.stop()
      await sources.close()
      await runtime.stop(graceMs)
      await usage.stop()
      await drift.stop()
      await gateway.close()
      await headers.settled()
      await connections.close()
    },
  }
}

/**
 * Runs that wait for a credential go on once it was renewed after they were parked, whichever process saw it and whenever. A run that is
 * refused again is parked later than the renewal and stays.
 */
async function drainReconnected(database: Database, connections: Connections, runtime: Runtime): Promise<void> {
  for (const id of await listAwaitedConnections(database.executor)) {
    const connection = await connections.get(id).catch(() => undefined)
    if (connection) await resumeReconnected(connection, runtime)
  }
}

async function resumeReconnected({ id, state, changedAt }: Connection, runtime: Runtime): Promise<void> {
  if (state === 'healthy') await runtime.resumeRuns({ failureKind: 'credential', connection: id, parkedBefore: changedAt }, 'same')
}

/**
 * Runs go on whose connection is no longer paused or whose circuit is closed, whoever ended it and whichever process they ran in; where a rate
 * limit begins anew, as many as it grants. Behind a circuit that is open one goes on when it is time to try.
 */
async function releaseWaiting(database: Database, gateway: Gateway, runtime: Runtime): Promise<void> {
  const waitedFor = await listWaitedFor(database.executor)
  const open = await gateway.open(waitedFor)
  if (open.size > 0) await runtime.releaseRuns({ open })
  for (const circuit of await gateway.toTry(waitedFor)) await runtime.releaseOneToTry(circuit, (id) => gateway.blocked(id) === undefined)
}

async function goOn(
  { database, connections, runtime }: Pick<Bridge, 'connections' | 'runtime'> & { database: Database },
  id: string,
  end: () => Promise<void>,
): Promise<number> {
  // Counted before: workers see the end as soon as this process.
  const waited = await countWaiting(database.executor, id)
  await end()
  const connection = await connections.get(id)
  if ((connection.pausedUntilMs ?? 0) > Date.now()) return 0
  await runtime.releaseRuns({ connections: [id] })
  await resumeReconnected(connection, runtime)
  return waited.released + (connection.state === 'healthy' ? waited.parked : 0)
}

function contractFileOf(workspace: Workspace, name: string): string | undefined {
  const platform = workspace.platforms.get(name)
  return platform?.spec.contract && workspace.fileOf(platform, platform.spec.contract.file)
}

interface View {
  platforms: Map<string, GatewayPlatform>
  sources: Map<string, WebhookSource>
}

/** The workspace as ingress and gateway see it. */
function viewOf(workspace: Workspace, connections: Connections, baseUrls: Readonly<Record<string, string>>): View {
  const platforms = new Map(
    [...workspace.platforms].map(([name, platform]) => [name, gatewayPlatformOf(platform, baseUrls[name] ?? platform.spec.baseUrl)]),
  )
  const sources = new Map<string, WebhookSource>()
  for (const [name, platform] of workspace.platforms) {
    const source = webhookSourceOf(platform, (asked, instanceKey) =>
      connections.webhookSecrets.inForce(instanceKey === null ? asked : `${asked}/${instanceKey}`),
    )
    if (source) sources.set(name, source)
  }
  return { platforms, sources }
}
