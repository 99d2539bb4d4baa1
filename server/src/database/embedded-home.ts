import { randomBytes } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { errors } from './errors.ts'

/** Somebody PostgreSQL runs as, because it refuses to run as root. */
export interface ServerUser {
  name: string
  uid: number
  gid: number
}

/** Where a server goes that a user other than root must reach, when the checkout itself is closed to others. */
export const openRoot = '/var/lib/bridgekeeper'

/** Written where the data would be, says where it is instead. */
const elsewhere = 'data-is-elsewhere'
/** Written beside data that is elsewhere, says for which folder. */
const belongsTo = 'belongs-to'

/** Whether an embedded server has been started for this folder before. */
export function hasEmbeddedData(dir: string): boolean {
  return [elsewhere, 'password'].some((file) => existsSync(join(dir, file)))
}

/** Where what an embedded server keeps for `dir` is, or will be. */
export function embeddedHome(dir: string): string {
  return notedHome(dir) ?? dir
}

/**
 * Where the data of `dir` was put when it could not stay in `dir`.
 *
 * The note in `dir` alone decides: who removes `dir` begins anew, whatever is left under its old address. A folder that was moved takes its
 * data along; a copy of it does not take the data of the original.
 */
export function notedHome(dir: string): string | undefined {
  const home = read(join(dir, elsewhere))
  if (home === undefined || !existsSync(home)) return undefined
  const owner = read(join(home, belongsTo))
  return owner === undefined || owner === dir || read(join(owner, elsewhere)) !== home ? home : undefined
}

/**
 * Decides where the data of `dir` is, and keeps to it: after a change of permissions the other place would hold another, empty database.
 *
 * @param user whom PostgreSQL runs as; absent: whoever started this program
 * @throws database.embedded_closed
 */
export function homeOf(dir: string, user: ServerUser | undefined): string {
  const closed = user && closedFolder(user, dir)
  const noted = notedHome(dir)
  if (noted === undefined && closed === undefined) return dir
  if (noted === undefined && existsSync(join(dir, 'data', 'PG_VERSION')))
    throw errors.embedded_closed({ data: join(dir, 'data'), folder: closed!, user: user!.name })
  // A name of its own each time: under the name of the folder could be what a removed checkout of this address has left, sealed with other keys.
  const home = noted ?? join(openRoot, randomBytes(8).toString('hex'))
  if (user === undefined) return home
  mkdirSync(home, { recursive: true })
  for (const folder of [openRoot, home]) chmodSync(folder, 0o755)
  writeFileSync(join(dir, elsewhere), `${home}\n`)
  writeFileSync(join(home, belongsTo), `${dir}\n`)
  return home
}

/**
 * Data that was put elsewhere for folders that are gone, or that have begun anew; nobody else would ever remove it.
 * Only root, for whom it was put there, is told: to others a folder that they can't look into seems gone.
 */
export function leftOverData(root = openRoot): { folder: string; belongedTo: string }[] {
  if (process.getuid?.() !== 0 || !existsSync(root)) return []
  return readdirSync(root)
    .map((name) => ({ folder: join(root, name), belongedTo: read(join(root, name, belongsTo)) ?? '' }))
    .filter(({ folder, belongedTo }) => belongedTo !== '' && read(join(belongedTo, elsewhere)) !== folder)
}

/** The first folder on the way to `path` that `user` may not pass, by the classic permission bits. */
export function closedFolder(user: ServerUser, path: string): string | undefined {
  const parent = dirname(path)
  const above = parent === path ? undefined : closedFolder(user, parent)
  if (above !== undefined) return above
  const { uid, gid, mode } = statSync(path)
  const bit = uid === user.uid ? 0o100 : gid === user.gid ? 0o010 : 0o001
  return (mode & bit) === 0 ? path : undefined
}

function read(file: string): string | undefined {
  return existsSync(file) ? readFileSync(file, 'utf8').trim() : undefined
}
