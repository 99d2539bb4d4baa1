import { execFileSync } from 'node:child_process'
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { printCommands } from '../src/cli/index.ts'
import { consumerContractSchema } from '../src/contracts/index.ts'
import { printRules } from '../src/contracts/rules/print-rules.ts'
import { type Database, printSchema } from '../src/database/index.ts'
import { printErrors } from '../src/errors/index.ts'
import { apiDocument } from '../src/http/index.ts'
import { apisOf } from '../src/server.ts'
import { printJsonSchemas } from '../src/workspace/index.ts'

export const root = join(import.meta.dirname, '..', '..')

/**
 * Every file that the program prints about itself: path from the root → text. `npm run docs` writes them, a test compares them.
 *
 * @param database migrated and otherwise untouched
 */
export async function printedDocs(database: Database): Promise<Map<string, string>> {
  await importErrorTables()
  // Loads every command, and a small one's errors stand beside it.
  const commands = await printCommands()
  return new Map([
    ['docs/schema.sql', await printSchema(database.executor)],
    ['server/src/database/schema.generated.ts', printDatabaseTypes(database.url)],
    ['docs/errors.md', printErrors()],
    ['docs/cli.md', commands],
    ['docs/openapi.yaml', printOpenApi()],
    ['docs/contract-rules.md', printRules()],
    ['docs/schemas/consumer-contract.schema.json', `${JSON.stringify(consumerContractSchema(), null, 2)}\n`],
    ...[...printJsonSchemas()].map(([file, text]) => [`docs/schemas/${file}`, text] as const),
  ])
}

/** A table that nobody imports would be missing without a word. */
async function importErrorTables(): Promise<void> {
  for (const file of globSync('server/src/**/*errors.ts', { cwd: root })) await import(join(root, file))
}

function printOpenApi(): string {
  // Declaring a route calls nothing: what stands here is only handed on.
  const anything: never = new Proxy(() => {}, { get: () => anything, apply: () => anything }) as never
  const apis = apisOf({
    database: anything,
    bridge: anything,
    keyRing: anything,
    canaries: anything,
    notifier: anything,
    workspace: () => anything,
    lifecycle: anything,
    publicUrl: () => '',
    leadsInside: () => false,
  })
  return `# Printed from the program by \`npm run docs\`. Do not edit.\n${stringify(apiDocument(apis), { lineWidth: 130, aliasDuplicateObjects: false })}`
}

function printDatabaseTypes(url: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'bridgekeeper-docs-'))
  const file = join(folder, 'types.ts')
  try {
    // Run as a program, because it has no other door.
    const codegen = join(root, 'node_modules/kysely-codegen/dist/cli/bin.js')
    const options = ['--dialect', 'postgres', '--exclude-pattern', '(pgboss.*|*_2???????|*_default)', '--log-level', 'error']
    execFileSync(process.execPath, [codegen, ...options, '--url', url, '--out-file', file], { stdio: ['ignore', 'ignore', 'inherit'] })
    return readFileSync(file, 'utf8')
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
