import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createApp } from '../src/http/index.ts'
import { addApiKey } from '../src/identity/index.ts'
import { createLog, createMetrics } from '../src/observation/index.ts'
import { readHoursCsv } from '../src/planning/import-hours.ts'
import { insertHours, listHours, sumHours } from '../src/planning/queries.ts'
import { planningRoutes } from '../src/planning/routes.ts'
import { entitySchemas, type Plan, type Workspace } from '../src/workspace/index.ts'
import { createTestDatabase, type TestDatabase } from './test-database.ts'

let database: TestDatabase
let launched: Plan
// biome-ignore lint/suspicious/noExplicitAny: each test knows the answer it asked for.
let call: (organization: string | null, method: string, path: string, body?: unknown) => Promise<{ status: number; body: any }>

const entry = (changes: object = {}) => ({
  organization: 'acme',
  plan: 'bridge',
  activity: 'build' as const,
  sourcing: 'internal' as const,
  hours: 6,
  workedOn: '2026-03-02',
  ...changes,
})
const everything = { organization: null }

beforeAll(async () => {
  database = await createTestDatabase()
  launched = entitySchemas.Plan.parse({
    apiVersion: 'bridgekeeper.dev/v1',
    kind: 'Plan',
    metadata: { name: 'bridge' },
    spec: {
      status: 'decided',
      parties: [
        { organization: 'acme', platform: 'a', buildHours: 100 },
        { organization: 'hooli', platform: 'b' },
      ],
      assumptions: { currency: 'EUR', buildHours: 300 },
      decision: {
        answer: 'start',
        option: { builder: 'acme', host: 'acme', seller: 'acme', supporter: 'hooli' },
        decidedOn: '2026-01-05',
        decidedBy: ['acme/ada'],
        reason: 'test',
        launchedOn: '2026-04-30',
      },
    },
  })
  const workspace = {
    plans: new Map([['bridge', launched]]),
    integrations: new Map(),
    platforms: new Map(),
    settings: { spec: {} },
  } as unknown as Workspace
  const app = createApp({
    database,
    workspace: () => workspace,
    metrics: createMetrics(),
    log: createLog('silent'),
    status: () => ({ roles: ['api'], stopping: false }),
    apis: [
      planningRoutes(
        database,
        () => workspace,
        async () => new Map(),
      ),
    ],
  })
  const keys = new Map<string | null, string>()
  for (const organization of [null, 'acme', 'hooli'])
    keys.set(
      organization,
      (
        await addApiKey(database.executor, {
          name: organization ?? 'operator',
          organization,
          customer: null,
          scopes: organization ? ['read', 'write'] : ['admin'],
          createdBy: 'test',
        })
      ).secret,
    )
  const customers = await addApiKey(database.executor, {
    name: 'customer',
    organization: null,
    customer: 'corner-shop',
    scopes: ['read', 'write'],
    createdBy: 'test',
  })
  keys.set('a customer', customers.secret)
  call = async (organization, method, path, body) => {
    const response = await app.request(`/api${path}`, {
      method,
      headers: { authorization: `Bearer ${keys.get(organization)}`, 'content-type': 'application/json' },
      ...(body ? { body: JSON.stringify(body) } : {}),
    })
    return { status: response.status, body: await response.json() }
  }
})

afterAll(() => database?.drop())

