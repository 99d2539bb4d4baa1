import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** Where a running server says how to reach it; readable by its user only. */
export interface ServerFile {
  url: string
  pid: number
  /** When that process started, as the system counts it: a process number is given again. */
  started?: string | undefined
  /** An operator's key that ends with the server. */
  key: string
}

export function dataFolder(workspaceRoot: string): string {
  return join(workspaceRoot, '.bridgekeeper')
}

function pathOf(workspaceRoot: string): string {
  return join(dataFolder(workspaceRoot), 'server.json')
}

/** undefined when no server of this workspace is alive. */
export function readServerFile(workspaceRoot: string): ServerFile | undefined {
  const path = pathOf(workspaceRoot)
  if (!existsSync(path)) return undefined
  try {
    const file = JSON.parse(readFileSync(path, 'utf8')) as ServerFile
    return isAlive(file.pid) && file.started === startOf(file.pid) ? file : undefined
  } catch {
    return undefined
  }
}

/** The key of a server that ended without taking it back; undefined where there is none. */
export function readStaleKey(workspaceRoot: string): string | undefined {
  if (readServerFile(workspaceRoot)) return undefined
  try {
    return (JSON.parse(readFileSync(pathOf(workspaceRoot), 'utf8')) as Partial<ServerFile>).key
  } catch {
    return undefined
  }
}

/** That of the folder or of the nearest one above it. */
export function findServerFile(folder: string): ServerFile | undefined {
  const found = readServerFile(folder)
  return found || dirname(folder) === folder ? found : findServerFile(dirname(folder))
}

export function writeServerFile(workspaceRoot: string, file: Omit<ServerFile, 'started'>): void {
  mkdirSync(dataFolder(workspaceRoot), { recursive: true })
  writeFileSync(pathOf(workspaceRoot), JSON.stringify({ ...file, started: startOf(file.pid) }), { mode: 0o600 })
  chmodSync(pathOf(workspaceRoot), 0o600)
}

export function removeServerFile(workspaceRoot: string): void {
  rmSync(pathOf(workspaceRoot), { force: true })
}

/** undefined where the system does not tell: there the number alone must do. */
function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // Field 22; the second, the name in parentheses, may hold spaces and parentheses itself.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
  } catch {
    return undefined
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
