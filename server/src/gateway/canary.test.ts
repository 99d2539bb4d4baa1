import { inspect } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../../test/test-database.ts'
import { type ConnectOptions, startTestGateway, type TestGateway } from '../../test/test-gateway.ts'
import { startTestPartner, type TestPartner } from '../../test/test-partner.ts'
import type { Authentication } from '../connections/index.ts'
import { createLog } from '../observation/index.ts'
import type { Observation } from './index.ts'

const CANARY = 'xyzzy/77"+x'
const FORMS = [CANARY, JSON.stringify(CANARY).slice(1, -1), encodeURIComponent(CANARY), Buffer.from(CANARY).toString('base64'), 'xyzzy']

let database: TestDatabase
let partner: TestPartner
let here: TestGateway
const lines: string[] = []
const observed: Observation[] = []

beforeAll(async () => {
  database = await createTestDatabase()
  partner = await startTestPartner()
  const observers = [
    (observation: Observation) => void observed.push(observation),
    (observation: Observation) => {
      throw Object.assign(new Error('observer'), { observation })
    },
  ]
  const log = createLog('trace', { write: (line: string) => void lines.push(line) })
  here = startTestGateway(database, { helpdesk: { baseUrl: partner.url } }, { allowedHosts: [partner.host], observers, log })
})
afterAll(async () => {
  await here?.close()
  await partner?.close()
  await database?.drop()
})

const kinds: [string, Authentication, Record<string, string>][] = [
  ['bearer', { kind: 'bearer' }, { token: CANARY }],
  ['basic', { kind: 'basic' }, { username: 'anna', password: CANARY }],
  ['API key in a header', { kind: 'apiKey' }, { key: CANARY }],
  ['API key in the query', { kind: 'apiKey', query: 'k' }, { key: CANARY }],
  ['custom header', { kind: 'header', header: 'X-Auth' }, { value: `Token ${CANARY}` }],
]

/** A partner that sends back everything it was sent, as debugging endpoints and error pages do. */
const echo = (status: number) => {
  partner.answer = (seen) => ({
    status,
    headers: {
      'x-echo': String(seen.headers.authorization ?? seen.headers['x-api-key'] ?? seen.headers['x-auth'] ?? seen.url).replace(
        /[\r\n]/g,
        '',
      ),
    },
    body: JSON.stringify({ message: `you sent ${JSON.stringify(seen.headers)} to ${seen.url}`, forms: FORMS.slice(0, 4), ...seen }),
  })
}

describe.each(kinds)('a credential planted as %s', (_, authentication, secrets) => {
  it('arrives at the partner and appears nowhere else', async () => {
    const options: ConnectOptions = { authentication, secrets }
    const connection = await here.connect(options)
    const shown: unknown[] = [connection, here.connections, await here.connections.list(), await here.connections.authorize(connection.id)]
    for (const status of [200, 400, 401, 500, 429]) {
      echo(status)
      const call = { platform: 'helpdesk', connectionId: connection.id, method: 'POST', path: '/echo', body: { a: 1 }, evenIfBlocked: true }
      shown.push(await here.gateway.call(call).catch((failure) => [failure, failure.message, failure.stack, failure.body, failure.cause]))
    }
    partner.answer = (_seen, response) => {
      response.socket?.destroy()
      return undefined
    }
    shown.push(
      await here.gateway
        .call({ platform: 'helpdesk', connectionId: connection.id, method: 'GET', path: '/x', evenIfBlocked: true })
        .catch((failure) => failure),
    )
    await here.gateway.flush()
    const sent = partner.seen.map((seen) => JSON.stringify(seen)).join()
    expect(FORMS.some((form) => sent.includes(form) || sent.includes(Buffer.from(`anna:${CANARY}`).toString('base64')))).toBe(true)

    const { rows } = await database.pool.query(
      'select call_record::text as row from call_record union all select connection::text from connection',
    )
    expect(rows.length).toBeGreaterThan(5)
    const texts = [
      inspect([shown, observed], { depth: 12, showHidden: true, maxStringLength: null, maxArrayLength: null }),
      JSON.stringify([shown, observed]),
      ...rows.map(({ row }) => row),
      ...lines,
    ]
    const forms = [...FORMS, Buffer.from(`anna:${CANARY}`).toString('base64')]
    for (const text of texts)
      for (const form of forms)
        expect(text.includes(form) ? `${form} in ${text.slice(Math.max(0, text.indexOf(form) - 200), text.indexOf(form) + 50)}` : '').toBe(
          '',
        )
    expect(texts.join()).toContain('[secret]')
    partner.seen.length = 0
  })
})
