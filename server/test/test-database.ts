import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { inject } from 'vitest'
import { type Database, openDatabase } from '../src/database/index.ts'

export interface TestDatabase extends Database {
  /** Closes the pool and drops the database. */
  drop(): Promise<void>
}

/**
 * A database of this test's own, migrated, empty, on the run's PostgreSQL server.
 * Call once per file (`beforeAll`) and `drop()` in `afterAll`; `url` may be handed to child processes.
 */
export async function createTestDatabase(): Promise<TestDatabase> {
  const templateUrl = inject('postgresUrl')
  const name = `test_${randomBytes(6).toString('hex')}`
  // As files: as pages through the log, which is the default, it takes several times the processor time.
  await administer(templateUrl, `create database ${name} template bridgekeeper strategy file_copy`)
  const database = openDatabase(templateUrl.replace('@/bridgekeeper?', `@/${name}?`))
  return {
    ...database,
    drop: async () => {
      await database.close()
      await administer(templateUrl, `drop database ${name} with (force)`)
    },
  }
}

async function administer(templateUrl: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: templateUrl.replace('@/bridgekeeper?', '@/postgres?') })
  await client.connect()
  try {
    // Two files may clone at once; PostgreSQL refuses the second while the first holds the template.
    await client.query('select pg_advisory_lock(1)')
    await client.query(statement)
  } finally {
    await client.end()
  }
}
