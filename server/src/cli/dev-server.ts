/**
 * The process that `bridgekeeper dev` starts anew after each change, because Node keeps a module once it is imported. It opens everything,
 * says that it is prepared, and takes the port only when it is told that its predecessor has gone.
 */
import { BridgekeeperError } from '../errors/index.ts'
import { createLog, createMetrics, startTraces } from '../observation/index.ts'
import { roles, startServer } from '../server.ts'
import { countProblems, explainProblems, loadWorkspace } from '../workspace/index.ts'
import { loadDemo, prepareDemo, type SandboxFacts } from './demo.ts'
import { errors } from './errors.ts'
import { createIo } from './io.ts'
import { programVersion } from './program-version.ts'
import { followCalls, showRuns } from './show-runs.ts'

export interface DevServerOptions {
  workspaceRoot: string
  databaseUrl: string
  keys: string | undefined
  keyFile: string | undefined
  host: string
  port: number
  logLevel: string
  /** Nothing but the log is printed. */
  json: boolean
  /** They run in the parent, so that what they know survives a restart. */
  sandboxes: SandboxFacts
  withDemo: boolean
}

export type ToDevServer = { type: 'start'; options: DevServerOptions } | { type: 'listen' } | { type: 'stop' }
export type FromDevServer =
  | { type: 'prepared' }
  | { type: 'listening'; url: string }
  | { type: 'failed'; message: string; fix: string; code: string }

const tell = (message: FromDevServer): void => void process.send?.(message)

function start(): void {
  const told = Promise.withResolvers<void>()
  let stop: () => Promise<void> = async () => {}
  const leave = () => void stop().finally(() => process.exit())
  process.on('message', (message: ToDevServer) => {
    if (message.type === 'listen') told.resolve()
    else if (message.type === 'stop') leave()
    else
      run(message.options, told.promise).then(
        (stopServer) => {
          stop = stopServer
        },
        (error) => {
          tell(failureOf(error))
          process.exitCode = 1
          process.disconnect()
        },
      )
  })
  // The parent was killed: nobody would ever stop this process.
  process.on('disconnect', leave)
  // Ctrl-C reaches the whole group; the parent decides about the order.
  process.on('SIGINT', () => {})
}

async function run(options: DevServerOptions, mayListen: Promise<void>): Promise<() => Promise<void>> {
  const { workspaceRoot, sandboxes } = options
  const { workspace, problems } = await loadWorkspace(workspaceRoot)
  // A file may have changed again since the parent looked.
  if (problems.length > 0)
    throw errors.workspace_has_problems({ count: countProblems(problems).replace(/\.$/, ''), list: explainProblems(problems) })
  const traces = await startTraces(process.env, programVersion())
  const calls = followCalls()
  const metrics = createMetrics({ withProcess: true })
  const server = await startServer({
    workspace,
    databaseUrl: options.databaseUrl,
    keyRing: { keys: options.keys, keyFile: options.keyFile },
    roles,
    acrossProcesses: true,
    host: options.host,
    port: options.port,
    log: createLog(options.logLevel),
    metrics,
    allowedHosts: sandboxes.hosts,
    baseUrls: sandboxes.urls,
    observers: [calls.observe],
    async beforeListening() {
      tell({ type: 'prepared' })
      await mayListen
    },
  })
  if (options.withDemo) await prepareDemo(server, workspace, await loadDemo(workspace), sandboxes)
  const ended = new AbortController()
  const shown = await showRuns(createIo(), server.database.executor, { calls, arrivals: metrics.deliveries })
  if (!options.json) void shown.keepLooking(ended.signal)
  tell({ type: 'listening', url: server.url })
  return async () => {
    ended.abort()
    await server.stop()
    await traces?.stop()
  }
}

function failureOf(error: unknown): FromDevServer {
  if (error instanceof BridgekeeperError) return { type: 'failed', message: error.message, fix: error.fix, code: error.code }
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error)
  return { type: 'failed', message, fix: '', code: 'cli.dev_server_failed' }
}

if (process.send && import.meta.main) start()
