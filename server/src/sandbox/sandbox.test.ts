import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type RunningSandbox, startSandbox } from './index.ts'
import { clientOf, helpdeskContract, ticket } from './test-client.ts'

let sandbox: RunningSandbox
let call: ReturnType<typeof clientOf>

beforeAll(async () => {
  sandbox = await startSandbox({ contract: helpdeskContract })
  call = clientOf(sandbox.url)
})
afterAll(() => sandbox.stop())
beforeEach(() => sandbox.state.reset())

describe('state', () => {
  it('shows a write to later reads, lists and filters', async () => {
    const created = await call('POST', '/tickets', ticket({ external_id: 'I_1', source: 'github', tags: ['safari'] }))
    await call('POST', '/tickets', ticket({ external_id: 'I_2' }))
    expect(created.status).toBe(201)
    expect(created.body).toMatchObject({ status: 'open', priority: 'normal', external_id: 'I_1', comment_count: 0, closed_at: null })
    expect((await call('GET', `/tickets/${created.body.id}`)).body).toEqual(created.body)
    const ids = async (query: string) =>
      (await call('GET', `/tickets?${query}`)).body.data.map((each: { external_id: string }) => each.external_id)
    expect(await ids('external_id=I_1')).toEqual(['I_1'])
    expect(await ids('tag=safari')).toEqual(['I_1'])
    expect(await ids('source=github&status=open')).toEqual(['I_1'])
    expect(await ids('status=closed')).toEqual([])
    expect(await ids('requester_email=mona@acme.example')).toEqual(['I_1', 'I_2'])
    expect(await ids('requester_email=other@acme.example')).toEqual([])
    expect(await ids('sort=-created_at')).toEqual(['I_2', 'I_1'])
    expect(await ids(`updated_since=${encodeURIComponent(created.body.updated_at)}`)).toEqual(['I_1', 'I_2'])
    expect(await ids('created_since=2099-01-01T00:00:00Z')).toEqual([])
  })

  it('finds by a filter what was changed to fit it, and no longer what was changed away', async () => {
    const { body } = await call('POST', '/tickets', ticket({ external_id: 'before' }))
    expect((await call('GET', '/tickets?external_id=before')).body.data).toHaveLength(1)
    await call('PATCH', `/tickets/${body.id}`, { external_id: 'after' })
    expect((await call('GET', '/tickets?external_id=before')).body.data).toHaveLength(0)
    expect((await call('GET', '/tickets?external_id=after')).body.data).toHaveLength(1)
  })

  it('merges a PATCH and keeps what it leaves out; closing sets closed_at and reopening takes it back', async () => {
    const { body } = await call('POST', '/tickets', ticket({ tags: ['a', 'b'] }))
    const closed = (await call('PATCH', `/tickets/${body.id}`, { status: 'closed' })).body
    expect(closed).toMatchObject({ status: 'closed', tags: ['a', 'b'], subject: body.subject, created_at: body.created_at })
    expect(Date.parse(closed.closed_at)).toBeGreaterThan(Date.parse(body.created_at))
    expect(closed.updated_at).toBe(closed.closed_at)
    expect((await call('PATCH', `/tickets/${body.id}`, { status: 'open' })).body.closed_at).toBeNull()
  })

  it('ends a walk over pages whose rest was deleted meanwhile', async () => {
    const ids: string[] = []
    for (let i = 0; i < 4; i++) ids.push((await call('POST', '/tickets', ticket())).body.id)
    const { next_cursor } = (await call('GET', '/tickets?limit=2')).body
    for (const id of ids.slice(2)) await call('DELETE', `/tickets/${id}`)
    expect((await call('GET', `/tickets?limit=2&cursor=${next_cursor}`)).body).toEqual({ data: [], has_more: false, next_cursor: null })
  })

  it('keeps comments under their ticket, reaches them by both paths, and counts them', async () => {
    const [one, two] = [(await call('POST', '/tickets', ticket())).body, (await call('POST', '/tickets', ticket())).body]
    const comment = (await call('POST', `/tickets/${one.id}/comments`, { body: 'Looking', external_id: 'C1', source: 'github' })).body
    expect(comment).toMatchObject({ ticket_id: one.id, body: 'Looking', visibility: 'public', source: 'github' })
    expect((await call('GET', `/tickets/${one.id}/comments`)).body.data).toEqual([comment])
    expect((await call('GET', `/tickets/${two.id}/comments`)).body.data).toEqual([])
    expect((await call('GET', '/comments?external_id=C1')).body.data).toEqual([comment])
    expect((await call('GET', `/comments/${comment.id}`)).body).toEqual(comment)
    const after = (await call('GET', `/tickets/${one.id}`)).body
    expect(after.comment_count).toBe(1)
    expect(after.updated_at > one.updated_at).toBe(true)
    expect((await call('DELETE', `/comments/${comment.id}`)).status).toBe(204)
    expect((await call('GET', `/tickets/${one.id}`)).body.comment_count).toBe(0)
  })

  it('removes what stands below a deleted record', async () => {
    const { body } = await call('POST', '/tickets', ticket())
    const comment = (await call('POST', `/tickets/${body.id}/comments`, { body: 'x' })).body
    expect((await call('DELETE', `/tickets/${body.id}`)).status).toBe(204)
    expect((await call('GET', `/tickets/${body.id}`)).status).toBe(404)
    expect((await call('GET', `/comments/${comment.id}`)).status).toBe(404)
    expect((await call('POST', `/tickets/${body.id}/comments`, { body: 'x' })).status).toBe(404)
  })

  it('takes a file as multipart and shows its name and size', async () => {
    const { body } = await call('POST', '/tickets', ticket())
    const form = new FormData()
    form.set('file', new File(['hello'], 'log.txt', { type: 'text/plain' }))
    const made = await call('POST', `/tickets/${body.id}/attachments`, form)
    expect(made.status).toBe(201)
    expect(made.body).toMatchObject({ ticket_id: body.id, file_name: 'log.txt', content_type: 'text/plain', size_bytes: 5 })
  })
})

