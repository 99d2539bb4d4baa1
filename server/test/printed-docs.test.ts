import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { printedDocs, root } from '../tools/printed-docs.ts'
import { createTestDatabase, type TestDatabase } from './test-database.ts'

let database: TestDatabase
let printed: Map<string, string>

beforeAll(async () => {
  database = await createTestDatabase()
  printed = await printedDocs(database)
})
afterAll(() => database?.drop())

it('what the program prints about itself is up to date; `npm run docs` writes it anew', () => {
  const stale = [...printed].filter(([file, text]) => !existsSync(join(root, file)) || readFileSync(join(root, file), 'utf8') !== text)
  expect(stale.map(([file]) => file)).toEqual([])
})

it('the printed pages hold what they are for', () => {
  expect(printed.get('docs/schema.sql')).toContain('create table delivery_key')
  expect(printed.get('docs/errors.md')).toContain('### webhooks.not_verified')
  expect(printed.get('docs/cli.md')).toMatch(/### bridgekeeper connections reconnect[\s\S]*--secret-file/)
  expect(printed.get('docs/openapi.yaml')).toContain('operationId: resumeRuns')
  expect([...printed.values()].join()).not.toMatch(/\[object |undefined\b.*undefined\b/)
})
