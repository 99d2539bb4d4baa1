import { chmodSync, mkdtempSync, rmSync, statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { migrate, openDatabase, startEmbeddedServer } from '../src/database/index.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    postgresUrl: string
  }
}

/** One real PostgreSQL server for the whole run, with a migrated template that each test file clones. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const dir = mkdtempSync(join(folderForData(), 'bridgekeeper-test-'))
  // As root the server runs as another user, who must be able to enter; else its data would go elsewhere and stay there.
  chmodSync(dir, 0o755)
  // The tests kill processes, never the machine: PostgreSQL's own fsync would only cost time here, and whole pages after each checkpoint, which every
  // clone makes. Memory may hold the log, so it is kept short.
  const settings = { fsync: 'off', full_page_writes: 'off', max_wal_size: '256MB', max_connections: '300' }
  const server = await startEmbeddedServer({ dir, settings })
  const template = openDatabase(server.url)
  await migrate(template)
  // A template must have no connection while it is cloned.
  await template.close()
  project.provide('postgresUrl', server.url)
  return async () => {
    await server.stop()
    rmSync(dir, { recursive: true, force: true })
  }
}

const roomForData = 4 * 1024 ** 3

/** Memory, where that is a file system with room: to clone the template, 300 files, took 0.03 s of processor time there and 0.6 on a busy disk (2026-11-28). */
function folderForData(): string {
  const memory = '/dev/shm'
  try {
    const { bavail, bsize } = statfsSync(memory)
    if (bavail * bsize > roomForData && process.availableMemory() > roomForData) return memory
  } catch {
    // Not Linux.
  }
  return tmpdir()
}
