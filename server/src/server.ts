import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import { type Bridge, openBridge } from './bridge.ts'
import {
  authenticationOfPlatform,
  type ConnectionRouteParts,
  checkKeyRing,
  connectionRoutes,
  type KeyRing,
  type KeyRingSource,
  openKeyRing,
  secretRoutes,
  startPolling,
} from './connections/index.ts'
import {
  type ContractRouteParts,
  calendarFeeds,
  contractBodies,
  contractRoutes,
  driftRoutes,
  registerWorkspaceContracts,
  startMovingNotices,
} from './contracts/index.ts'
import { checkServer, type Database, migrate, type OutageWatch, openDatabase, watchOutages } from './database/index.ts'
import { gatewayPlatformOf, gatewayRoutes, type Observer, parseAllowedHosts } from './gateway/index.ts'
import { createApp, createStatusApp } from './http/index.ts'
import { type Api, apiKeyRoutes } from './identity/index.ts'
import { type Lifecycle, lifecycleRoutes, startAdmitting, startLinkChecks } from './lifecycle/index.ts'
import { createNotifier, type Notifier, notificationRoutes } from './notifications/index.ts'
import type { Log, Metrics } from './observation/index.ts'
import { lifecycleOf } from './observed-facts.ts'
import { planningRoutes, receiptRoutes } from './planning/index.ts'
import { startRetention } from './retention.ts'
import {
  checkBindings,
  checkSweeps,
  connectedInstances,
  customisationRoutes,
  instanceRoutes,
  readRevenue,
  runRoutes,
  type StageGate,
  sweepRoutes,
} from './runtime/index.ts'
import {
  alertRoutes,
  type Canaries,
  canaryRoutes,
  createCanaries,
  maintenanceEvents,
  maintenanceRoutes,
  reconciliationRoutes,
  serviceLevelRoutes,
  startCounting,
  startWatching,
} from './service-levels/index.ts'
import { deliveryRoutes, ingressServerOptions } from './webhooks/index.ts'
import { type LoadedWorkspace, loadIntegrationCode } from './workspace/index.ts'

/** Readings are due every few hours; this is how late one may begin. */
const pollContractsEveryMs = 10_000

/** What one process of the program does. */
export type Role = 'ingress' | 'worker' | 'api'
export const roles: readonly Role[] = ['ingress', 'worker', 'api']

export interface ServerOptions {
  workspace: LoadedWorkspace['workspace']
  databaseUrl: string
  keyRing: KeyRingSource
  roles: readonly Role[]
  /** Other processes use the same database. */
  acrossProcesses: boolean
  host: string
  port: number
  /** Also health, readiness and metrics here, the metrics without a key. */
  metricsListen?: { host: string; port: number } | undefined
  log: Log
  metrics: Metrics
  allowedHosts?: readonly string[]
  /** Platform → base URL that stands in for the platform's own: sandboxes. */
  baseUrls?: Readonly<Record<string, string>>
  observers?: readonly Observer[]
  slots?: number
  /** What time it is to the gates and to whoever counts for them. Default: the clock. A test that walks through months moves it. */
  now?: (() => Date) | undefined
  /** Everything is open but the port: another process may still hold it. */
  beforeListening?(): Promise<void>
}

export interface RunningServer {
  bridge: Bridge
  database: Database
  /** Gates that every binding of a customer asks. */
  gate: StageGate
  url: string
  /** Of the address in `metricsListen`. */
  metricsUrl: string | undefined
  /** Refuses new work, lets what runs end, closes everything but an embedded database. Twice is harmless. */
  stop(): Promise<void>
}

/** The whole program on one database: migrates it, loads the integrations, and serves webhooks and API on one port. */
export async function startServer(given: ServerOptions): Promise<RunningServer> {
  const outages = watchOutages(given.log, () => database.pool.query('select 1'))
  const database = openDatabase(given.databaseUrl, {
    prepareStatements: process.env.BRIDGEKEEPER_PREPARED_STATEMENTS !== 'off',
    onConnectionError: outages.connectionBroke,
  })
  const options = { ...given, log: outages.log }
  const { workspace, log, metrics } = options
  try {
    await checkServer(database)
    await migrate(database)
    const withCode = [...workspace.integrations.values()].filter(({ spec }) => spec.code)
    const integrations = await Promise.all(withCode.map(({ metadata }) => loadIntegrationCode(workspace, metadata.name)))
    checkSweeps(integrations, workspace.settings.spec.retention.deliveries)
    for (const left of await checkBindings(
      database.executor,
      integrations.map(({ name }) => name),
    ))
      log.warn(left, 'instances are bound to an integration that has no file or no code any more: they do nothing')
    const keyRing = await openKeyRing(options.keyRing)
    await checkKeyRing(database, keyRing)
    const bridge = await openBridge({
      database,
      workspace,
      integrations,
      keyRing,
      log,
      metrics,
      allowedHosts: options.allowedHosts ?? [],
      baseUrls: options.baseUrls ?? {},
      observers: options.observers ?? [],
      runtime: {
        work: options.roles.includes('worker'),
        acrossProcesses: options.acrossProcesses,
        ...(options.slots ? { slots: options.slots } : {}),
      },
    })
    if (options.roles.includes('worker')) await registerContracts(options, database, bridge)
    return await serve(options, { database, bridge, keyRing, outages })
  } catch (error) {
    outages.stop()
    await database.close()
    throw error
  }
}

