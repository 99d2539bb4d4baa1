import { afterAll, beforeAll, expect, it } from 'vitest'
import { moveNotices } from '../src/contracts/index.ts'
import { startTestReceiver, type TestReceiver } from '../src/notifications/test-receiver.ts'
import { loadWorkspace } from '../src/workspace/index.ts'
import { runCommand } from './run-command.ts'
import { createTestDatabase, type TestDatabase } from './test-database.ts'
import { startTestPartner, type TestPartner } from './test-partner.ts'
import { ask, makeKey, startTenantServer, type TenantServer } from './two-tenants-server.ts'

let database: TestDatabase
let partner: TestPartner
let receiver: TestReceiver
let server: TenantServer
const keys: Record<string, string> = {}

beforeAll(async () => {
  ;[database, partner, receiver] = [await createTestDatabase(), await startTestPartner(), await startTestReceiver()]
  server = await startTenantServer(database, partner, { allowedHosts: [partner.host, receiver.host] })
  for (const organization of ['acme', 'hooli', 'globex']) keys[organization] = await makeKey(server, ['read', 'write'], { organization })
  keys.operator = await makeKey(server, ['admin'])
})
afterAll(async () => {
  await server?.stop()
  await receiver.close()
  await partner.close()
  await database.drop()
})

const run = (as: string, ...words: string[]) =>
  runCommand(words, { folder: import.meta.dirname, env: { BRIDGEKEEPER_URL: server.url, BRIDGEKEEPER_KEY: keys[as] } })

async function publish(description: string): Promise<void> {
  const paths = { '/orders': { get: { description, responses: { 200: { description: 'ok' } } } } }
  const document = JSON.stringify({ openapi: '3.0.3', info: { title: 'shop', version: '1' }, paths })
  const answer = await ask(server, keys.acme, 'POST', '/platforms/shop/contract-versions', { document, state: 'published' })
  expect(answer.status, answer.text).toBe(201)
}

it('empty lists say what to do', async () => {
  expect((await run('hooli', 'calendar', 'list')).err).toContain('bridgekeeper calendar create')
  expect((await run('hooli', 'subscriptions', 'list')).err).toContain('bridgekeeper subscriptions add')
  expect((await run('hooli', 'notifications', 'list')).err).toContain('bridgekeeper contracts notices')
  expect((await run('hooli', 'notifications', 'list', '--dead')).err).toContain('bridgekeeper subscriptions list')
})

it('from the subscription to the answer: a side subscribes, is told, sees who owes an answer, and objects with a reason', async () => {
  const refused = await run('hooli', 'subscriptions', 'add', '--name', 'x', '--url', 'https://10.0.0.1/')
  expect([refused.exitCode, refused.err]).toEqual([2, expect.stringContaining('private address')])
  // Also through a host that the operator allows: that is for what the operator means by it.
  const inside = await run('hooli', 'subscriptions', 'add', '--name', 'chat', '--url', receiver.url)
  expect([inside.exitCode, inside.err]).toEqual([2, expect.stringContaining('key of the operator')])
  const added = await run('operator', 'subscriptions', 'add', '--organization', 'hooli', '--name', 'chat', '--url', receiver.url, '--json')
  const { id, secret } = JSON.parse(added.out)
  expect(secret).toMatch(/^whsec_/)
  expect(await run('hooli', 'subscriptions', 'test', id)).toMatchObject({ exitCode: 0, out: 'Taken with status 204.\n' })
  receiver.answer = () => 500
  expect(await run('hooli', 'subscriptions', 'test', id)).toMatchObject({ exitCode: 1 })
  receiver.answer = () => 204
  expect((await run('globex', 'subscriptions', 'test', id)).exitCode).toBe(2)
  receiver.received.length = 0

  await publish('Lists.')
  await publish('Lists. This operation will be removed on 1 May 2099.')
  const { workspace } = await loadWorkspace(`${import.meta.dirname}/two-tenants`)
  await moveNotices(database, workspace, new Date())
  await expect.poll(() => receiver.received.map(({ body }) => JSON.parse(body).type)).toEqual(['notice.announced'])

  const listed = await run('hooli', 'contracts', 'notices')
  expect(listed.out).toMatch(/2099-05-01 +noticed +shop GET \/orders/)
  expect(listed.out).toContain('0 on time, 0 late, 0 silent, 0 undated, 1 without an agreement. Waiting for hooli (1).')
  const { notices } = JSON.parse((await run('hooli', 'contracts', 'notices', '--json')).out)
  const ack = ['contracts', 'ack', notices[0].id, '--by', 'hooli/hal', '--answer', 'objected']
  expect((await run('hooli', ...ack)).err).toContain('needs a reason')
  const objected = await run('hooli', ...ack, '--note', 'We need it until June.', '--format', 'markdown')
  expect([objected.exitCode, objected.out]).toEqual([0, expect.stringContaining('hooli/hal objected')])
  expect(objected.out).toMatch(/GET.*\/orders/)
  expect((await run('hooli', 'contracts', 'notices')).out).toContain('Nobody owes an answer.')
  const acme = JSON.parse((await run('acme', 'notifications', 'list', '--json')).out).notifications
  expect(acme.map(({ kind }: { kind: string }) => kind)).toEqual(['notice.answered', 'notice.announced'])
  expect((await run('globex', 'notifications', 'list', '--json')).out).not.toContain('shop')
  expect(JSON.parse((await run('globex', 'contracts', 'notices', '--json')).out).notices).toEqual([])

  expect((await run('hooli', 'subscriptions', 'remove', id)).out).toContain('is removed')
  const calendar = await run('hooli', 'calendar', 'create', '--name', 'team')
  expect(calendar.out).toMatch(/\/calendars\/[\w-]{43}\.ics\n$/)
  expect((await run('hooli', 'calendar', 'revoke', 'team')).out).toBe('team is revoked.\n')
})

it('what was deprecated before anybody looked is counted, and listed when it is asked for', async () => {
  const paths = { '/contacts': { get: { deprecated: true, responses: { 200: { description: 'ok' } } } } }
  const document = JSON.stringify({ openapi: '3.0.3', info: { title: 'crm', version: '1' }, paths })
  const answer = await ask(server, keys.operator, 'POST', '/platforms/crm/contract-versions', { document, state: 'published' })
  expect(answer.status, answer.text).toBe(201)
  const { workspace } = await loadWorkspace(`${import.meta.dirname}/two-tenants`)
  await moveNotices(database, workspace, new Date())
  expect((await run('acme', 'notifications', 'list', '--json')).out).not.toContain('/contacts')

  const usual = await run('acme', 'contracts', 'notices', 'crm')
  expect(`${usual.out}${usual.err}`).toContain('1 more end was announced before anybody looked, and nobody was seen to use it: --standing.')
  expect(usual.out).not.toContain('/contacts')
  expect((await run('acme', 'contracts', 'notices', 'crm', '--format', 'markdown')).out).toContain('1 more end was announced')
  const all = await run('acme', 'contracts', 'notices', 'crm', '--standing')
  expect(all.out).toMatch(/standing +crm GET \/contacts/)
  expect(`${all.out}${all.err}`).not.toContain('--standing')
  // Counted for nobody as a promise, and kept from who has nothing to do with it.
  expect(all.out).toContain('0 on time, 0 late, 0 silent, 0 undated, 0 without an agreement. Nobody owes an answer.')
  expect(JSON.parse((await run('globex', 'contracts', 'notices', '--json', '--standing')).out)).toMatchObject({ notices: [], standing: 0 })
})
