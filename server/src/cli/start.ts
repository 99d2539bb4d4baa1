import type { Command } from 'commander'
import { type EmbeddedServer, withoutPassword } from '../database/index.ts'
import { createLog, createMetrics, startTraces } from '../observation/index.ts'
import { type Role, type RunningServer, roles, startServer } from '../server.ts'
import { countProblems, explainProblems, loadWorkspace, type Workspace } from '../workspace/index.ts'
import { type CleanUps, onceSignalled } from './clean-ups.ts'
import { loadDemo, prepareDemo, type StartedSandboxes, startSandboxes } from './demo.ts'
import { errors } from './errors.ts'
import type { Io } from './io.ts'
import { openLocalAccess, portalLink } from './local-access.ts'
import { startLocalDatabase } from './local-database.ts'
import { playDemo } from './play-demo.ts'
import { choosePort, readListenAddress } from './ports.ts'
import { programVersion } from './program-version.ts'
import { dataFolder, readServerFile } from './server-file.ts'
import { shortestPath } from './shortest-path.ts'
import { followCalls } from './show-runs.ts'
import { warnOfUnverified } from './unverified-sources.ts'

interface StartOptions {
  workspace?: string
  port?: string
  host: string
  metricsListen?: string
  roles?: string
  demo?: boolean
  once?: boolean
  logLevel: string
}

export function registerStart(program: Command, io: Io): void {
  program
    .command('start')
    .summary('run the bridge: webhooks in, mapped calls out, API and workers')
    .description('Runs the bridge of a workspace: ingress, workers, API on one port. Ctrl-C stops everything it started.')
    .option('--workspace <folder>', 'folder with bridgekeeper.yaml; default: the current folder or one above it')
    .option('--port <port>', 'default: what bridgekeeper.yaml says, 4400')
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option(
      '--metrics-listen <address:port>',
      'also serve /metrics, without a key, and /healthz and /readyz here, for your Prometheus alone',
    )
    .option('--roles <roles>', `what this process does: ${roles.join(', ')}, separated by commas; default: all`)
    .option('--demo', "a sandbox for each platform, three customers, and the workspace's demo.ts played through them")
    .option('--once', 'with --demo: stop when the demo has been played')
    .option('--log-level <level>', 'trace, debug, info, warn, error or silent', 'warn')
    .addHelpText(
      'after',
      `
Environment:
  DATABASE_URL              any PostgreSQL 15 or newer; without it an embedded one runs in the workspace's .bridgekeeper folder
  BRIDGEKEEPER_KEYS         the key ring that seals credentials (bridgekeeper keys generate); needed with DATABASE_URL
  BRIDGEKEEPER_KEYS_FILE    the same in a file
  LOG_LEVEL                 wins over --log-level
  BRIDGEKEEPER_METRICS_LISTEN  the same as --metrics-listen
  OTEL_EXPORTER_OTLP_ENDPOINT  an OpenTelemetry collector, for traces from webhook to partner call

Many processes on one database: start each with the roles it should have, as in
  bridgekeeper start --roles ingress,api --port 4400
  bridgekeeper start --roles worker --port 4401`,
    )
    .action((options: StartOptions) => start(io, options))
}

