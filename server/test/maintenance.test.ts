import { join } from 'node:path'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { countEvents, watchBudgets } from '../src/service-levels/index.ts'
import { loadWorkspace, type Workspace } from '../src/workspace/index.ts'
import { createTestDatabase, type TestDatabase } from './test-database.ts'
import { startTestPartner, type TestPartner } from './test-partner.ts'
import { ask, installUmbrella, makeKey, sendWebhook, startTenantServer, type TenantServer } from './two-tenants-server.ts'
import { untilIdle } from './whole-bridge.ts'

const webhookSecret = 'a webhook secret of the shop'
let database: TestDatabase
let partner: TestPartner
let server: TenantServer
let workspace: Workspace
const keys: Record<string, string> = {}
const hour = 3_600_000
const at = (ms: number) => new Date(Date.now() + ms).toISOString()

beforeAll(async () => {
  ;[database, partner] = [await createTestDatabase(), await startTestPartner()]
  workspace = (await loadWorkspace(join(import.meta.dirname, 'two-tenants'))).workspace
  const level = { indicator: 'availability', objective: { ppm: 990_000 }, window: 'P28D' } as const
  workspace.integrations.get('shop-crm')!.spec.serviceLevels = [
    { ...level, name: 'whole' },
    { ...level, name: 'of-hooli', side: 'hooli' },
  ] as never
  workspace.platforms.get('shop')!.spec.maintenance = [
    { id: 'move', startsAt: at(10 * 24 * hour), endsAt: at(10 * 24 * hour + hour), reason: 'The shop moves.' },
  ]
  server = await startTenantServer(database, partner, { workspace })
  keys.operator = await makeKey(server, ['admin'])
  for (const organization of ['acme', 'hooli', 'globex']) keys[organization] = await makeKey(server, ['read', 'write'], { organization })
  await installUmbrella(server, keys.operator, webhookSecret)
})
afterAll(async () => {
  await server?.stop()
  await partner?.close()
  await database?.drop()
})

const as = (who: string, method: string, path: string, body?: unknown) => ask(server, keys[who], method, path, body)
const announce = (who: string, platform: string, startsAt: string, endsAt: string, by = 'hooli/hal') =>
  as(who, 'POST', `/platforms/${platform}/maintenance`, { startsAt, endsAt, reason: 'A new disk', by })
const windows = async () => (await as('acme', 'GET', '/integrations/shop-crm/maintenance')).json.windows
const told = async (who: string) =>
  (await as(who, 'GET', '/notifications?limit=200')).json.notifications.filter((one: { kind: string }) =>
    one.kind.startsWith('maintenance'),
  )
async function levels() {
  const { json } = await as('hooli', 'GET', '/integrations/shop-crm/service-levels')
  return Object.fromEntries(
    json.objectives.map((one: { objective: { name: string }; windows: object[] }) => [one.objective.name, one.windows[0]]),
  )
}
/** Days pass: everything that happened moves into the past, and what was announced with it. */
const wait = (days: number) =>
  Promise.all(
    [
      `update service_level_slot set slot = slot - interval '${days} days'`,
      `update service_level_day set day = day - ${days}`,
      `update maintenance_window set starts_at = starts_at - interval '${days} days', ends_at = ends_at - interval '${days} days',
        announced_at = announced_at - interval '${days} days', withdrawn_at = withdrawn_at - interval '${days} days'`,
    ].map((statement) => sql.raw(statement).execute(server.database.executor)),
  )

