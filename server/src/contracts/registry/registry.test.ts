import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../../../test/test-database.ts'
import { type DocumentRead, defaultQuarantine, type PublicationState, readDocument } from './publication-state.ts'
import { listIncidents, listVersions } from './queries.ts'
import { createRegistry, type Registry } from './registry.ts'

const hour = 3_600_000
const start = Date.parse('2026-05-04T08:00:00Z')
const at = (hours: number) => new Date(start + hours * hour)

let database: TestDatabase
let registry: Registry
const told: string[] = []
beforeAll(async () => {
  database = await createTestDatabase()
  registry = createRegistry({
    database,
    onPublished: async (_, version, change) => void told.push(`${version.platform} ${version.label}: ${change.findings.length}`),
  })
})
afterAll(() => database.drop())

const document = (version: string, operations: number) =>
  JSON.stringify({
    openapi: '3.0.3',
    info: { title: 't', version },
    paths: Object.fromEntries(
      Array.from({ length: operations }, (_, n) => [`/p${n}`, { get: { responses: { 200: { description: 'ok' } } } }]),
    ),
  })
const receive = (platform: string, text: string, hours: number, vouched = false) =>
  registry.receive({ platform, text, source: 'url', origin: 'https://partner.example/openapi.json', at: at(hours), vouched })

describe('what is believed', () => {
  it('33 → 1 → 33 operations: quarantined, withdrawn, an incident, and nobody is told', async () => {
    const [full, empty] = [document('3', 33), document('4', 1)]
    const outcomes = []
    for (const [text, hours] of [
      [full, 0],
      [empty, 1],
      [empty, 5],
      [full, 9],
      [full, 12],
    ] as const)
      outcomes.push((await receive('flap', text, hours)).outcome)
    expect(outcomes).toEqual(['first', 'quarantined', 'held', 'withdrawn', 'unchanged'])
    expect(told).toEqual([])
    expect((await registry.current('flap'))!.version.label).toBe('3')
    expect((await listVersions(database.executor, 'flap')).map(({ state }) => state)).toEqual(['withdrawn', 'published'])
    expect((await listIncidents(database.executor, 'flap')).map(({ kind }) => kind)).toEqual(['flap', 'emptied'])
  })

  it('a small contract whose operations all vanish is suspected, one of which half vanish is not', async () => {
    const outcomes = []
    for (const [text, hours] of [
      [document('1', 3), 0],
      [document('2', 0), 1],
      [document('2', 0), 3],
    ] as const)
      outcomes.push((await receive('small', text, hours)).outcome)
    expect(outcomes).toEqual(['first', 'quarantined', 'held'])
    expect((await registry.current('small'))!.version.label).toBe('1')
    expect((await listIncidents(database.executor, 'small')).map(({ kind }) => kind)).toEqual(['emptied'])
    await receive('halved', document('1', 4), 0)
    await receive('halved', document('2', 2), 1)
    expect(await listIncidents(database.executor, 'halved')).toEqual([])
  })

  const specs = join(import.meta.dirname, '../../../../../shared/specs/adyen-legalentity-flap')
  it.skipIf(!existsSync(specs))('the real flap of Adyen’s LegalEntity notifies nobody (skipped where ../shared is absent)', async () => {
    const texts = await Promise.all(['before', 'mid', 'after'].map((name) => readFile(join(specs, `${name}.yaml`), 'utf8')))
    const outcomes = []
    for (const [index, text] of texts.entries()) outcomes.push((await receive('adyen', text, index * 3)).outcome)
    expect(outcomes.slice(0, 2)).toEqual(['first', 'quarantined'])
    expect(['withdrawn', 'quarantined']).toContain(outcomes[2])
    expect(told.filter((line) => line.startsWith('adyen'))).toEqual([])
  })

  it('a plausible change is believed after a second reading and an hour, and told once', async () => {
    const outcomes = []
    for (const [text, hours] of [
      [document('1', 9), 0],
      [document('2', 8), 1],
      [document('2', 8), 1.5],
      [document('2', 8), 3],
      [document('2', 8), 4],
    ] as const)
      outcomes.push((await receive('plain', text, hours)).outcome)
    expect(outcomes).toEqual(['first', 'quarantined', 'held', 'published', 'unchanged'])
    expect(told.filter((line) => line.startsWith('plain'))).toEqual(['plain 2: 1'])
  })

  it('unparsable, truncated and foreign documents become incidents and replace nothing', async () => {
    await receive('bad', document('1', 9), 0)
    for (const text of ['{"openapi":"3.0.3","paths":{"/a"', '<html>maintenance</html>', '', '{"openapi":"3.0.3"', '{"hello":1}'])
      expect((await receive('bad', text, 1)).outcome).toBe('unreadable')
    await receive('bad', '{"hello":1}', 2)
    expect((await registry.current('bad'))!.version.label).toBe('1')
    const incidents = await listIncidents(database.executor, 'bad')
    expect(incidents.every(({ kind }) => kind === 'unreadable')).toBe(true)
    expect(incidents[0]!.seen).toBe(2)
  })

  it('the owner who stands for a strange version is believed at once; a proposal is never in force', async () => {
    await receive('owned', document('1', 9), 0)
    expect(
      (await registry.propose({ platform: 'owned', text: document('9', 1), source: 'upload', origin: 'ci' })).change!.findings.length,
    ).toBe(8)
    expect((await registry.current('owned'))!.version.label).toBe('1')
    expect((await receive('owned', document('2', 1), 1, true)).outcome).toBe('published')
    await expect(registry.propose({ platform: 'owned', text: 'no', source: 'upload', origin: 'ci' })).rejects.toMatchObject({ status: 422 })
  })

  it('a generator that stamps every build is believed like one that does not; after a strange version the wait begins anew', async () => {
    const outcomes = []
    for (const [version, operations, hours] of [
      [1, 9, 0],
      [2, 8, 1],
      [3, 8, 4],
      [4, 1, 10],
      [5, 7, 100],
    ] as const)
      outcomes.push((await receive('stamped', document(String(version), operations), hours)).outcome)
    expect(outcomes).toEqual(['first', 'quarantined', 'published', 'quarantined', 'quarantined'])
  })

  it('many processes that read the same new version at once tell it once', async () => {
    await receive('crowd', document('1', 9), 0)
    await receive('crowd', document('2', 8), 1)
    const outcomes = await Promise.all(Array.from({ length: 8 }, () => receive('crowd', document('2', 8), 3)))
    expect(outcomes.filter(({ outcome }) => outcome === 'published')).toHaveLength(1)
    expect(told.filter((line) => line.startsWith('crowd'))).toHaveLength(1)
  })
})

