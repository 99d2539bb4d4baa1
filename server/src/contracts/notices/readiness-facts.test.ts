import { afterAll, beforeAll, expect, it } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../../../test/test-database.ts'
import { exampleWorkspace, healthyFacts } from '../../readiness/fixtures.ts'
import { judgeTransition } from '../../readiness/index.ts'
import type { Workspace } from '../../workspace/index.ts'
import { createRegistry } from '../registry/registry.ts'
import { noticeChange } from './notice-change.ts'
import { readNoticeFacts, readWatchedSides } from './readiness-facts.ts'

const bridge = 'meridian-quill'
const platform = 'meridian-erp'
let database: TestDatabase
let workspace: Workspace

beforeAll(async () => {
  ;[database, workspace] = [await createTestDatabase(), await exampleWorkspace()]
})
afterAll(() => database.drop())

const day = (text: string) => new Date(`${text}T09:00:00Z`)
const contract = (paths: readonly string[]) =>
  JSON.stringify({
    openapi: '3.1.0',
    info: { title: 'Meridian', version: String(paths.length) },
    paths: Object.fromEntries(paths.map((path) => [path, { get: { responses: { 200: { description: 'ok' } } } }])),
  })
const two = contract(['/invoices', '/payments'])
const one = contract(['/invoices'])

const registry = () =>
  createRegistry({
    database,
    onPublished: async (tx, version, change) => void (await noticeChange(tx, version.platform, change, version.publishedAt!)),
  })
const receive = (text: string, on: string, source: 'url' | 'workspace' = 'url', of = platform) =>
  registry().receive({ platform: of, text, source, origin: 'https://meridian.example/openapi.json', vouched: true, at: day(on) })

const watchedOn = async (on: string) => (await readWatchedSides(database.executor, workspace, day(on))).get(bridge)

/** Sides that the check refuses at the gate to ga on a day, everything else being healthy. */
async function refused(on: string): Promise<(string | undefined)[]> {
  const facts = {
    ...healthyFacts,
    notices: (await readNoticeFacts(database.executor, workspace, day(on))).get(bridge)!,
    watchedSides: (await watchedOn(on))!,
  }
  const { blockers } = judgeTransition(workspace, workspace.integrations.get(bridge)!, facts, on, 'beta', 'ga')
  return blockers.filter(({ check }) => check === 'no-silent-change').map(({ side }) => side)
}

it('a side is watched after 90 days of looks without a gap of more than a week, by no copy in the workspace', async () => {
  for (const week of Array.from({ length: 14 }, (_, index) => index)) {
    const on = new Date(day('2026-01-01').getTime() + week * 7 * 86_400_000).toISOString().slice(0, 10)
    await receive(two, on)
    await receive(two, on, 'workspace', 'quill-invoicing')
  }
  expect(await watchedOn('2026-03-31')).toEqual([])
  expect(await watchedOn('2026-04-02')).toEqual(['meridian'])
  expect(await watchedOn('2026-04-20')).toEqual([])
  expect(await refused('2026-04-02')).toEqual(['quill'])
})

it('a change that was found in force closes the gate for its side, and nothing else opens it', async () => {
  expect((await receive(one, '2026-04-03')).outcome).toBe('published')
  const facts = (await readNoticeFacts(database.executor, workspace, day('2026-04-04'))).get(bridge)!
  expect(facts.map(({ party, verdict }) => ({ party, verdict }))).toContainEqual({ party: 'meridian', verdict: 'silent' })
  expect(await refused('2026-04-04')).toEqual(['meridian', 'quill'])
})

it('after a gap the watch begins anew', async () => {
  await receive(one, '2026-04-30')
  expect(await watchedOn('2026-05-01')).toEqual([])
})
