import { existsSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import { isFree } from '../ports.ts'
import type { ServerFile } from '../server-file.ts'
import { bad, type Finding, ok, warning } from './finding.ts'

const lowestNodeMajor = 24
const gibibyte = 1024 ** 3

/** @param version as `process.versions.node` says it */
export function checkNode(version: string): Finding {
  const major = Number(version.split('.')[0])
  if (major >= lowestNodeMajor) return ok('node', version)
  return bad(
    'node',
    `${version}, and ${lowestNodeMajor} is needed`,
    'Start through npm (npm start), which brings its own Node, or install a newer one.',
  )
}

/** Of the file system that holds a folder, or will hold it. */
export async function checkDisk(folder: string): Promise<Finding> {
  let existing = folder
  while (!existsSync(existing)) existing = dirname(existing)
  const { bavail, bsize } = await statfs(existing)
  return judgeDisk((bavail * bsize) / gibibyte, existing)
}

/** @param freeGib gibibytes that an ordinary user may still write */
export function judgeDisk(freeGib: number, folder: string): Finding {
  const found = `${freeGib.toFixed(1)} GiB free for ${folder}`
  const fix = 'Make room, or shorten spec.retention in bridgekeeper.yaml.'
  if (freeGib < 1) return bad('disk', found, `${fix} A full disk stops PostgreSQL.`)
  return freeGib < 5 ? warning('disk', found, fix) : ok('disk', found)
}

/** @param left what embedded servers of root have put outside of folders that are gone now */
export function checkLeftOvers(left: readonly { folder: string; belongedTo: string }[]): Finding[] {
  if (left.length === 0) return []
  const [first] = left
  const whose = `${first!.belongedTo}${left.length > 1 ? ` and ${left.length - 1} more` : ''}`
  return [
    warning(
      'left-over data',
      `${left.length} embedded databases of folders that are gone or have begun anew: ${whose}`,
      `When nobody needs them: rm -r ${left.map(({ folder }) => folder).join(' ')}`,
    ),
  ]
}

/** @param running the workspace's own server, when it runs */
export async function checkPort(port: number, host: string, running: ServerFile | undefined): Promise<Finding> {
  if (running) return ok('port', `this workspace's server answers at ${running.url} (process ${running.pid})`)
  if (await isFree(port, host)) return ok('port', `${port} is free`)
  return warning(
    'port',
    `${port} is taken by another program`,
    `Start with --port, or set spec.port in bridgekeeper.yaml; without it the next free one is used.`,
  )
}
