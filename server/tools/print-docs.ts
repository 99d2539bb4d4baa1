/**
 * Prints what the program knows about itself: the database types for Kysely, and docs/schema.sql, errors.md, cli.md, openapi.yaml.
 * `--check` writes nothing and fails when a printed file is not what the program would print now.
 */
import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { migrate, openDatabase, printSchema, startEmbeddedServer } from '../src/database/index.ts'

const root = join(import.meta.dirname, '..', '..')
const check = process.argv.includes('--check')

async function printDatabase(): Promise<Record<string, string>> {
  const dir = mkdtempSync(join(tmpdir(), 'bridgekeeper-docs-'))
  chmodSync(dir, 0o755)
  const server = await startEmbeddedServer({ dir, settings: { fsync: 'off' } })
  try {
    const database = openDatabase(server.url)
    await migrate(database)
    const schema = await printSchema(database.executor)
    await database.close()
    const typesFile = join(dir, 'types.ts')
    // kysely-codegen reads the connection string with a parser that wants host and port in the usual places.
    execFileSync(
      process.execPath,
      [
        join(root, 'node_modules/kysely-codegen/dist/cli/bin.js'),
        '--dialect',
        'postgres',
        '--url',
        server.url,
        '--out-file',
        typesFile,
        '--exclude-pattern',
        '(pgboss.*|*_2???????|*_default)',
        '--log-level',
        'error',
      ],
      { stdio: ['ignore', 'ignore', 'inherit'] },
    )
    return { 'docs/schema.sql': schema, 'server/src/database/schema.generated.ts': readFileSync(typesFile, 'utf8') }
  } finally {
    await server.stop()
    rmSync(dir, { recursive: true, force: true })
  }
}

const printed = await printDatabase()
const stale = Object.entries(printed).filter(
  ([file, text]) => !existsSync(join(root, file)) || readFileSync(join(root, file), 'utf8') !== text,
)
if (check) {
  for (const [file] of stale) console.error(`${file} is not what the program prints now. Run: npm run docs`)
  process.exitCode = stale.length > 0 ? 1 : 0
} else {
  for (const [file, text] of stale) writeFileSync(join(root, file), text)
  console.log(stale.length > 0 ? `printed ${stale.map(([file]) => file).join(', ')}` : 'everything printed is up to date')
}