/** Before the port opens, so that whoever asks finds the contracts of the workspace. */
async function registerContracts(
  { workspace, log, baseUrls }: ServerOptions,
  database: Database,
  { registry, sources }: Bridge,
): Promise<void> {
  await sources.replace(workspace, Object.keys(baseUrls ?? {}))
  const receptions = await registerWorkspaceContracts({
    database,
    registry,
    workspace,
    onProblem: (platform, err) => log.warn({ err, platform }, 'the contract of a platform could not be registered'),
  })
  for (const [platform, { outcome, reason }] of receptions)
    log.info({ platform, outcome, reason }, 'registered the contract in the workspace')
}

/** Health checks of load balancers speak HTTP/1.0 without a Host header. */
const withoutHost = { hostname: 'localhost' }

interface Opened {
  database: Database
  bridge: Bridge
  keyRing: KeyRing
  outages: OutageWatch
}

async function serve(options: ServerOptions, { database, bridge, keyRing, outages }: Opened): Promise<RunningServer> {
  const clock = options.now ?? (() => new Date())
  let stopping = false
  let url = ''
  const canaries = createCanaries({
    database,
    workspace: () => options.workspace,
    connections: bridge.connections,
    // A process without ingress sends them to the others.
    ingressUrl: () => (options.roles.includes('ingress') ? url : (options.workspace.settings.spec.publicUrl ?? url)),
    flushCalls: () => bridge.gateway.flush(),
    log: options.log,
  })
  const allowedHosts = [...options.workspace.settings.spec.outbound.allowPrivateHosts, ...(options.allowedHosts ?? [])]
  const lifecycle = lifecycleOf({
    database,
    bridge,
    workspace: () => options.workspace,
    sandboxed: Object.keys(options.baseUrls ?? {}),
    now: clock,
  })
  const notifier = createNotifier({ database, keyRing, log: options.log, pools: { allowedHosts } })
  const status = { database, metrics: options.metrics, log: options.log, status: () => ({ roles: options.roles, stopping }) }
  const app = createApp({
    ...status,
    workspace: () => options.workspace,
    portal: options.roles.includes('api'),
    largeBodies: contractBodies,
    pages: options.roles.includes('api')
      ? [calendarFeeds({ database, workspace: () => options.workspace, otherDates: otherDatesOf(database, () => options.workspace) })]
      : [],
    apis: options.roles.includes('api')
      ? apisOf({
          database,
          bridge,
          keyRing,
          canaries,
          notifier,
          workspace: () => options.workspace,
          lifecycle,
          publicUrl: () => options.workspace.settings.spec.publicUrl ?? url,
          leadsInside: insideJudge(options, allowedHosts),
        })
      : [],
  })
  const answerApi = getRequestListener(app.fetch, withoutHost)
  const ingress = options.roles.includes('ingress')
  const server = createServer(ingressServerOptions, (request, response) => {
    if (!ingress || !bridge.ingress.handle(request, response)) void answerApi(request, response)
  })
  await options.beforeListening?.()
  url = await listen(server, options.host, options.port)
  const metricsServer = options.metricsListen && createServer(getRequestListener(createStatusApp(status).fetch, withoutHost))
  const metricsUrl = metricsServer && (await listen(metricsServer, options.metricsListen!.host, options.metricsListen!.port))
  if (options.roles.includes('worker')) canaries.start()
  const retention = options.roles.includes('worker')
    ? startRetention({ database, log: options.log, retention: () => options.workspace.settings.spec.retention })
    : undefined
  const counting = options.roles.includes('worker')
    ? startCounting({ database, log: options.log, callsSettleMs: () => callsSettleMs(options.workspace), clock })
    : undefined
  const watching = options.roles.includes('worker')
    ? startWatching({ database, workspace: () => options.workspace, log: options.log })
    : undefined
  const admitting = options.roles.includes('worker') ? startAdmitting(lifecycle, options.log) : undefined
  const moving = options.roles.includes('worker') ? startMovingNotices({ ...options, database, clients: connectedInstances }) : undefined
  const polling = options.roles.includes('worker')
    ? startPolling(
        pollContractsEveryMs,
        (err) => options.log.warn({ err }, 'contracts could not be polled; trying again later'),
        async () => void (await bridge.sources.pollDue()),
      )
    : undefined
  const notifying = options.roles.includes('worker') ? notifier.start() : undefined
  const linkChecks = options.roles.includes('worker')
    ? startLinkChecks({
        database,
        workspace: () => options.workspace,
        log: options.log,
        pools: { allowedHosts },
      })
    : undefined
  let stopped: Promise<void> | undefined
  const stop = async (): Promise<void> => {
    stopping = true
    await canaries.stop()
    // Ingress first: what it has taken it still answers, while the socket is open.
    await bridge.ingress.stop()
    const closed = new Promise<void>((resolve) => server.close(() => resolve()))
    server.closeIdleConnections()
    await retention?.stop()
    await counting?.stop()
    await watching?.stop()
    await admitting?.stop()
    await linkChecks?.stop()
    await moving?.stop()
    // First the sources, which may wait long for an answer: then no reading keeps the polling from ending.
    await bridge.sources.close()
    await polling?.stop()
    await notifying?.stop()
    await notifier.close()
    await bridge.stop()
    server.closeAllConnections()
    await closed
    metricsServer?.closeAllConnections()
    await new Promise((resolve) => (metricsServer ? metricsServer.close(resolve) : resolve(undefined)))
    outages.stop()
    await database.close()
  }
  return {
    bridge,
    database,
    gate: lifecycle,
    url,
    metricsUrl,
    stop: () => {
      stopped ??= stop()
      return stopped
    },
  }
}

