import { afterEach, describe, expect, it } from 'vitest'
import { type RunningSandbox, startSandbox } from './index.ts'
import { type Answer, clientOf, helpdeskContract, ticket } from './test-client.ts'

const running: RunningSandbox[] = []
afterEach(async () => {
  for (const sandbox of running.splice(0)) await sandbox.stop()
})

async function start(options: Partial<Parameters<typeof startSandbox>[0]> = {}) {
  const sandbox = await startSandbox({ contract: helpdeskContract, ...options })
  running.push(sandbox)
  return sandbox
}

/** Writes, reads, mistakes and faults; returns everything that a client can see. */
async function story(sandbox: RunningSandbox): Promise<string[]> {
  const call = clientOf(sandbox.url)
  const answers: Answer[] = []
  const say = async (...request: Parameters<typeof call>) => {
    const answer = await call(...request)
    answers.push(answer)
    return answer
  }
  await say('GET', '/account')
  const { id } = (await say('POST', '/tickets', ticket({ tags: ['a'] }))).body
  await say('POST', `/tickets/${id}/comments`, { body: 'x' })
  await say('POST', '/customers', { name: 'M', email: 'm@x.example' })
  await say('PATCH', `/tickets/${id}`, { status: 'closed' })
  await say('POST', '/tickets', { subject: '' })
  for (let i = 0; i < 10; i++) await say('POST', '/tickets', ticket())
  await say('GET', '/tickets?limit=3')
  await say('GET', '/comments')
  return answers.map((answer) => `${answer.status} ${JSON.stringify([...answer.headers])} ${answer.text}`)
}

const faults = [{ kind: 'status', status: 500, probability: 0.5, operation: 'createTicket', skip: 1 } as const]

describe('the same seed', () => {
  it('gives the same bytes to the same requests, headers and faults included', async () => {
    const first = await story(await start({ seed: 7, faults }))
    expect(await story(await start({ seed: 7, faults }))).toEqual(first)
    expect(first.filter((each) => each.startsWith('500')).length).toBeGreaterThan(0)
    expect(await story(await start({ seed: 8, faults }))).not.toEqual(first)
  })

  it('gives the same bytes again after a reset', async () => {
    const sandbox = await start({ seed: 7 })
    const first = await story(sandbox)
    sandbox.state.reset()
    expect(sandbox.log.total).toBe(0)
    expect(await story(sandbox)).toEqual(first)
    sandbox.state.reset(8)
    expect(await story(sandbox)).not.toEqual(first)
  })

  it('makes up the same records, each different, under their parents', async () => {
    const made = async (seed: string) => {
      const sandbox = await start({ seed })
      expect(sandbox.state.populate(3)).toBe(3 + 3 + 9 + 9)
      return sandbox.state.dump()
    }
    const first = await made('x')
    expect(await made('x')).toEqual(first)
    expect(await made('y')).not.toEqual(first)
    const tickets = first['/tickets'] as { id: string; subject: string; comment_count: number; status: string; closed_at: string | null }[]
    expect(new Set(tickets.map((each) => each.subject)).size).toBe(3)
    expect(tickets.map((each) => each.comment_count)).toEqual([3, 3, 3])
    const more = [...tickets, ...((await made('y'))['/tickets'] as typeof tickets)]
    expect(more.map((each) => each.closed_at !== null)).toEqual(more.map((each) => each.status === 'closed'))
    expect(new Set(more.map((each) => each.status)).size).toBeGreaterThan(1)
  })
})

describe('fixtures', () => {
  it('are there at the start and after a reset, with the ids they were given', async () => {
    const sandbox = await start({
      fixtures: { '/tickets': [{ id: 'tkt_fixed', ...ticket(), external_id: 'I_1' }], '/tickets/tkt_fixed/comments': [{ body: 'first' }] },
    })
    const call = clientOf(sandbox.url)
    const look = async () => [(await call('GET', '/tickets/tkt_fixed')).body, (await call('GET', '/tickets/tkt_fixed/comments')).body.data]
    const before = await look()
    expect(before).toMatchObject([{ external_id: 'I_1', comment_count: 1, status: 'open' }, [{ body: 'first', ticket_id: 'tkt_fixed' }]])
    await call('DELETE', '/tickets/tkt_fixed')
    sandbox.state.reset()
    expect(await look()).toEqual(before)
  })

  it('at a path that the contract does not have are refused', async () => {
    await expect(startSandbox({ contract: helpdeskContract, fixtures: { '/nothing': [] } })).rejects.toMatchObject({
      code: 'sandbox.fixture_unknown',
    })
  })
})

describe('the clock', () => {
  it('is the machine’s own when asked for, so that polls with real times work', async () => {
    const call = clientOf((await start({ clock: 'real' })).url)
    const before = new Date().toISOString()
    const { created_at } = (await call('POST', '/tickets', ticket())).body
    expect(created_at >= before).toBe(true)
    expect((await call('GET', `/tickets?created_since=${before}`)).body.data).toHaveLength(1)
  })
})
