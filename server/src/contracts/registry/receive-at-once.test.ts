import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../../../test/test-database.ts'
import { listVersions } from './queries.ts'
import { createRegistry } from './registry.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database.drop())

const document = (paths: string[]) =>
  JSON.stringify({
    openapi: '3.0.3',
    info: { title: 't', version: paths.join('') },
    paths: Object.fromEntries(paths.map((path) => [`/${path}`, { get: { responses: { 200: { description: 'ok' } } } }])),
  })
const received = (platform: string, paths: string[]) =>
  ({ platform, text: document(paths), source: 'upload', origin: 'test', vouched: true, at: new Date() }) as const

describe('two receivers at once', () => {
  it('store one truth: who was overtaken compares anew, with what came into force meanwhile, and no lock is held while comparing', async () => {
    const told: string[] = []
    const onPublished = async (
      _: unknown,
      { label }: { label: string | null },
      { before, findings }: { before: { document: object }; findings: readonly { path: string | null }[] },
    ) =>
      void told.push(
        `${label} after ${(before.document as { info: { version: string } }).info.version}: ${findings.map(({ path }) => path)}`,
      )
    const fast = createRegistry({ database, onPublished })
    const prepared: string[] = []
    const slow = createRegistry({
      database,
      onPublished,
      prepare: async (platform, { before }) => {
        prepared.push((before.document as unknown as { info: { version: string } }).info.version)
        // A lock held here would wait for itself.
        if (prepared.length === 1) await fast.receive(received(platform, ['b']))
      },
    })
    await fast.receive(received('raced', ['a', 'b', 'c']))
    const { outcome, change } = await slow.receive(received('raced', ['b', 'c']))
    expect(outcome).toBe('published')
    expect(prepared).toEqual(['abc', 'b'])
    expect(told).toEqual(['b after abc: /a,/c', 'bc after b: /c'])
    expect(change!.findings.map(({ rule }) => rule)).toEqual(['endpoint-added'])
    expect((await listVersions(database.executor, 'raced')).map(({ label }) => label)).toEqual(['bc', 'b', 'abc'])
  })

  it('of the same document publish it once', async () => {
    const told: (string | null)[] = []
    const registry = () => createRegistry({ database, onPublished: async (_, { label }) => void told.push(label) })
    await registry().receive(received('same', ['a', 'b']))
    const outcomes = await Promise.all(Array.from({ length: 6 }, () => registry().receive(received('same', ['a']))))
    expect(outcomes.map(({ outcome }) => outcome).sort()).toEqual(['published', ...Array(5).fill('unchanged')])
    expect(told).toEqual(['a'])
  })

  it('of many different documents store each after the one before it, however often they overtake each other', async () => {
    const chain: string[] = []
    const registry = () =>
      createRegistry({
        database,
        onPublished: async (_, { label }, { before }) =>
          void chain.push(`${(before.document as unknown as { info: { version: string } }).info.version}>${label}`),
      })
    await registry().receive(received('many', ['z']))
    const letters = [...'abcdefghijkl']
    await Promise.all(letters.map((letter) => registry().receive(received('many', [letter]))))
    expect(chain).toHaveLength(letters.length)
    const order = (await listVersions(database.executor, 'many')).reverse().map(({ label }) => label)
    expect(chain.map((step) => step[2]).sort()).toEqual(letters)
    expect(chain.map((step) => step[0])).toEqual(['z', ...chain.slice(0, -1).map((step) => step[2])])
    expect(order).toHaveLength(13)
  })

  it('of which the first one received comes last put that in force', async () => {
    const registry = createRegistry({ database })
    await registry.receive(received('late', ['a']))
    await registry.receive({ ...received('late', ['b']), at: new Date(Date.now() + 5_000) })
    const { outcome, version } = await registry.receive(received('late', ['c']))
    expect([outcome, version!.label]).toEqual(['published', 'c'])
    expect((await registry.current('late'))!.version.label).toBe('c')
  })
})