/** The longest time-out of a call, and a minute for its record. */
function callsSettleMs({ platforms }: LoadedWorkspace['workspace']): number {
  const timeOuts = [...platforms.values()].map((platform) => gatewayPlatformOf(platform, undefined).timeoutMs ?? 0)
  return Math.max(30_000, ...timeOuts) + 60_000
}

function insideJudge({ workspace, baseUrls }: ServerOptions, allowedHosts: readonly string[]): ConnectionRouteParts['leadsInside'] {
  const allowsPrivate = parseAllowedHosts(allowedHosts)
  return (baseUrl, name) => {
    const { hostname, port, protocol, origin } = new URL(baseUrl)
    const own = baseUrls?.[name] ?? workspace.platforms.get(name)?.spec.baseUrl
    return allowsPrivate(hostname, port, protocol) && origin !== URL.parse(own ?? '')?.origin
  }
}

export interface ApiParts {
  database: Database
  bridge: Bridge
  keyRing: KeyRing
  canaries: Canaries
  workspace(): LoadedWorkspace['workspace']
  notifier: Notifier
  lifecycle: Lifecycle
  /** Origin under which partners reach the ingress. */
  publicUrl(): string
  leadsInside: ConnectionRouteParts['leadsInside']
}

function otherDatesOf(database: Database, workspace: ApiParts['workspace']): ContractRouteParts['otherDates'] {
  return (visible, from) => maintenanceEvents(database.executor, workspace(), visible, from)
}

/** The whole API, each part from its feature. */
export function apisOf({ database, bridge, keyRing, canaries, notifier, workspace, lifecycle, publicUrl, leadsInside }: ApiParts): Api[] {
  const { connections, gateway, runtime, integrations, source } = bridge
  const authenticationOf = (name: string) => {
    const platform = workspace().platforms.get(name)
    return platform && authenticationOfPlatform(platform)
  }
  const clients: ContractRouteParts['clients'] = (platform, visible, from) =>
    connectedInstances(database.executor, platform, { visible, ...from })
  const revenueOf = (names: readonly string[]) => readRevenue(database.executor, names, new Date())
  return [
    instanceRoutes({
      database,
      integrations,
      publicUrl,
      receivesWebhooks: (platform) => source(platform) !== undefined,
      gate: lifecycle,
      ownsConnection: async (id, { platform, organization, customer }) => {
        const connection = await connections.get(id).catch(() => undefined)
        return connection?.platform === platform && connection.organization === organization && connection.customer === customer
      },
    }),
    customisationRoutes({ database, integrations }),
    sweepRoutes({ database }),
    connectionRoutes({ connections, authenticationOf, leadsInside, goOn: bridge.goOn }),
    deliveryRoutes({ database, source, reroute: (ids) => runtime.rerouteDeliveries(ids) }),
    runRoutes({
      database,
      runtime,
      callsOf: (runId) => gateway.flush().then(() => gateway.records({ runId })),
      openCircuits: () => gateway.circuits(),
    }),
    gatewayRoutes({ gateway, connections }),
    secretRoutes({ database, keyRing, connections, secretForm: (platform) => source(platform)?.scheme.secretForm }),
    contractRoutes({
      database,
      workspace,
      registry: bridge.registry,
      sources: bridge.sources,
      publicUrl,
      clients,
      otherDates: otherDatesOf(database, workspace),
    }),
    driftRoutes({ database, workspace, clients }),
    serviceLevelRoutes({ database, workspace, stageInForce: lifecycle.stageInForce }),
    alertRoutes({ database, workspace }),
    maintenanceRoutes({ database, workspace }),
    reconciliationRoutes({ database, workspace }),
    notificationRoutes({ database, keyRing, workspace, notifier }),
    canaryRoutes({ database, workspace, canaries }),
    lifecycleRoutes(lifecycle),
    planningRoutes(database, workspace, revenueOf),
    receiptRoutes(database, workspace, revenueOf),
    apiKeyRoutes(database, workspace),
  ]
}

function listen(server: Server, host: string, port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      const at = server.address() as AddressInfo
      const shown = host === '0.0.0.0' || host === '::' ? 'localhost' : host.includes(':') ? `[${host}]` : host
      resolve(`http://${shown === '127.0.0.1' ? 'localhost' : shown}:${at.port}`)
    })
  })
}