describe('the state machine', () => {
  const reads = fc.array(
    fc.record({
      hash: fc.constantFrom('a', 'b', 'c'),
      judgement: fc.constantFrom('plausible', 'suspicious', 'unreadable') as fc.Arbitrary<DocumentRead['judgement']>,
      afterMs: fc.integer({ min: 0, max: 100 * hour }),
    }),
    { maxLength: 40 },
  )
  it('nothing is published that was not held its time, and never more than one waits', () => {
    fc.assert(
      fc.property(reads, (items) => {
        let state: PublicationState = { published: 'a', quarantined: null, flaps: 0 }
        let nowMs = start
        for (const { afterMs, ...read } of items) {
          nowMs += afterMs
          const before = state
          const next = readDocument(state, { ...read, atMs: nowMs, vouched: false })
          state = next.state
          if (next.outcome === 'unreadable' || next.outcome === 'unchanged') expect(state).toEqual(before)
          if (next.outcome === 'published') {
            expect(before.quarantined).not.toBeNull()
            const least = read.judgement === 'suspicious' ? defaultQuarantine.suspiciousHoldMs : defaultQuarantine.holdMs
            expect(nowMs - before.quarantined!.sinceMs).toBeGreaterThanOrEqual(Math.min(least, defaultQuarantine.maxHoldMs))
          }
          if (state.quarantined) expect(state.quarantined.hash).not.toBe(state.published)
        }
      }),
    )
  })

  it('each flap doubles the time that the next version has to hold', () => {
    const waiting = (flaps: number) => ({ published: 'a', quarantined: { hash: 'b', sinceMs: 0, reads: 5, suspicious: false }, flaps })
    const read = (hours: number) => ({ hash: 'b', judgement: 'plausible' as const, atMs: hours * hour, vouched: false })
    expect(readDocument(waiting(0), read(1)).outcome).toBe('published')
    expect(readDocument(waiting(2), read(3)).outcome).toBe('held')
    expect(readDocument(waiting(2), read(4)).outcome).toBe('published')
  })
})
