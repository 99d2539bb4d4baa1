import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
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
  const dir = mkdtempSync(join(tmpdir(), 'bridgekeeper-test-'))
  // As root the server runs as another user, who must be able to enter; else its data would go elsewhere and stay there.
  chmodSync(dir, 0o755)
  // The tests kill processes, never the machine: PostgreSQL's own fsync would only cost time here.
  const server = await startEmbeddedServer({ dir, settings: { fsync: 'off', max_connections: '300' } })
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
