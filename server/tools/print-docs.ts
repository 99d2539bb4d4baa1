/** Writes every file that the program prints about itself. That they are up to date is a test: server/test/printed-docs.test.ts. */
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { migrate, openDatabase, startEmbeddedServer } from '../src/database/index.ts'
import { printedDocs, root } from './printed-docs.ts'

const dir = mkdtempSync(join(tmpdir(), 'bridgekeeper-docs-'))
// As root the server runs as another user, who must be able to enter.
chmodSync(dir, 0o755)
const server = await startEmbeddedServer({ dir, settings: { fsync: 'off' } })
try {
  const database = openDatabase(server.url)
  await migrate(database)
  const changed = [...(await printedDocs(database))].filter(([file, text]) => textOf(file) !== text)
  await database.close()
  for (const [file, text] of changed) writeFileSync(join(root, file), text)
  console.log(changed.length > 0 ? `printed ${changed.map(([file]) => file).join(', ')}` : 'everything printed is up to date')
} finally {
  await server.stop()
  rmSync(dir, { recursive: true, force: true })
}

function textOf(file: string): string | undefined {
  return existsSync(join(root, file)) ? readFileSync(join(root, file), 'utf8') : undefined
}