describe('what is wrong is said', () => {
  it('names every place in the body, in the shape of the contract’s own errors', async () => {
    const { status, headers, body } = await call('POST', '/tickets', { subject: '', description: 5, tags: ['a', 'a'], colour: 'red' })
    expect(status).toBe(422)
    expect(headers.get('content-type')).toBe('application/problem+json')
    const places = Object.fromEntries(body.errors.map((each: { pointer: string; message: string }) => [each.pointer, each.message]))
    expect(places['/requester']).toContain('is required')
    expect(places['/subject']).toContain('must not have fewer than 1 characters')
    expect(places['/description']).toBe('must be string (found 5)')
    expect(places['/colour']).toContain('known are subject, description')
    expect(body.sandbox).toMatchObject({ code: 'sandbox.request_invalid' })
  })

  it('names parameters, and what is no cursor', async () => {
    const { status, body } = await call('GET', '/tickets?limit=1000&status=lost')
    expect(status).toBe(400)
    expect(body.sandbox.errors).toEqual([
      { in: 'query', at: 'status', message: 'must be one of "open", "pending", "closed"', found: '"lost"' },
      { in: 'query', at: 'limit', message: 'must be <= 100', found: '1000' },
    ])
    const cursor = await call('GET', '/tickets?cursor=nonsense')
    expect(cursor.status).toBe(400)
    expect(cursor.body.sandbox.errors[0]).toMatchObject({ in: 'query', at: 'cursor' })
  })

  it.each([
    ['malformed JSON', '{"subject":', {}, 400, 'sandbox.request_invalid'],
    ['a body of another media type', 'subject=x', { 'content-type': 'text/plain' }, 415, 'sandbox.media_type_unsupported'],
    ['no API key', ticket(), { 'x-api-key': '' }, 401, 'sandbox.unauthenticated'],
  ])('refuses %s', async (_, sent, headers, status, code) => {
    const answer = await call('POST', '/tickets', sent, headers as Record<string, string>)
    expect(answer.status).toBe(status)
    expect(answer.body.sandbox?.code ?? answer.body.code).toBe(code)
  })

  it('knows unknown paths and methods from unknown records', async () => {
    expect((await call('GET', '/ticket/1')).body).toMatchObject({ status: 404, code: 'sandbox.path_unknown' })
    const method = await call('PUT', '/tickets')
    expect([method.status, method.headers.get('allow')]).toEqual([405, 'GET, POST'])
    expect((await call('GET', '/tickets/tkt_none')).body.sandbox.code).toBe('sandbox.record_unknown')
  })

  it('answers 413 beyond the limit and stays up', async () => {
    const small = await startSandbox({ contract: helpdeskContract, bodyLimitBytes: 100 })
    expect((await clientOf(small.url)('POST', '/tickets', ticket({ description: 'x'.repeat(200) }))).status).toBe(413)
    expect((await clientOf(small.url)('GET', '/tickets')).status).toBe(200)
    await small.stop()
  })

  it('accepts only the given credentials when some are given', async () => {
    const strict = await startSandbox({ contract: helpdeskContract, credentials: ['right'] })
    expect((await clientOf(strict.url, { 'x-api-key': 'wrong' })('GET', '/account')).status).toBe(401)
    expect((await clientOf(strict.url, { 'x-api-key': 'right' })('GET', '/account')).status).toBe(200)
    await strict.stop()
  })
})