describe('hours from a spreadsheet', () => {
  const csv = `Organization;Plan;Activity;Hours;Date;Note
acme;bridge;build;7,5;2026-02-02;"first; day"
acme;bridge;build;7,5;2026-02-02;"first; day"
acme;bridge;question;0,25;2026-02-03;
`
  it('are added once, however often the file is imported; two equal lines are two entries', async () => {
    const { entries } = readHoursCsv(csv)
    expect(entries).toHaveLength(3)
    expect(await insertHours(database.executor, entries, 'test')).toBe(3)
    expect(await insertHours(database.executor, readHoursCsv(csv).entries, 'test')).toBe(0)
    expect(await insertHours(database.executor, readHoursCsv(`${csv}acme;bridge;build;1;2026-02-04;\n`).entries, 'test')).toBe(1)
    const rows = await listHours(database.executor, { ...everything, plan: 'bridge' }, { limit: 10 })
    expect(rows.map((row) => row.hours)).toEqual([1, 0.25, 7.5, 7.5])
    expect(rows.at(-1)!.note).toBe('first; day')
  })

  it('of ten thousand lines are one import', async () => {
    const lines = Array.from({ length: 10_000 }, (_, place) => `acme,long,support,1,2026-01-01,${place}`)
    const { entries } = readHoursCsv(`organization,plan,activity,hours,date,note\n${lines.join('\n')}\n`)
    const { status, body } = await call('acme', 'POST', '/hours', { entries })
    expect([status, body]).toEqual([200, { added: 10_000, known: 0 }])
  })

  it('are taken over whole or not at all, with every wrong line named', () => {
    const wrong =
      'organization,plan,activity,hours,date\nacme,bridge,building,2,2026-02-02\nacme,bridge,build,zero,2026-02-30\nacme,,build,1,2026-02-02\n'
    expect(() => readHoursCsv(wrong)).toThrow(
      expect.objectContaining({
        message: [
          '3 lines can’t be taken over, so none was:',
          'line 2: activity must be one of build, maintenance, operation, support, selling, incident, question; here it is “building”',
          'line 3: hours must be a number like 1.5, with at most two decimal places, from -1000 to 1000 and not 0; here it is “zero”',
          'line 3: date must be a day that has come, as YYYY-MM-DD; here it is “2026-02-30”',
          'line 4: it names neither a plan nor an integration; one of the two is needed',
        ].join('\n'),
      }),
    )
    expect(() => readHoursCsv('organization,plan,activity,hours,date\n,p,build,2000,2026-01-01\n')).toThrow(
      'a line can’t be taken over, so none was:\nline 2: organization is empty\nline 2: hours must be',
    )
    expect(() => readHoursCsv('organization,hours\nacme,2\n')).toThrow(/lacks the columns activity, date/)
    expect(() => readHoursCsv('organization,plan,activity,hours,date\n"acme,bridge,build,1,2026-02-02\n')).toThrow(
      /line 2: a quotation mark is opened in it and never closed/,
    )
  })

  it('may come from a file with a byte order mark, Windows line ends, and columns that we do not know', () => {
    const { entries, unknownColumns } = readHoursCsv(
      '\uFEFForganization,plan,activity,hours,date,mood\r\nacme,bridge,support,2.25,2026-02-02,fine\r\n',
    )
    expect(entries).toMatchObject([{ activity: 'support', hours: 2.25, sourcing: 'internal' }])
    expect(unknownColumns).toEqual(['mood'])
  })

  it('lose nothing in silence: lines that are too short or too long, columns twice, days to come, and what only a computer would take for a number', () => {
    const head = 'organization,plan,activity,hours,date\n'
    const told = (text: string) => {
      try {
        return readHoursCsv(text).entries.length
      } catch (error) {
        return (error as Error).message.split('\n').map((line) => line.split(';')[0])
      }
    }
    expect(
      told(`${head}acme,p,build,1\nacme,p,build,1,2026-01-01\nacme,p,build,1,2026-01-01,more,still\nacme,p,build,x,2026-01-01\n`),
    ).toEqual([
      '3 lines can’t be taken over, so none was:',
      'line 2: it has 4 cells, and the first line names 5 columns',
      'line 4: it has 7 cells, and the first line names 5 columns',
      'line 5: hours must be a number like 1.5, with at most two decimal places, from -1000 to 1000 and not 0',
    ])
    expect(told('organization,plan,activity,hours,hours,date\nacme,p,build,1,2,2026-01-01\n')).toEqual([
      'the first line names a column twice: hours',
    ])
    for (const hours of ['1h', '1:30', '1e2', '0x10', '1.005', 'Infinity', ''])
      expect(told(`${head}acme,p,build,${hours},2026-01-01\n`), hours).not.toBe(1)
    for (const day of ['2999-01-01', '0001-01-01', '31.12.2025']) expect(told(`${head}acme,p,build,1,${day}\n`), day).not.toBe(1)
    expect(told('')).toEqual(['the file lacks the columns organization, activity, hours, date'])
    expect(told(`${head},,,,\n ACME , p , Build , 1 , 2026-01-01 \n`)).toBe(1)
    expect(told(`${head.replaceAll(',', '\t')}acme\tp\tbuild\t1,5\t2026-01-01\n`)).toBe(1)
  })
})

