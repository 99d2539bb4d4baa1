import { afterEach, describe, expect, it } from 'vitest'
import { plainSecret, schemeOf } from '../webhooks/index.ts'
import type { SandboxOptions } from './index.ts'
import { startSandbox } from './index.ts'
import { clientOf, githubContract, helpdeskContract, startReceiver, ticket } from './test-client.ts'

const secret = `whsec_${Buffer.from('a key of enough bytes for anybody').toString('base64')}`
const standardWebhooks = {
  scheme: 'standard-webhooks' as const,
  tolerance: 'PT5M',
  deliveryId: { header: 'webhook-id' },
  event: { field: '/type' },
}
const cleanups: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup()
})

async function start(options: Partial<SandboxOptions> = {}, answers?: number[]) {
  const receiver = await startReceiver(answers)
  const sandbox = await startSandbox({
    contract: helpdeskContract,
    webhooks: { url: receiver.url, scheme: standardWebhooks as never, secret, envelope: { account_id: 'acc_42' } },
    ...options,
  })
  cleanups.push(sandbox.stop, receiver.stop)
  return { sandbox, received: receiver.received, call: clientOf(sandbox.url), url: receiver.url }
}

describe('webhooks', () => {
  it('tell of every change by its most telling event, whole and valid by their schema', async () => {
    const { sandbox, received, call } = await start()
    const { id } = (await call('POST', '/tickets', ticket({ external_id: 'I_1', source: 'github' }))).body
    const comment = (await call('POST', `/tickets/${id}/comments`, { body: 'Hi', source: 'github', external_id: 'C1' })).body
    await call('PATCH', `/tickets/${id}`, { priority: 'high' })
    const closed = (await call('PATCH', `/tickets/${id}`, { status: 'closed' })).body
    await call('PATCH', `/tickets/${id}`, { status: 'open' })
    await call('DELETE', `/tickets/${id}`)
    await sandbox.webhooks.settle()
    const payloads = received.map((each) => each.payload).sort((a, b) => (a.timestamp < b.timestamp ? -1 : 1))
    expect(payloads.map((each) => each.type)).toEqual([
      'ticket.created',
      'comment.created',
      'ticket.updated',
      'ticket.closed',
      'ticket.updated',
    ])
    expect(payloads[1]).toMatchObject({ account_id: 'acc_42', data: { comment, ticket: { id, external_id: 'I_1', source: 'github' } } })
    expect(payloads[3].data.ticket).toEqual(closed)
    expect(new Set(received.map((each) => each.headers['webhook-id'])).size).toBe(5)
    for (const each of received) expect(each.headers['webhook-id']).toBe(each.payload.id)
  })

  it('are signed so that the scheme believes them, and not with another secret', async () => {
    const { sandbox, received, call, url } = await start()
    await call('POST', '/tickets', ticket())
    await sandbox.webhooks.settle()
    const { headers, raw } = received[0]!
    const request = {
      method: 'POST',
      url,
      headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [String(value)]])),
      body: raw,
      receivedAt: new Date(),
    }
    const scheme = schemeOf(standardWebhooks as never)
    expect(scheme.verify(request, [plainSecret(secret)])).toMatchObject({ verified: true })
    expect(scheme.verify(request, [plainSecret(`whsec_${Buffer.from('another').toString('base64')}`)])).toMatchObject({ verified: false })
  })

  it('come again with the same id and bytes until a 2xx, and are given up in the end', async () => {
    const { sandbox, received, call } = await start({}, [500, 503, 200])
    await call('POST', '/tickets', ticket())
    await sandbox.webhooks.settle()
    expect(received).toHaveLength(3)
    expect(new Set(received.map((each) => each.raw.toString())).size).toBe(1)
    expect(sandbox.webhooks.deliveries()).toMatchObject([{ state: 'delivered', attempts: 3, last: 200 }])
    const other = await startReceiver([500])
    const stubborn = await startSandbox({
      contract: helpdeskContract,
      webhooks: { url: other.url, attempts: 2, sign: () => ({ headers: {} }) },
    })
    cleanups.push(stubborn.stop, other.stop)
    await clientOf(stubborn.url)('POST', '/tickets', ticket())
    await stubborn.webhooks.settle()
    expect(stubborn.webhooks.deliveries()).toMatchObject([{ state: 'failed', attempts: 2, last: 500 }])
  })

  it('are doubled, dropped and delayed by rules', async () => {
    const { sandbox, received, call } = await start({ faults: [{ kind: 'webhook-duplicate', event: 'ticket.created', times: 1 }] })
    await call('POST', '/tickets', ticket())
    await sandbox.webhooks.settle()
    expect(received.map((each) => each.headers['webhook-id'])).toEqual([received[0]!.payload.id, received[0]!.payload.id])
    sandbox.faults.add({ kind: 'webhook-drop', times: 1 })
    sandbox.faults.add({ kind: 'webhook-delay', ms: 200, skip: 1, times: 1 })
    const [dropped, late, early] = [
      await call('POST', '/tickets', ticket()),
      await call('POST', '/tickets', ticket()),
      await call('POST', '/tickets', ticket()),
    ]
    await sandbox.webhooks.settle()
    expect(received.slice(2).map((each) => each.payload.data.ticket.id)).toEqual([early.body.id, late.body.id])
    expect(
      sandbox.webhooks
        .deliveries()
        .find((each) => (each.payload as { data: { ticket: { id: string } } }).data.ticket.id === dropped.body.id)?.state,
    ).toBe('dropped')
  })

  it('are sent on request with chosen fields; unknown events are refused', async () => {
    const { sandbox, received } = await start()
    sandbox.webhooks.emit('ticket.closed', { data: { ticket: { external_id: 'I_9' } } })
    await sandbox.webhooks.settle()
    expect(received[0]!.payload).toMatchObject({
      type: 'ticket.closed',
      account_id: 'acc_42',
      data: { ticket: { external_id: 'I_9', status: 'open' } },
    })
    expect(() => sandbox.webhooks.emit('ticket.burnt')).toThrow(/declares ticket.created, ticket.updated/)
    expect(sandbox.webhooks.emit('ticket-closed').event).toBe('ticket.closed')
    expect(() => sandbox.webhooks.emit('closing the ticket')).toThrow(/no webhook closing the ticket \(ticket\.\w+\?\)/)
    const silent = await startSandbox({ contract: helpdeskContract })
    cleanups.push(silent.stop)
    expect(() => silent.webhooks.emit('ticket.closed')).toThrow(/without an address/)
  })
})

