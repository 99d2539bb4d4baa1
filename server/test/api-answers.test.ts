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
  expect(wrong.json.detail).toContain('it answers GET, PATCH.')
  expect((await ask(server, key, 'PUT', '/nothing')).json.code).toBe('http.route_unknown')
  expect((await ask(server, undefined, 'PUT', '/instances')).status).toBe(401)
  const refused = await ask(server, key, 'POST', '/instances', { customer: 5 })
  expect(refused.json.detail).toContain(
    'integration is missing; organization is missing; customer must be of type string, and is of type number',
  )
})
