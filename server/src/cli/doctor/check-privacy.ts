import { type Stats, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { embeddedHome } from '../../database/index.ts'
import { dataFolder } from '../server-file.ts'
import { bad, type Finding, ok, warning } from './finding.ts'

interface Exposure {
  path: string
  mode: string
  /** Who besides its owner can read it. */
  readers: string
  /** As it is typed. */
  remedy: string
}

/**
 * The file that an operator names in BRIDGEKEEPER_KEYS_FILE. A warning, since mounted secrets are often open in a container that has one user.
 *
 * @returns none where the system has no such rights, or the file is not there
 */
export function checkKeyFile(path: string): Finding[] {
  const stats = lookAt(path)
  if (!stats) return []
  const exposed = exposureOf(path)
  if (!exposed) return [ok('key file', `${path}: only who should can read it (mode ${modeOf(stats)})`)]
  const found = `${exposed.readers} can read ${path} (mode ${exposed.mode}), and with it open every stored credential`
  return [warning('key file', found, `Run: ${exposed.remedy}   If other people use this machine, rotate the keys as well.`)]
}

/** What the program keeps in the workspace and, for root, elsewhere: the embedded data with its password, keys of running servers. */
export function checkPrivateData(workspaceRoot: string): Finding[] {
  const folder = dataFolder(workspaceRoot)
  const home = embeddedHome(join(folder, 'postgres'))
  const kept = ['data', 'password', 'postgres.log'].map((name) => join(home, name))
  const all = [...kept, join(folder, 'server.json'), join(folder, 'sandbox-secrets.json')].filter((path) => lookAt(path))
  if (all.length === 0) return []
  const exposed = all.flatMap((path) => exposureOf(path) ?? [])
  if (exposed.length === 0) return [ok('private data', `only its user can read what is kept in ${folder}`)]
  const found = exposed.map(({ path, mode, readers }) => `${readers} can read ${path} (mode ${mode})`).join('\n')
  return [bad('private data', found, `Run: ${exposed.map(({ remedy }) => remedy).join(' && ')}`)]
}

/** undefined: absent, closed to whoever looks, or on a system where these bits say nothing. */
function lookAt(path: string): Stats | undefined {
  try {
    return process.getuid === undefined ? undefined : statSync(path, { throwIfNoEntry: false })
  } catch {
    return undefined
  }
}

const modeOf = ({ mode }: { mode: number }): string => (mode & 0o777).toString(8)

function exposureOf(given: string): Exposure | undefined {
  const path = resolve(given)
  const stats = lookAt(path)
  if (!stats) return undefined
  const mine = process.getuid!()
  const toAll = (stats.mode & 0o007) !== 0 && isOpen(path, 0o001)
  // Who reads it by its group, as a service does what root has made, was given it on purpose.
  const toGroup = (stats.mode & 0o070) !== 0 && stats.uid === mine && isOpen(path, 0o011)
  if (!toAll && !toGroup) return undefined
  const closed = stats.isDirectory() ? '700' : '600'
  const byGroup = stats.uid !== mine && mine !== 0 && (stats.mode & 0o040) !== 0
  const command = `chmod ${byGroup ? 'o=' : closed} ${quoted(path)}`
  return {
    path,
    mode: modeOf(stats),
    readers: toAll ? 'every user of this machine' : 'everybody in its group',
    remedy: stats.uid === mine || mine === 0 ? command : `sudo ${command}`,
  }
}

/** Whether others come as far as the folder that it is in. */
function isOpen(path: string, bits: number): boolean {
  const parent = dirname(path)
  return parent === path || ((statSync(parent).mode & bits) !== 0 && isOpen(parent, bits))
}

const quoted = (path: string): string => (/^[\w./@%+=:,-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`)