describe('GitHub’s real contract', () => {
  it('opens, labels, comments and closes issues in repositories that appear on first use, and tells of it as GitHub does', async () => {
    const receiver = await startReceiver()
    const sandbox = await startSandbox({
      contract: githubContract,
      autoCreateParents: true,
      webhooks: {
        url: receiver.url,
        secret: 's',
        scheme: { scheme: 'github', deliveryId: { header: 'x-github-delivery' }, event: { header: 'x-github-event' } } as never,
        envelope: { installation: { id: 7, node_id: 'n' } },
      },
    })
    cleanups.push(sandbox.stop, receiver.stop)
    const call = clientOf(sandbox.url)
    const issue = (await call('POST', '/repos/acme/app/issues', { title: 'Broken', labels: ['bug'], assignees: ['mona'] })).body
    expect(issue).toMatchObject({
      number: 1,
      state: 'open',
      labels: [{ name: 'bug' }],
      assignees: [{ login: 'mona' }],
      comments: 0,
      url: 'https://api.github.com/repos/acme/app/issues/1',
    })
    expect(issue).not.toHaveProperty('pull_request')
    expect((await call('POST', '/repos/acme/app/issues', { title: 'Second' })).body.number).toBe(2)
    expect((await call('POST', '/repos/acme/other/issues', { title: 'Elsewhere' })).body.number).toBe(1)
    const comment = (await call('POST', '/repos/acme/app/issues/1/comments', { body: 'Me too' })).body
    expect((await call('PATCH', `/repos/acme/app/issues/comments/${comment.id}`, { body: 'Me three' })).body.body).toBe('Me three')
    expect((await call('GET', '/repos/acme/app/issues/1/comments')).body).toMatchObject([{ id: comment.id, body: 'Me three' }])
    await call('POST', '/repos/acme/app/issues/1/labels', { labels: ['customer'] })
    await call('PATCH', '/repos/acme/app/issues/1', { state: 'closed', state_reason: 'completed' })
    const numbers = async (query: string) =>
      (await call('GET', `/repos/acme/app/issues?${query}`)).body.map((each: { number: number }) => each.number)
    expect(await numbers('')).toEqual([2])
    expect(await numbers('state=all')).toEqual([2, 1])
    expect(await numbers('state=closed&labels=bug,customer')).toEqual([1])
    const page = await call('GET', '/repos/acme/app/issues?state=all&per_page=1')
    expect(page.headers.get('link')).toContain('page=2>; rel="next"')
    await sandbox.webhooks.settle()
    const events = receiver.received.filter((each) => each.payload.repository.name === 'app' && each.payload.issue.number === 1)
    expect(events.map((each) => `${each.headers['x-github-event']}.${each.payload.action}`).sort()).toEqual([
      'issue_comment.created',
      'issue_comment.edited',
      'issues.closed',
      'issues.labeled',
      'issues.opened',
    ])
    const labelled = events.find((each) => each.payload.action === 'labeled')!
    expect(labelled.payload).toMatchObject({ label: { name: 'customer' }, repository: { full_name: 'acme/app' }, installation: { id: 7 } })
    expect(labelled.headers['x-hub-signature-256']).toMatch(/^sha256=[0-9a-f]{64}$/)
    expect(labelled.headers['x-github-delivery']).toMatch(/^[0-9a-f-]{36}$/)
  }, 60_000)
})
