import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../../../test/test-database.ts'
import { type Reply, type Seen, startTestPartner, type TestPartner } from '../../../test/test-partner.ts'
import { loadWorkspace } from '../../workspace/index.ts'
import { noticeChange } from '../notices/notice-change.ts'
import { createRegistry, type Registry } from '../registry/registry.ts'
import { findSource } from './queries.ts'
import { createSources, type Sources, type SourcesOptions } from './sources.ts'

export const hourMs = 3_600_000

/** One platform whose contract a real server publishes, and a clock that a test moves. New for each test of a file that calls `polledShop`. */
export const shop = {} as {
  database: TestDatabase
  partner: TestPartner
  registry: Registry
  sources: Sources
  folder: string
  nowMs: number
  /** Versions that people were told of, with the number of changes. */
  told: string[]
  /** What the partner publishes now. */
  published: (seen: Seen) => Reply | Promise<Reply>
}

export function polledShop(): void {
  beforeAll(async () => {
    shop.partner = await startTestPartner()
    shop.partner.answer = (seen) => shop.published(seen)
  })
  afterAll(() => shop.partner.close())
  beforeEach(async () => {
    const database = await createTestDatabase()
    const told: string[] = []
    const registry = createRegistry({
      database,
      onPublished: async (tx, version, change) => {
        told.push(`${version.label}: ${change.findings.length}`)
        await noticeChange(tx, version.platform, change, version.publishedAt!)
      },
    })
    const folder = await mkdtemp(join(tmpdir(), 'sources-'))
    Object.assign(shop, { database, told, registry, folder, nowMs: Date.parse('2026-05-04T08:00:00Z') })
    shop.partner.seen.length = 0
    shop.sources = makeSources()
  })
  afterEach(async () => {
    await shop.sources.close()
    await shop.database.drop()
    await rm(shop.folder, { recursive: true, force: true })
  })
}

/** What another process on the same database has. */
export function makeSources(more: Partial<SourcesOptions> = {}): Sources {
  const { database, registry, partner } = shop
  return createSources({ database, registry, allowedHosts: [partner.host], leastGapMs: 0, now: () => new Date(shop.nowMs), ...more })
}

/** A workspace with one platform, whose contract is polled daily at `address`. */
export async function follow(address: string, { field = 'url', sandboxed = [] as string[], more = '' } = {}): Promise<void> {
  const platform = `apiVersion: bridgekeeper.dev/v1
kind: Organization
metadata: { name: acme }
spec: { business: product, people: [] }
---
apiVersion: bridgekeeper.dev/v1
kind: Platform
metadata: { name: shop }
spec:
  owner: acme
  baseUrl: https://api.shop.example/v1
  contract: { file: ./openapi.json, ${field}: '${address}', pollEvery: P1D }
${more}`
  await writeFile(
    join(shop.folder, 'bridgekeeper.yaml'),
    'apiVersion: bridgekeeper.dev/v1\nkind: Workspace\nmetadata: { name: test }\nspec: {}\n',
  )
  await writeFile(join(shop.folder, 'openapi.json'), '{"openapi":"3.0.3"}')
  await writeFile(join(shop.folder, 'platforms.yaml'), platform)
  const { workspace, problems } = await loadWorkspace(shop.folder)
  expect(problems).toEqual([])
  await shop.sources.replace(workspace, sandboxed)
}

export const operations = ['/a', '/b', '/c', '/d', '/e', '/f']
export const document = (version: string, paths = operations, more: object = {}) =>
  JSON.stringify({
    openapi: '3.0.3',
    info: { title: 'Shop', version },
    paths: Object.fromEntries(paths.map((path) => [path, { get: { responses: { 200: { description: 'ok' } } } }])),
    ...more,
  })
export const publish = (body: string | Buffer, headers: Record<string, string> = {}, status = 200) => {
  shop.published = () => ({ status, headers, body })
}
/** So many hours later, what the poll finds. */
export const pollAfter = async (hours: number) => {
  shop.nowMs += hours * hourMs
  return shop.sources.poll('shop')
}
export const source = async () => (await findSource(shop.database.executor, 'shop'))!
export const inForce = async () => (await shop.registry.current('shop'))?.version.label