async function start(io: Io, options: StartOptions): Promise<void> {
  const { workspace, problems } = await loadWorkspace(options.workspace ?? io.cwd)
  if (problems.length > 0)
    throw errors.workspace_has_problems({ count: countProblems(problems).replace(/\.$/, ''), list: explainProblems(problems) })
  const wanted = readRoles(options.roles)
  const metricsListen = readListenAddress(options.metricsListen ?? io.env.BRIDGEKEEPER_METRICS_LISTEN)
  const external = io.env.DATABASE_URL
  // Many processes share an external database; an embedded one belongs to one program.
  const running = external ? undefined : readServerFile(workspace.root)
  if (running) throw errors.already_running({ workspace: workspace.root, url: running.url, pid: running.pid })
  const port = await choosePort(io, options, workspace)

  const cleanUps: CleanUps = []
  const stop = onceSignalled(io, cleanUps)
  try {
    const log = createLog(options.logLevel)
    const traces = await startTraces(io.env, programVersion())
    if (traces) cleanUps.push(() => traces.stop())
    const embedded = external ? undefined : await startLocalDatabase(io, workspace, { cleanUps, stop, log })
    const demo = options.demo ? await loadDemo(workspace) : undefined
    const sandboxes = demo ? await startSandboxes(workspace, demo, `http://localhost:${port}`) : undefined
    if (sandboxes) cleanUps.push(() => sandboxes.stop())
    const calls = followCalls()
    const server = await startServer({
      workspace,
      databaseUrl: external ?? embedded!.url,
      keyRing: {
        keys: io.env.BRIDGEKEEPER_KEYS,
        keyFile: io.env.BRIDGEKEEPER_KEYS_FILE,
        ...(embedded ? { embeddedFolder: dataFolder(workspace.root) } : {}),
      },
      roles: wanted,
      acrossProcesses: Boolean(external),
      host: options.host,
      port,
      metricsListen,
      log,
      metrics: createMetrics({ withProcess: true }),
      allowedHosts: sandboxes?.hosts ?? [],
      baseUrls: sandboxes?.urls ?? {},
      observers: demo ? [calls.observe] : [],
    })
    cleanUps.push(() => server.stop())
    await announce(io, server, { workspace, external, embedded, sandboxes, wanted }, cleanUps)
    if (demo && sandboxes) {
      await prepareDemo(server, workspace, demo, sandboxes)
      const shown = await playDemo(io, {
        server,
        dataFolder: embedded && dataFolder(workspace.root),
        demo,
        sandboxes,
        calls,
        stopped: stop.signal,
      })
      if (options.once) return await stop.now()
      void shown.keepLooking(stop.signal)
    }
    io.note(io.dim('\nCtrl-C stops everything.'))
    await stop.done
  } catch (error) {
    await stop.now()
    throw error
  }
}

function readRoles(given: string | undefined): Role[] {
  if (!given) return [...roles]
  const wanted = given.split(',').map((role) => role.trim())
  for (const role of wanted) if (!roles.includes(role as Role)) throw errors.role_unknown({ role })
  return wanted as Role[]
}

interface Announced {
  workspace: Workspace
  external: string | undefined
  embedded: EmbeddedServer | undefined
  sandboxes: StartedSandboxes | undefined
  wanted: readonly Role[]
}

/** Says where everything is, and lets the other commands find this server with a key that ends with it. */
async function announce(
  io: Io,
  server: RunningServer,
  { workspace, external, embedded, sandboxes, wanted }: Announced,
  cleanUps: CleanUps,
): Promise<void> {
  // Other commands go through the API: a process without it is none that they could ask.
  const key = wanted.includes('api') ? await openLocalAccess(io, workspace, server, cleanUps) : undefined
  if (io.json) return io.printJson({ url: server.url, roles: wanted, workspace: workspace.root, sandboxes: sandboxes?.urls ?? {} })
  io.print(`${io.bold('Bridgekeeper')} is up at ${io.bold(server.url)}`)
  io.print(`  workspace   ${shortestPath(io.cwd, workspace.root)}  (${[...workspace.integrations.keys()].join(', ')})`)
  io.print(
    `  database    ${external ? withoutPassword(external) : `embedded PostgreSQL, data in ${shortestPath(io.cwd, embedded!.dataDir)}`}`,
  )
  if (wanted.length < roles.length) io.print(`  roles       ${wanted.join(', ')}`)
  for (const [platform, url] of Object.entries(sandboxes?.urls ?? {})) io.print(`  sandbox     ${platform.padEnd(10)} ${url}`)
  if (server.metricsUrl) io.print(`  metrics     ${server.metricsUrl}/metrics`)
  if (wanted.includes('ingress')) io.print(`  webhooks    ${server.url}/webhooks/<platform>`)
  warnOfUnverified(io, workspace)
  if (key === undefined) return
  io.print(`  API         ${server.url}/api/reference`)
  // What a service prints is kept in logs, where the key of an operator has no place.
  io.print(
    `  portal      ${io.interactive || sandboxes ? portalLink(server.url, key) : `${server.url}/  (asks for a key: bridgekeeper api-keys add)`}`,
  )
}
