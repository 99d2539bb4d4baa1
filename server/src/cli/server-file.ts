import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
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

/** Newest first: several processes may serve one workspace. */
function readAll(workspaceRoot: string): ServerFile[] {
  const path = pathOf(workspaceRoot)
  if (!existsSync(path)) return []
  try {
    const { others = [], ...newest } = JSON.parse(readFileSync(path, 'utf8')) as ServerFile & { others?: ServerFile[] }
    return [newest, ...others]
  } catch {
    return []
  }
}

function writeAll(workspaceRoot: string, [newest, ...others]: readonly ServerFile[]): void {
  const path = pathOf(workspaceRoot)
  if (!newest) {
    rmSync(path, { force: true })
    return
  }
  mkdirSync(dataFolder(workspaceRoot), { recursive: true })
  // Renamed into place, so that nobody reads half of it.
  writeFileSync(`${path}.${process.pid}`, JSON.stringify({ ...newest, ...(others.length > 0 ? { others } : {}) }), { mode: 0o600 })
  renameSync(`${path}.${process.pid}`, path)
}

const runs = ({ pid, started }: ServerFile): boolean => isAlive(pid) && started === startOf(pid)

/** undefined when no server of this workspace is alive. */
export function readServerFile(workspaceRoot: string): ServerFile | undefined {
  return readAll(workspaceRoot).find(runs)
}

/** The keys of servers that ended without taking them back. */
export function readStaleKeys(workspaceRoot: string): string[] {
  return readAll(workspaceRoot).flatMap((file) => (runs(file) ? [] : [file.key]))
}

/** That of the folder or of the nearest one above it. */
export function findServerFile(folder: string): ServerFile | undefined {
  const found = readServerFile(folder)
  return found || dirname(folder) === folder ? found : findServerFile(dirname(folder))
}

export function writeServerFile(workspaceRoot: string, file: Omit<ServerFile, 'started'>): void {
  writeAll(workspaceRoot, [{ ...file, started: startOf(file.pid) }, ...readAll(workspaceRoot).filter(runs)])
}

/** What other processes have written stays. */
export function removeServerFile(workspaceRoot: string, pid: number): void {
  writeAll(
    workspaceRoot,
    readAll(workspaceRoot).filter((file) => file.pid !== pid && runs(file)),
  )
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
