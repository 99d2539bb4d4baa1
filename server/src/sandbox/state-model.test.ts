import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { RawRequest } from './requests.ts'
import { createSandbox, type Sandbox } from './sandbox.ts'
import { serve } from './serve.ts'
import { helpdeskContract, ticket } from './test-client.ts'

/** The same requests as over HTTP, without sockets: thousands per property run. */
function caller(sandbox: Sandbox) {
  return (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
    const [pathOnly, query = ''] = path.split('?')
    const bytes = body === undefined ? Buffer.alloc(0) : Buffer.from(JSON.stringify(body))
    const raw: RawRequest = {
      method,
      path: pathOnly!,
      query,
      headers: { host: 'x', 'x-api-key': 'k', ...(body ? { 'content-type': 'application/json' } : {}), ...headers },
      body: bytes,
    }
    const served = serve(sandbox.serving, raw)
    if (served instanceof Promise || served.ending.kind !== 'answer') throw new Error('expected an answer at once')
    const { answer } = served.ending
    // biome-ignore lint/suspicious/noExplicitAny: answers of any shape.
    return { status: answer.status, text: answer.body, body: (answer.body === '' ? undefined : JSON.parse(answer.body)) as any }
  }
}

const priority = fc.constantFrom('low', 'normal', 'high', 'urgent')
const status = fc.constantFrom('open', 'pending', 'closed')
const externalId = fc.constantFrom('A', 'B', 'C', null)
const step = fc.oneof(
  fc.record({ do: fc.constant('create' as const), priority, externalId }),
  fc.record({ do: fc.constant('update' as const), at: fc.nat(), status, externalId }),
  fc.record({ do: fc.constant('delete' as const), at: fc.nat() }),
  fc.record({ do: fc.constant('comment' as const), at: fc.nat(), body: fc.string({ minLength: 1, maxLength: 20 }) }),
)

interface Modelled {
  id: string
  priority: string
  status: string
  external_id: string | null
  comments: string[]
}

describe('a sandbox', () => {
  it('lists after any sequence of creates, updates, comments and deletes what a plain list says', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const call = caller(shared)
        shared.state.reset()
        let model: Modelled[] = []
        for (const each of steps) {
          if (each.do === 'create') {
            const { body } = call('POST', '/tickets', ticket({ priority: each.priority, external_id: each.externalId }))
            model.push({ id: body.id, priority: each.priority, status: 'open', external_id: each.externalId, comments: [] })
            continue
          }
          const target = model[each.at % Math.max(1, model.length)]
          const path = `/tickets/${target?.id ?? 'tkt_none'}`
          if (each.do === 'update') {
            const answer = call('PATCH', path, { status: each.status, external_id: each.externalId })
            expect(answer.status).toBe(target ? 200 : 404)
            if (target) Object.assign(target, { status: each.status, external_id: each.externalId })
          } else if (each.do === 'comment') {
            expect(call('POST', `${path}/comments`, { body: each.body }).status).toBe(target ? 201 : 404)
            target?.comments.push(each.body)
          } else {
            expect(call('DELETE', path).status).toBe(target ? 204 : 404)
            model = model.filter((one) => one !== target)
          }
        }
        compare(call, model)
      }),
      { numRuns: 150 },
    )
  })

  it('walks every page once, whatever the size, and misses nothing that stays while records come, change and go', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 30 }),
        fc.integer({ min: 1, max: 9 }),
        fc.array(fc.nat(), { maxLength: 6 }),
        fc.constantFrom('created_at', '-created_at', 'updated_at'),
        (count, limit, disturbances, sort) => {
          const call = caller(shared)
          shared.state.reset()
          const ids = Array.from({ length: count }, () => call('POST', '/tickets', ticket()).body.id as string)
          const gone = new Set<string>()
          const seen: string[] = []
          let cursor: string | null = ''
          let page = 0
          while (cursor !== null) {
            expect(page).toBeLessThan(100)
            const { body }: { body: { data: { id: string }[]; next_cursor: string | null; has_more: boolean } } = call(
              'GET',
              `/tickets?limit=${limit}&sort=${sort}${cursor ? `&cursor=${cursor}` : ''}`,
            )
            expect(body.has_more).toBe(body.next_cursor !== null)
            expect(body.data.length).toBeLessThanOrEqual(limit)
            seen.push(...body.data.map((one) => one.id))
            cursor = body.next_cursor
            const disturbance = disturbances[page++]
            const victim = disturbance === undefined ? undefined : ids[disturbance % Math.max(1, ids.length)]
            if (victim === undefined || gone.has(victim)) continue
            if (disturbance! % 3 === 0) {
              gone.add(victim)
              call('DELETE', `/tickets/${victim}`)
            } else if (disturbance! % 3 === 1) call('POST', '/tickets', ticket())
            else call('PATCH', `/tickets/${victim}`, { priority: 'high' })
          }
          for (const id of ids) if (!gone.has(id)) expect(seen).toContain(id)
          // By time of change a record that changed comes again, as it must; otherwise nothing comes twice.
          if (sort !== 'updated_at') expect(new Set(seen).size).toBe(seen.length)
        },
      ),
      { numRuns: 200 },
    )
  })
})

const shared = createSandbox({ contract: helpdeskContract }, undefined)

function compare(call: ReturnType<typeof caller>, model: Modelled[]): void {
  const listed = call('GET', '/tickets?limit=100').body.data
  expect(
    listed.map(({ id, priority, status, external_id, comment_count }: Record<string, unknown>) => ({
      id,
      priority,
      status,
      external_id,
      comment_count,
    })),
  ).toEqual(model.map(({ comments, ...rest }) => ({ ...rest, comment_count: comments.length })))
  for (const wanted of ['A', 'B', 'C']) {
    const found = call('GET', `/tickets?external_id=${wanted}&limit=100`).body.data.map((one: { id: string }) => one.id)
    expect(found).toEqual(model.filter((one) => one.external_id === wanted).map((one) => one.id))
  }
  const open = call('GET', '/tickets?status=open&limit=100').body.data.map((one: { id: string }) => one.id)
  expect(open).toEqual(model.filter((one) => one.status === 'open').map((one) => one.id))
  for (const one of model)
    expect(call('GET', `/tickets/${one.id}/comments?limit=100`).body.data.map((each: { body: string }) => each.body)).toEqual(one.comments)
  expect(call('GET', '/comments?limit=100').body.data).toHaveLength(Math.min(100, model.flatMap((one) => one.comments).length))
}