describe('S2: maintenance is excused only when it was announced', () => {
  it('in the files, from the day on which the server first saw it, and told to the other side', async () => {
    await expect
      .poll(windows)
      .toMatchObject([{ platform: 'shop', organization: 'acme', verdict: 'in-time', excused: { minutes: expect.any(Number) } }])
    await watchBudgets(server.database, workspace, new Date())
    expect(await windows()).toHaveLength(1)
    expect(await told('hooli')).toMatchObject([{ kind: 'maintenance.announced', data: { integrations: [{ verdict: 'in-time' }] } }])
    expect(await told('acme')).toEqual([])
    // Moved by a day, four days before: announced anew, and late.
    const [window] = workspace.platforms.get('shop')!.spec.maintenance
    Object.assign(window!, { startsAt: at(4 * 24 * hour), endsAt: at(4 * 24 * hour + hour) })
    await watchBudgets(server.database, workspace, new Date())
    expect(await windows()).toMatchObject([{ verdict: 'late' }, { verdict: 'withdrawn' }])
    expect((await told('hooli')).map((one: { kind: string }) => one.kind).sort()).toEqual([
      'maintenance.announced',
      'maintenance.announced',
      'maintenance.withdrawn',
    ])
    workspace.platforms.get('shop')!.spec.maintenance = []
    await watchBudgets(server.database, workspace, new Date())
  })

  it('by its owner alone, in the name of a person, and not afterwards', async () => {
    const [from, until] = [at(6 * 24 * hour), at(6 * 24 * hour + hour)]
    expect(await announce('acme', 'crm', from, until, 'acme/ada')).toMatchObject({
      status: 403,
      json: { code: 'service-levels.maintained_by_another' },
    })
    expect((await announce('globex', 'crm', from, until, 'globex/gus')).status).toBe(404)
    expect(await announce('hooli', 'crm', from, until, 'acme/ada')).toMatchObject({
      status: 403,
      json: { code: 'service-levels.may_not_speak' },
    })
    expect(await announce('hooli', 'crm', at(-2 * hour), at(-hour))).toMatchObject({
      status: 422,
      json: { code: 'service-levels.maintenance_over' },
    })
    const made = await announce('hooli', 'crm', from, until)
    expect(made.status, made.text).toBe(201)
    expect((await as('acme', 'DELETE', `/platforms/crm/maintenance/${made.json.id}`)).status).toBe(403)
    expect((await as('hooli', 'DELETE', `/platforms/crm/maintenance/${made.json.id}`)).status).toBe(200)
    expect(await as('hooli', 'DELETE', `/platforms/crm/maintenance/${made.json.id}`)).toMatchObject({ status: 404 })
  })

  it('counts what was announced late, and excuses the same failures when they were announced in time', { timeout: 60_000 }, async () => {
    // The window begins in six days; then six days pass, and the real failures of now lie in it.
    const inTime = await announce('hooli', 'crm', at(6 * 24 * hour - hour), at(6 * 24 * hour + hour))
    expect(inTime.status, inTime.text).toBe(201)
    await wait(6)
    partner.answer = () => ({ status: 302, body: '{}' })
    await sendWebhook(server, 'shop', webhookSecret, { account: 'umbrella', order: 'spoiled by the bridge' })
    await untilIdle(database)
    partner.answer = () => ({ status: 500, body: '{}' })
    await sendWebhook(server, 'shop', webhookSecret, { account: 'umbrella', order: 'down' })
    const counted = async () => {
      await server.bridge.gateway.flush()
      await countEvents({ database: server.database, callsSettleMs: 0, now: new Date() })
      return (await levels())['of-hooli']
    }
    await expect.poll(counted, { timeout: 30_000 }).toMatchObject({ bad: 0, excluded: expect.any(Number) })
    await expect.poll(async () => (await counted()).excluded, { timeout: 30_000 }).toBeGreaterThanOrEqual(2)
    const excused = await levels()
    expect(excused['of-hooli'].excludedCauses).toContainEqual(expect.objectContaining({ cause: 'maintenance of hooli' }))
    // What the bridge spoiled in the same hour is not excused by hooli's maintenance.
    expect(excused.whole).toMatchObject({ bad: 1, causes: [{ cause: 'bridge' }] })

    await sql`update maintenance_window set announced_at = starts_at - interval '4 days' where platform = 'crm' and withdrawn_at is null`.execute(
      server.database.executor,
    )
    expect((await levels())['of-hooli']).toMatchObject({ excluded: 1, causes: [{ cause: 'hooli' }] })
    expect((await levels())['of-hooli'].bad).toBeGreaterThanOrEqual(1)
    const { json } = await as('acme', 'GET', '/integrations/shop-crm/service-levels')
    expect(
      json.maintenance.find((one: { platform: string; verdict: string }) => one.platform === 'crm' && one.verdict === 'late').says,
    ).toContain('it counts')
  })
})
