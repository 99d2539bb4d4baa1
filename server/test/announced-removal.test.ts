import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import ICAL from 'ical.js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createRegistry, noticeChange, noticeFirst, type Registry } from '../src/contracts/index.ts'
import { calendarOf, noticeEvents } from '../src/contracts/notices/calendar.ts'
import { listNotices } from '../src/contracts/notices/queries.ts'
import { createTestDatabase, type TestDatabase } from './test-database.ts'

const specs = join(import.meta.dirname, '../../../shared/specs/xero-employees-sunset')
let database: TestDatabase
let registry: Registry
beforeAll(async () => {
  database = await createTestDatabase()
  registry = createRegistry({
    database,
    onFirst: async (tx, version, contract) => void (await noticeFirst(tx, version.platform, contract, version.publishedAt!)),
    onPublished: async (tx, version, change) => void (await noticeChange(tx, version.platform, change, version.publishedAt!)),
  })
})
afterAll(() => database.drop())

const notices = () => listNotices(database.executor, ['xero'])
const employees = ['GET /Employees', 'GET /Employees/{EmployeeID}', 'POST /Employees', 'PUT /Employees']
const receive = async (name: string, on: string) => {
  const text = await readFile(join(specs, `${name}.yaml`), 'utf8')
  const { outcome } = await registry.receive({ platform: 'xero', text, source: 'url', origin: name, vouched: true, at: new Date(on) })
  return outcome
}

describe.skipIf(!existsSync(specs))('Xero’s removal that stood in a sentence only (skipped where ../shared is absent)', () => {
  it('is on the calendar on the day of the announcement, 286 days before the operations are gone', async () => {
    expect(await receive('before', '2025-06-28T12:00:00Z')).toBe('first')
    const before = await notices()
    expect(await receive('announced', '2025-07-17T04:45:04Z')).toBe('published')
    const announced = (await notices()).filter(({ id }) => !before.some((old) => old.id === id))
    expect(announced.map(({ place }) => place).sort()).toEqual(employees)
    const events = new ICAL.Component(ICAL.parse(calendarOf(noticeEvents(announced), 'xero'))).getAllSubcomponents('vevent')
    expect(events.map((event) => String(event.getFirstPropertyValue('dtstart')))).toEqual(Array(4).fill('2026-04-28'))
    expect(announced.every(({ silent, evidence }) => !silent && JSON.stringify(evidence).includes('"confidence":"read"'))).toBe(true)
  })

  it('stays one notice when other versions come, and is fulfilled, not repeated, when the operations go', async () => {
    const before = (await notices()).length
    expect(await receive('last', '2026-04-28T00:00:00Z')).toBe('published')
    expect(await receive('after', '2026-04-29T02:52:28Z')).toBe('published')
    const all = (await notices()).filter(({ place }) => place.includes('/Employees'))
    expect(
      all
        .map(({ place, state, effectiveOn, silent }) => ({ place, state, effectiveOn, silent }))
        .sort((a, b) => (a.place < b.place ? -1 : 1)),
    ).toEqual(employees.map((place) => ({ place, state: 'effective', effectiveOn: '2026-04-28', silent: false })))
    expect(all.every(({ evidence }) => evidence.goneOn === '2026-04-29')).toBe(true)
    expect((Date.parse('2026-04-29') - Date.parse('2025-07-17')) / 86_400_000).toBe(286)
    expect(all.every(({ announcedAt }) => announcedAt.toISOString().startsWith('2025-07-17'))).toBe(true)
    expect((await notices()).length - before).toBeLessThan(30)
  })
})
