import { afterAll, beforeAll, expect, it } from 'vitest'
import { createTestDatabase, type TestDatabase } from './test-database.ts'
import { startTestPartner, type TestPartner } from './test-partner.ts'
import { ask, makeKey, startTenantServer, type TenantServer } from './two-tenants-server.ts'

let database: TestDatabase
let partner: TestPartner
let server: TenantServer
let key: string

beforeAll(async () => {
  ;[database, partner] = [await createTestDatabase(), await startTestPartner()]
  server = await startTenantServer(database, partner)
  key = await makeKey(server, ['admin'])
})
afterAll(async () => {
  await server?.stop()
  await partner?.close()
  await database?.drop()
})

it('a method that a path does not answer is told with those that it answers, and a body that does not fit in plain words', async () => {
  const wrong = await ask(server, key, 'PUT', '/instances/nobody')
  expect(wrong).toMatchObject({ status: 405, json: { code: 'http.method_not_allowed' } })
  expect(wrong.json.detail).toContain('it answers GET, HEAD, PATCH.')
  expect((await ask(server, key, 'PUT', '/nothing')).json.code).toBe('http.route_unknown')
  expect((await ask(server, undefined, 'PUT', '/instances')).status).toBe(401)
  const refused = await ask(server, key, 'POST', '/instances', { customer: 5 })
  expect(refused.json.detail).toContain(
    'integration is missing; organization is missing; customer must be of type string, and is of type number',
  )
})

it('a name that an operation does not know is refused in query and body, with the one that was meant', async () => {
  const query = await ask(server, key, 'GET', '/runs?stauts=parked')
  expect(query).toMatchObject({ status: 422, json: { code: 'identity.request_invalid' } })
  expect(query.json.detail).toContain('query parameter stauts is not known here; did you mean status')
  expect((await ask(server, key, 'GET', '/readiness?integration=shop-crm')).json.detail).toContain('is not known here; it takes none')
  const owner = { integration: 'shop-crm', organization: 'acme', customer: 'umbrella' }
  const body = await ask(server, key, 'POST', '/instances', { ...owner, setings: {} })
  expect(body.json.detail).toContain('setings is not known here; did you mean settings')
  expect((await ask(server, key, 'GET', '/instances')).json.instances).toEqual([])
})
