import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Command } from 'commander'
import { openKeyRing } from '../connections/index.ts'
import { openDatabase } from '../database/index.ts'
import { createLog } from '../observation/index.ts'
import { countProblems, explainProblems, loadWorkspace, type Workspace, writeTypes } from '../workspace/index.ts'
import { type CleanUps, onceSignalled, type Stop } from './clean-ups.ts'
import { loadDemo, type StartedSandboxes, startSandboxes } from './demo.ts'
import { type DevProcess, replaceDevProcess } from './dev-process.ts'
import type { DevServerOptions } from './dev-server.ts'
import { errors } from './errors.ts'
import type { Io } from './io.ts'
import { openLocalAccess, portalLink } from './local-access.ts'
import { startLocalDatabase } from './local-database.ts'
import { choosePort } from './ports.ts'
import { dataFolder, readServerFile } from './server-file.ts'
import { warnOfUnverified } from './unverified-sources.ts'
import { watchWorkspace } from './watch-workspace.ts'

interface DevOptions {
  workspace?: string
  port?: string
  host: string
  logLevel: string
}

export function registerDev(program: Command, io: Io): void {
  program
    .command('dev')
    .summary('run the bridge against sandboxes, anew after each change of a file')
    .description(
      'Runs the bridge of a workspace against a sandbox for each platform that has a contract, and starts it anew when a file of the workspace changes. While files are broken the last good version keeps running.',
    )
    .option('--workspace <folder>', 'folder with bridgekeeper.yaml; default: the current folder or one above it')
    .option('--port <port>', 'default: what bridgekeeper.yaml says, 4400')
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--log-level <level>', 'trace, debug, info, warn, error or silent', 'info')
    .action((options: DevOptions) => dev(io, options))
}

async function dev(io: Io, options: DevOptions): Promise<void> {
  const { workspace } = await loadWorkspace(options.workspace ?? io.cwd)
  const running = io.env.DATABASE_URL ? undefined : readServerFile(workspace.root)
  if (running) throw errors.already_running({ workspace: workspace.root, url: running.url, pid: running.pid })
  const port = await choosePort(io, options, workspace)
  const cleanUps: CleanUps = []
  const stop = onceSignalled(io, cleanUps)
  try {
    const session = await openSession(io, workspace, options, port, cleanUps, stop)
    // Watching begins before the first start, so that no change falls between.
    const watch = await watchWorkspace(workspace.root)
    cleanUps.push(() => watch.stop())
    io.note('Starting …')
    await session.renew([])
    for (let files = await watch.next(); files && !stop.signal.aborted; files = await watch.next()) {
      io.note(`\n${io.bold('Changed')} ${files.slice(0, 5).join(', ')}${files.length > 5 ? ` and ${files.length - 5} more` : ''}`)
      await session.renew(files)
    }
    await stop.done
  } catch (error) {
    await stop.now()
    throw error
  }
}

interface Session {
  /** Takes the files as they are now; says what is wrong when they do not work. */
  renew(files: readonly string[]): Promise<void>
}

