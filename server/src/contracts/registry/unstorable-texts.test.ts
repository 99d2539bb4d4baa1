import { afterAll, beforeAll, expect, it } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../../../test/test-database.ts'
import { noticeChange, noticeFirst } from '../notices/notice-change.ts'
import { joinReach, listNotices, type NewNotice, recordNotice } from '../notices/queries.ts'
import { listIncidents } from './queries.ts'
import { createRegistry, type Registry } from './registry.ts'

let database: TestDatabase
let registry: Registry
beforeAll(async () => {
  database = await createTestDatabase()
  registry = createRegistry({
    database,
    onFirst: async (tx, version, contract) => void (await noticeFirst(tx, version.platform, contract, version.publishedAt!, version)),
    onPublished: async (tx, version, change) =>
      void (await noticeChange(tx, version.platform, change, version.publishedAt!, { reach: () => [], version })),
  })
})
afterAll(() => database.drop())

/** NUL and half of a surrogate pair: JSON may hold both, PostgreSQL's text neither. */
const odd = (text: string): string => `${text}\u0000\ud83d`
const kept = (text: string): string => `${text}\ufffd\ufffd`

interface Member {
  deprecated?: boolean
  description?: string
  'x-sunset'?: string
}
const document = (version: string, { fields = {}, paths = [], queries = {} }: Shape) =>
  JSON.stringify({
    openapi: '3.1.0',
    info: { title: odd('shop'), version: odd(version) },
    paths: Object.fromEntries(
      ['/a', ...paths].map((path) => [
        path,
        {
          get: {
            parameters: Object.entries(queries).map(([name, more]) => ({ name, in: 'query', schema: { type: 'string' }, ...more })),
            responses: { 200: { description: 'ok', content: { 'application/json': { schema: { $ref: '#/components/schemas/Thing' } } } } },
          },
        },
      ]),
    ),
    components: {
      schemas: { Thing: { type: 'object', required: Object.keys(fields), properties: { id: { type: 'string' }, ...fields } } },
    },
  })
interface Shape {
  fields?: Record<string, Member>
  queries?: Record<string, Member>
  paths?: string[]
}
const publish = (platform: string, version: string, day: string, shape: Shape, origin = 'ci') =>
  registry.receive({ platform, text: document(version, shape), source: 'upload', origin, vouched: true, at: new Date(day) })
const notices = async (platform: string) => {
  const listed = await listNotices(database.executor, [platform])
  return listed
    .map(({ rule, place, state, effectiveOn }) => ({ rule, place, state, effectiveOn }))
    .sort((a, b) => (a.place < b.place ? -1 : 1))
}

it('a member whose name PostgreSQL cannot keep goes like any other', async () => {
  await publish('members', '1', '2026-05-01', { fields: { [odd('gone')]: {} }, queries: { [odd('gone')]: {} } })
  expect(await publish('members', '2', '2026-05-02', {}, odd('who'))).toMatchObject({
    outcome: 'published',
    version: { label: kept('2'), origin: kept('who') },
  })
  const rule = 'response-required-property-removed'
  const place = expect.stringContaining(kept('gone'))
  expect(await notices('members')).toEqual([{ rule, place, state: 'confirmed', effectiveOn: '2026-05-02' }])
})

it('one whose end a partner told otherwise goes as it was told, and no second notice calls that silent', async () => {
  const path = odd('/told')
  await publish('told', '1', '2026-05-01', { paths: [path] })
  const said: NewNotice = {
    platform: 'told',
    identity: `end of operation GET ${path}`,
    rule: 'sunset-header',
    place: `GET ${path}`,
    words: odd('Ends.'),
    source: 'header',
    kind: 'removal',
    announcedAt: new Date('2026-05-02'),
    effectiveOn: '2026-06-01',
    silent: false,
    evidence: { [odd('said')]: odd('so') },
    saidBy: odd('told'),
    reach: [],
  }
  await recordNotice(database.executor, said)
  expect(await joinReach(database.executor, said, ['bills'], said.announcedAt)).toBe(true)
  await publish('told', '2', '2026-06-02', {})
  expect(await notices('told')).toEqual([
    { rule: 'sunset-header', place: `GET ${kept('/told')}`, state: 'effective', effectiveOn: '2026-06-01' },
  ])
})

it('its end is announced, put off, taken back, announced again and comes as one notice', async () => {
  const ending = (day: string): Shape => ({
    fields: { [odd('old')]: { deprecated: true, 'x-sunset': day, description: odd('Old.') } },
  })
  const states = []
  for (const [version, day, shape] of [
    ['1', '2026-05-01', { fields: { [odd('old')]: {} } }],
    ['2', '2026-05-02', ending('2027-05-01')],
    ['3', '2026-05-03', ending('2027-06-01')],
    ['4', '2026-05-04', { fields: { [odd('old')]: {} } }],
    ['5', '2026-05-05', ending('2027-07-01')],
    ['6', '2027-07-02', {}],
  ] as const) {
    expect((await publish('ends', version, day, shape)).outcome).toBe(version === '1' ? 'first' : 'published')
    states.push(...(await notices('ends')))
  }
  const place = `Thing.${kept('old')}`
  const rule = 'field-end-announced'
  expect(states).toEqual([
    { rule, place, state: 'confirmed', effectiveOn: '2027-05-01' },
    { rule, place, state: 'confirmed', effectiveOn: '2027-06-01' },
    { rule, place, state: 'withdrawn', effectiveOn: '2027-06-01' },
    { rule, place, state: 'confirmed', effectiveOn: '2027-07-01' },
    { rule, place, state: 'effective', effectiveOn: '2027-07-01' },
  ])
})

it('an operation that comes back closes the notice of its going', async () => {
  const path = odd('/old')
  await publish('paths', '1', '2026-05-01', { paths: [path] })
  await publish('paths', '2', '2026-05-02', {})
  expect(await notices('paths')).toMatchObject([{ place: `GET ${kept('/old')}`, state: 'confirmed' }])
  await publish('paths', '3', '2026-05-03', { paths: [path] })
  expect(await notices('paths')).toMatchObject([{ place: `GET ${kept('/old')}`, state: 'closed' }])
})

it('a document that is none is an incident, whatever its text and the name of its file', async () => {
  const unread = await registry.receive({ platform: 'none', text: odd('{'), source: 'upload', origin: odd('ci') })
  expect(unread.outcome).toBe('unreadable')
  expect(await listIncidents(database.executor, 'none')).toMatchObject([{ kind: 'unreadable', origin: kept('ci') }])
})

it('a text that is YAML with such characters is taken in or refused, and never a bug', async () => {
  const yaml = `openapi: 3.1.0\ninfo: { title: '${odd('a')}', version: '1' }\n# ${odd('b')}\npaths: { /a: { get: { responses: { 200: { description: ok } } } } }\n`
  const received = await registry.receive({ platform: 'yaml', text: yaml, source: 'upload', origin: 'ci' })
  expect(['first', 'unreadable']).toContain(received.outcome)
  if (received.outcome === 'first') expect((await registry.current('yaml'))!.version.id).toBe(received.version!.id)
})
