import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Command } from 'commander'
import { type KeyRing, openKeyRing } from '../../connections/index.ts'
import { hasEmbeddedData, leftOverData, openDatabase, startEmbeddedServer } from '../../database/index.ts'
import { BridgekeeperError } from '../../errors/index.ts'
import { loadWorkspace, type Workspace } from '../../workspace/index.ts'
import type { ExitCode, Io } from '../io.ts'
import { dataFolder, readServerFile } from '../server-file.ts'
import { checkDatabase } from './check-database.ts'
import { checkDisk, checkLeftOvers, checkNode, checkPort } from './check-machine.ts'
import { checkKeyFile, checkPrivateData } from './check-privacy.ts'
import { checkCode, checkFiles, checkWebhooks } from './check-workspace.ts'
import { bad, counted, type Finding, ok, unknown } from './finding.ts'

export function registerDoctor(program: Command, io: Io): void {
  program
    .command('doctor')
    .summary('look for what would keep the bridge from running well')
    .description(
      'Looks at Node, disk, port, key ring, who else can read it and the data, PostgreSQL, its clock and schema, unfinished work, the files of the workspace, the code of its integrations and its webhook sources. Changes nothing. An embedded database that is not running is started for the look and stopped again.',
    )
    .option('--workspace <folder>', 'folder with bridgekeeper.yaml; default: the current folder or one above it')
    .addHelpText('after', '\nExit code 0: in order or only warnings. 1: something is bad. 3: the database cannot be reached.')
    .action(async (options: { workspace?: string }) => {
      const findings = await examine(io, options.workspace ?? io.cwd)
      io.exitCode = exitCodeOf(findings)
      if (io.json) io.printJson({ findings })
      else print(io, findings)
    })
}

async function examine(io: Io, folder: string): Promise<Finding[]> {
  const node = checkNode(process.versions.node)
  const loaded = await loadWorkspace(folder)
  const { workspace } = loaded
  const running = readServerFile(workspace.root)
  const [disk, port, ring] = await Promise.all([
    checkDisk(dataFolder(workspace.root)),
    checkPort(workspace.settings.spec.port, '127.0.0.1', running),
    readKeyRing(io, workspace),
  ])
  const database = await examineDatabase(io, workspace, ring.keyRing)
  return [
    node,
    disk,
    ...checkLeftOvers(leftOverData()),
    port,
    ring.finding,
    ...(io.env.BRIDGEKEEPER_KEYS_FILE && !io.env.BRIDGEKEEPER_KEYS ? checkKeyFile(io.env.BRIDGEKEEPER_KEYS_FILE) : []),
    ...checkPrivateData(workspace.root),
    ...database,
    checkFiles(loaded),
    ...(await checkCode(workspace)),
    ...checkWebhooks(workspace),
  ]
}

async function readKeyRing(io: Io, workspace: Workspace): Promise<{ finding: Finding; keyRing?: KeyRing }> {
  const { BRIDGEKEEPER_KEYS: keys, BRIDGEKEEPER_KEYS_FILE: keyFile, DATABASE_URL } = io.env
  const embeddedFolder = dataFolder(workspace.root)
  const nothingYet = !DATABASE_URL && !keys && !keyFile && !existsSync(join(embeddedFolder, 'keys'))
  if (nothingYet) return { finding: ok('key ring', 'the first start makes one for the embedded database') }
  try {
    const keyRing = await openKeyRing({ keys, keyFile, ...(DATABASE_URL ? {} : { embeddedFolder }) })
    return {
      finding: ok('key ring', `${counted(keyRing.keys.length, 'key')}, newest ${keyRing.newest.id} (${keyRing.newest.fingerprint})`),
      keyRing,
    }
  } catch (error) {
    if (!(error instanceof BridgekeeperError)) throw error
    return { finding: bad('key ring', error.message, error.fix) }
  }
}

async function examineDatabase(io: Io, workspace: Workspace, keyRing: KeyRing | undefined): Promise<Finding[]> {
  if (io.env.DATABASE_URL) return lookInto(io.env.DATABASE_URL, keyRing)
  const dir = join(dataFolder(workspace.root), 'postgres')
  if (!hasEmbeddedData(dir)) return [unknown('database', 'the embedded one is made at the first start', 'Run: bridgekeeper start')]
  try {
    const server = await startEmbeddedServer({ dir })
    try {
      return await lookInto(server.url, keyRing)
    } finally {
      // One that ran before belongs to somebody.
      if (!server.adopted) await server.stop()
    }
  } catch (error) {
    if (!(error instanceof BridgekeeperError)) throw error
    return [bad('database', error.message, error.fix)]
  }
}

async function lookInto(url: string, keyRing: KeyRing | undefined): Promise<Finding[]> {
  const database = openDatabase(url, { maxConnections: 1 })
  try {
    return await checkDatabase(database, keyRing)
  } finally {
    await database.close()
  }
}

function exitCodeOf(findings: readonly Finding[]): ExitCode {
  const isBad = (finding: Finding) => finding.state === 'bad'
  if (findings.some((finding) => finding.check === 'database' && isBad(finding))) return 3
  return findings.some(isBad) ? 1 : 0
}

function print(io: Io, findings: readonly Finding[]): void {
  const marks = { ok: io.green('✓'), warning: io.yellow('!'), bad: io.red('✗'), unknown: io.yellow('?') }
  const width = Math.max(...findings.map((finding) => finding.check.length))
  for (const { state, check, found, fix } of findings) {
    const words = found.replaceAll('\n', `\n  ${' '.repeat(width + 2)}`)
    io.print(`${marks[state]} ${check.padEnd(width)}  ${state === 'bad' ? io.red(words) : words}`)
    if (fix) io.print(`  ${' '.repeat(width)}  ${io.dim(fix)}`)
  }
}