describe('idempotency keys', () => {
  it('give the first answer again and have one effect, also when many arrive at once', async () => {
    const headers = { 'idempotency-key': 'k1' }
    const answers = await Promise.all(Array.from({ length: 20 }, () => call('POST', '/tickets', ticket(), headers)))
    expect(new Set(answers.map((answer) => answer.text)).size).toBe(1)
    expect(answers.filter((answer) => answer.headers.get('idempotency-replayed') === 'true')).toHaveLength(19)
    expect((await call('GET', '/tickets')).body.data).toHaveLength(1)
    expect(sandbox.effects.of('k1')).toEqual({ attempts: 20, effects: 1 })
    expect(sandbox.effects.report()).toMatchObject({ keys: 1, attempts: 20, effects: 1, replayed: 19, conflicts: 0 })
  })

  it('refuse another request with 422, and do not remember refused ones', async () => {
    expect((await call('POST', '/tickets', {}, { 'idempotency-key': 'k2' })).status).toBe(422)
    expect((await call('POST', '/tickets', ticket(), { 'idempotency-key': 'k2' })).status).toBe(201)
    const other = await call('POST', '/tickets', ticket({ subject: 'Other' }), { 'idempotency-key': 'k2' })
    expect(other.status).toBe(422)
    expect(other.body.sandbox.code).toBe('sandbox.idempotency_key_reused')
    expect((await call('POST', '/customers', { name: 'M', email: 'm@x.example' }, { 'idempotency-key': 'k2' })).status).toBe(422)
    expect(sandbox.effects.of('k2')).toEqual({ attempts: 4, effects: 1 })
  })

  it('have every effect when the sandbox is told not to honour them, and the ledger shows it', async () => {
    const careless = await startSandbox({ contract: helpdeskContract, idempotencyHeader: 'none' })
    const send = () => clientOf(careless.url)('POST', '/tickets', ticket(), { 'idempotency-key': 'k' })
    await send()
    await send()
    expect(careless.effects.report().repeated).toEqual({ count: 1, keys: ['k'] })
    expect(careless.state.counts()).toEqual({ '/tickets': 2 })
    await careless.stop()
  })
})

describe('bounded state', () => {
  it('keeps the newest records, repeats no effect whose answer is gone, and counts everything', async () => {
    const bounded = await startSandbox({ contract: helpdeskContract, keepState: { records: 20, answers: 10 } })
    const send = clientOf(bounded.url)
    const create = (i: number) => send('POST', '/tickets', ticket({ external_id: `${i}` }), { 'idempotency-key': `key ${i}` })
    await send('GET', '/tickets?external_id=1')
    const first = (await create(0)).body
    for (let i = 1; i < 100; i++) await create(i)
    expect(bounded.state.counts()).toEqual({ '/tickets': 20 })
    expect((await send('GET', `/tickets/${first.id}`)).status).toBe(404)
    expect((await send('GET', '/tickets?external_id=3')).body.data).toHaveLength(0)
    expect((await send('GET', '/tickets?external_id=99')).body.data).toHaveLength(1)
    expect((await create(95)).status).toBe(201)
    expect((await create(5)).status).toBe(409)
    expect(bounded.effects.report()).toMatchObject({ keys: 100, attempts: 102, effects: 100, repeated: { count: 0 } })
    await bounded.stop()
  })
})