async function openSession(io: Io, first: Workspace, options: DevOptions, port: number, cleanUps: CleanUps, stop: Stop): Promise<Session> {
  const stopped = stop.signal
  const { BRIDGEKEEPER_KEYS: keys, BRIDGEKEEPER_KEYS_FILE, DATABASE_URL } = io.env
  const databaseUrl = DATABASE_URL ?? (await startLocalDatabase(io, first, { cleanUps, stop, log: createLog(options.logLevel) })).url
  // Makes the key file of the embedded default where it is missing.
  if (!DATABASE_URL) await openKeyRing({ keys, keyFile: BRIDGEKEEPER_KEYS_FILE, embeddedFolder: dataFolder(first.root) })
  const keyFile = BRIDGEKEEPER_KEYS_FILE ?? (DATABASE_URL ? undefined : join(dataFolder(first.root), 'keys'))
  const database = openDatabase(databaseUrl, { maxConnections: 2 })
  cleanUps.push(() => database.close())
  let sandboxes: StartedSandboxes | undefined
  let running: DevProcess | undefined
  let announced = false
  let renewing: Promise<void> | undefined
  cleanUps.push(async () => {
    await renewing?.catch(() => {})
    await running?.stop()
    await sandboxes?.stop()
  })

  const withDemo = existsSync(join(first.root, 'demo.ts'))
  const renewSandboxes = async (workspace: Workspace, files: readonly string[]): Promise<StartedSandboxes> => {
    if (sandboxes && !touchesContract(workspace, files)) return sandboxes
    if (sandboxes) io.note('A contract may have changed: the sandboxes start empty again.')
    await sandboxes?.stop()
    sandboxes = await startSandboxes(workspace, withDemo ? await loadDemo(workspace) : undefined, `http://localhost:${port}`)
    return sandboxes
  }
  const announce = async (url: string, workspace: Workspace): Promise<void> => {
    announced = true
    const key = await openLocalAccess(io, workspace, { database, url }, cleanUps)
    io.print(`${io.bold('Bridgekeeper')} is up at ${io.bold(url)}`)
    io.print(`  portal      ${portalLink(url, key)}`)
    for (const [platform, at] of Object.entries(sandboxes!.urls)) io.print(`  sandbox     ${platform.padEnd(10)} ${at}`)
    warnOfUnverified(io, workspace)
    io.note(io.dim('Change a file of the workspace and it starts anew. Runs are shown as they end. Ctrl-C stops everything.'))
  }
  const refuse = (reason: string): void => {
    if (stopped.aborted) return
    io.complain(reason)
    io.complain(
      running && !running.ended
        ? io.yellow('The last good version keeps running.')
        : io.yellow('Nothing runs yet; it starts when the files are mended.'),
    )
  }

  const renew = async (files: readonly string[]): Promise<void> => {
    const startedAt = Date.now()
    const { workspace, problems } = await loadWorkspace(first.root)
    if (problems.length > 0) return refuse(`${io.red(countProblems(problems))}\n${explainProblems(problems)}`)
    const { urls, hosts, secrets } = await renewSandboxes(workspace, files)
    const settings: DevServerOptions = {
      workspaceRoot: workspace.root,
      databaseUrl,
      keys,
      keyFile,
      host: options.host,
      port,
      logLevel: options.logLevel,
      json: io.json,
      sandboxes: { urls, hosts, secrets },
      withDemo,
    }
    const next = await replaceDevProcess(settings, running)
    if ('type' in next) return refuse(`${io.red('Error')} ${next.message}\n${next.fix ? `${io.bold('Fix')}   ${next.fix}` : ''}`)
    running = next
    next.onEnd((code) => refuseEnded(io, code))
    if (stopped.aborted) return
    if (!announced) await announce(next.url, workspace)
    else io.note(io.green(`Running the new version after ${((Date.now() - startedAt) / 1000).toFixed(1)} s.`))
    if (touchesContract(workspace, files)) await noteStaleTypes(io, workspace)
  }
  return {
    renew(files) {
      renewing = renew(files)
      return renewing
    },
  }
}

function touchesContract(workspace: Workspace, files: readonly string[]): boolean {
  const contracts = [...workspace.platforms.values()].flatMap((platform) =>
    platform.spec.contract ? [dirname(workspace.fileOf(platform, platform.spec.contract.file))] : [],
  )
  return files.some((file) => contracts.includes(dirname(join(workspace.root, file))))
}

/** Nothing else would say that the compiler still judges by the contract as it was. */
async function noteStaleTypes(io: Io, workspace: Workspace): Promise<void> {
  const stale = (await writeTypes(workspace, { check: true })).filter(({ state }) => state === 'stale').map(({ platform }) => platform)
  if (stale.length > 0)
    io.note(
      io.yellow(
        `The types of ${stale.join(' and ')} are older than the contract: run \`bridgekeeper types\` and see what no longer compiles.`,
      ),
    )
}

function refuseEnded(io: Io, code: number | null): void {
  io.complain(`${io.red('The server process ended')} with code ${code}; it starts again with the next change of a file.`)
}