describe('the API', () => {
  it('sums by bridge, activity and sourcing; negative hours correct', async () => {
    const entries = [
      entry({ plan: 'sums', hours: 10 }),
      entry({ plan: 'sums', hours: -4 }),
      entry({ plan: 'sums', activity: 'question', hours: 0.5 }),
      entry({ plan: 'sums', sourcing: 'outsourced', hours: 3 }),
    ]
    expect(await call('acme', 'POST', '/hours', { entries })).toEqual({ status: 200, body: { added: 4, known: 0 } })
    const sums = await sumHours(database.executor, { ...everything, plan: 'sums' })
    expect(sums.map(({ activity, sourcing, hours }) => [activity, sourcing, hours])).toEqual([
      ['build', 'internal', 6],
      ['build', 'outsourced', 3],
      ['question', 'internal', 0.5],
    ])
  })

  it('shows and takes an organization’s own hours only: hours are cost', async () => {
    await call('hooli', 'POST', '/hours', { entries: [entry({ organization: 'hooli', plan: 'secret' })] })
    expect((await call('acme', 'GET', '/hours?plan=secret')).body.entries).toEqual([])
    expect((await call('acme', 'GET', '/hours/sums?plan=secret')).body.sums).toEqual([])
    expect((await call('hooli', 'GET', '/hours?plan=secret')).body.entries).toHaveLength(1)
    expect((await call(null, 'GET', '/hours?plan=secret')).body.entries).toHaveLength(1)
    expect(await call('acme', 'POST', '/hours', { entries: [entry({ organization: 'hooli' })] })).toMatchObject({
      status: 403,
      body: { code: 'planning.hours_of_others' },
    })
    expect((await call('acme', 'GET', '/calibration')).status).toBe(403)
    for (const path of ['/hours', '/hours/sums', '/calibration']) expect((await call('a customer', 'GET', path)).status).toBe(403)
    expect((await call('a customer', 'POST', '/hours', { entries: [entry()] })).status).toBe(403)
  })

  it('refuses what is no entry, and says which field', async () => {
    const refused = await call('acme', 'POST', '/hours', { entries: [entry({ hours: 0 })] })
    expect(refused.status).toBe(422)
    expect(JSON.stringify(refused.body)).toContain('hours')
  })
})

describe('calibration', () => {
  it('compares the builder’s own estimate with the build hours until the launch', async () => {
    await database.pool.query('delete from work_hours')
    await insertHours(
      database.executor,
      [
        entry({ hours: 150 }),
        entry({ hours: 50, sourcing: 'outsourced', organization: 'agency' }),
        entry({ hours: 99, activity: 'maintenance' }),
        entry({ hours: 77, workedOn: '2026-05-01' }),
      ],
      'test',
    )
    const { body } = await call(null, 'GET', '/calibration')
    expect(body.outcomes).toEqual([{ plan: 'bridge', estimatedHours: 100, actualHours: 200, launchedOn: '2026-04-30' }])
    expect(body.p50Factor).toBeCloseTo(Math.exp((3 * Math.log(1.5) + Math.log(2)) / 4), 10)
  })

  it('leaves out a launched plan without hours, and says so', async () => {
    await database.pool.query('delete from work_hours')
    const { body } = await call(null, 'GET', '/calibration')
    expect(body.leftOut).toEqual([{ plan: 'bridge', reason: 'no build hours recorded until its launch' }])
    expect(body.p50Factor).toBeCloseTo(1.5, 10)
  })
})

it('the database itself refuses hours of nothing, for nothing, and of an unknown kind', async () => {
  const insert = (activity: string, hours: number, plan: string | null) =>
    database.pool.query(
      "insert into work_hours (id, organization, plan, activity, sourcing, hours, worked_on, recorded_by) values (gen_random_uuid(), 'acme', $1, $2, 'internal', $3, '2026-01-01', 'test')",
      [plan, activity, hours],
    )
  await expect(insert('build', 0, 'x')).rejects.toThrow(/check/)
  await expect(insert('build', 1, null)).rejects.toThrow(/check/)
  await expect(insert('dancing', 1, 'x')).rejects.toThrow(/check/)
})
