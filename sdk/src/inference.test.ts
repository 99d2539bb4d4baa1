import { describe, expect, expectTypeOf, it } from 'vitest'
import { z } from 'zod'
import { defineIntegration, definePlatform, every, type FactsOf, type Flow, mapping, on, sweep } from './index.ts'

interface Ticket {
  id: string
  subject: string
}
interface NewTicket {
  subject: string
  priority?: 'low' | 'high'
}

/** Shaped as openapi-typescript writes it. */
interface HelpdeskPaths {
  '/tickets': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get: {
      parameters: { query: { external: string; page?: number }; header?: never; path?: never; cookie?: never }
      requestBody?: never
      responses: {
        200: { headers: Record<string, unknown>; content: { 'application/json': Ticket[] } }
        404: { headers: Record<string, unknown>; content: { 'application/json': { title: string } } }
      }
    }
    put?: never
    post: {
      parameters: { query?: never; header?: { 'Idempotency-Key'?: string }; path?: never; cookie?: never }
      requestBody: { content: { 'application/json': NewTicket } }
      responses: { 201: { headers: Record<string, unknown>; content: { 'application/json': Ticket } } }
    }
  }
  '/tickets/{id}': {
    get: {
      parameters: { query?: { expand?: boolean }; path: { id: string } }
      requestBody?: never
      responses: { 200: { headers: Record<string, unknown>; content: { 'application/json': Ticket } } }
    }
    delete: {
      parameters: { path: { id: string } }
      requestBody?: never
      responses: { 204: { headers: Record<string, unknown>; content?: never } }
    }
  }
  '/health': {
    get: {
      parameters: { query?: { deep?: boolean } }
      requestBody?: never
      responses: { 200: { headers: Record<string, unknown>; content?: never } }
    }
  }
}
interface Issue {
  id: number
  title: string
}
type Closed = { action: 'closed'; issue: Issue }
type Webhook<Payload> = { post: { requestBody: { content: { 'application/json': Payload } } } }
interface GithubWebhooks {
  'issues.closed': Webhook<Closed>
  'issues.opened': Webhook<{ action: 'opened'; issue: Issue }>
}

const github = definePlatform<Record<never, never>, GithubWebhooks>('github')
const helpdesk = definePlatform<HelpdeskPaths, Record<never, never>>('helpdesk')

const product = {
  name: 'github-helpdesk',
  version: '1.0.0',
  platforms: { github, helpdesk },
  settings: z.object({ label: z.string().default('customer') }),
  meters: ['ticket.synced', 'comment.synced'],
  mappings: {
    ticket: mapping(
      { from: [github.webhook('issues.opened'), github.webhook('issues.closed')], to: helpdesk.body('POST', '/tickets') },
      '{ "subject": issue.title }',
    ),
  },
} as const

describe('types infer from the contract to the flow', () => {
  it('gives a flow its event, clients, settings, mappings and meters', () => {
    defineIntegration(product, {
      closeTicket: on(github.webhook('issues.closed'), {
        lane: (event) => {
          expectTypeOf(event).toEqualTypeOf<Closed>()
          return event.issue.id
        },
        onPoison: 'park',
        filter: (event, { settings }) => {
          expectTypeOf(settings).toEqualTypeOf<Readonly<{ label: string }>>()
          return event.issue.title === settings.label
        },
        async run({ event, settings, instance, delivery, helpdesk, map, step, meter, sleep, log, ...rest }) {
          expectTypeOf(event).toEqualTypeOf<Closed>()
          expectTypeOf(settings.label).toEqualTypeOf<string>()
          expectTypeOf(instance.customer).toEqualTypeOf<string>()
          expectTypeOf(delivery.occurredAt).toEqualTypeOf<string | undefined>()
          expectTypeOf(rest).not.toHaveProperty('cursor')
          expectTypeOf<Parameters<typeof meter>[0]>().toEqualTypeOf<'ticket.synced' | 'comment.synced'>()
          expectTypeOf(await map('ticket', event)).toEqualTypeOf<NewTicket>()
          const found = await helpdesk.GET('/tickets', { params: { query: { external: 'I_1' } } })
          expectTypeOf(found).toEqualTypeOf<Ticket[]>()
          const created = await step('create ticket', async () => helpdesk.POST('/tickets', { body: await map('ticket', event) }))
          expectTypeOf(created).toEqualTypeOf<Ticket>()
          expectTypeOf(
            await step('remove', () => helpdesk.DELETE('/tickets/{id}', { params: { path: { id: '1' } } })),
          ).toEqualTypeOf<undefined>()
          const answered = await helpdesk.send('GET', '/tickets/{id}', { params: { path: { id: '1' } } })
          expectTypeOf(answered).toEqualTypeOf<{ status: number; headers: Readonly<Record<string, string>>; body: Ticket }>()
          await helpdesk.GET('/health')
          await sleep('a while', 'PT5M')
          meter('ticket.synced')
          log.info('closed')
        },
      }),
    })
  })

  it('gives a poll its cursor and typed emissions', () => {
    defineIntegration(product, {
      backfill: every('PT15M', {
        initialCursor: ({ now }) => ({ since: now }),
        async run({ cursor, emit, settings, ...rest }) {
          expectTypeOf(cursor.value).toEqualTypeOf<{ since: string }>()
          expectTypeOf(cursor.since).toBeNever()
          expectTypeOf(settings.label).toEqualTypeOf<string>()
          expectTypeOf(rest).not.toHaveProperty('event')
          emit(github.webhook('issues.closed'), {
            id: '1',
            event: { action: 'closed', issue: { id: 1, title: '' } },
            occurredAt: cursor.value.since,
          })
          await cursor.advance({ since: 'later' })
          // @ts-expect-error a cursor keeps its type
          await cursor.advance({ since: 1 })
          // @ts-expect-error the event of another trigger
          emit(github.webhook('issues.closed'), { id: '1', event: { action: 'opened', issue: { id: 1, title: '' } } })
        },
      }),
      lookingBack: every('PT15M', {
        lookBack: 'PT5M',
        initialCursor: ({ now }) => now,
        async run({ cursor }) {
          expectTypeOf(cursor.value).toEqualTypeOf<string>()
          expectTypeOf(cursor.since).toEqualTypeOf<string>()
          await cursor.advance(cursor.since)
        },
      }),
      withoutCursor: every('0 6 * * 1', {
        async run({ cursor }) {
          expectTypeOf(cursor.value).toBeUnknown()
        },
      }),
    })
  })

  it('gives a sweep where it lists from, typed emissions, and no cursor', () => {
    const { flows } = defineIntegration(product, {
      sweep: sweep('P1D', {
        back: 'P14D',
        async run({ since, emit, flush, settings, ...rest }) {
          expectTypeOf(since).toEqualTypeOf<string>()
          expectTypeOf(settings.label).toEqualTypeOf<string>()
          expectTypeOf(rest).not.toHaveProperty('cursor')
          emit(github.webhook('issues.closed'), { id: '1', event: { action: 'closed', issue: { id: 1, title: '' } }, occurredAt: since })
          // @ts-expect-error the event of another trigger
          emit(github.webhook('issues.closed'), { id: '1', event: { action: 'opened', issue: { id: 1, title: '' } } })
          await flush()
        },
      }),
    })
    expect(flows.sweep).toMatchObject({ kind: 'every', interval: 'P1D', sweep: 'P14D' })
    const wrong = () => defineIntegration(product, { sweep: sweep('P1D', { back: 'two weeks', run: async () => {} }) })
    expect(wrong).toThrow(/expected an ISO 8601 duration such as P14D for back/)
  })

  it('types flows that live in files of their own', () => {
    type F = FactsOf<typeof product>
    const closeTicket: Flow<F> = on(github.webhook('issues.closed'), {
      lane: (event) => event.issue.id,
      onPoison: 'park',
      async run({ meter, helpdesk }) {
        meter('ticket.synced')
        expectTypeOf(await helpdesk.GET('/tickets/{id}', { params: { path: { id: '1' } } })).toEqualTypeOf<Ticket>()
        // @ts-expect-error no such meter
        meter('ticket.lost')
      },
    })
    defineIntegration(product, { closeTicket })
  })
})

describe('what the contract does not have does not compile', () => {
  it('events', () => {
    // @ts-expect-error GitHub has no such event
    on(github.webhook('issues.exploded'), { lane: () => 1, onPoison: 'park', async run() {} })
    // @ts-expect-error the platform declares no webhooks
    helpdesk.webhook('ticket.closed')
  })

  it('lanes and poison policies', () => {
    // @ts-expect-error the event has no such field
    on(github.webhook('issues.closed'), { lane: (event) => event.pull_request.id, onPoison: 'park', async run() {} })
    // @ts-expect-error no such policy
    on(github.webhook('issues.closed'), { lane: (event) => event.issue.id, onPoison: 'ignore', async run() {} })
  })

  it('clients, meters, mappings, settings, paths, parameters and bodies', () => {
    defineIntegration(product, {
      wrong: on(github.webhook('issues.closed'), {
        lane: (event) => event.issue.id,
        onPoison: 'park',
        async run({ event, helpdesk, map, meter, settings, ...rest }) {
          // @ts-expect-error no such platform
          rest.jira
          // @ts-expect-error no such meter
          meter('ticket.lost')
          // @ts-expect-error no such mapping
          await map('comment', event)
          // @ts-expect-error a mapping takes its own events
          await map('ticket', { title: 'x' })
          // @ts-expect-error no such setting
          settings.labels
          // @ts-expect-error no such path
          await helpdesk.GET('/ticket')
          // @ts-expect-error the path has no such method
          await helpdesk.DELETE('/tickets', {})
          // @ts-expect-error a path parameter is missing
          await helpdesk.GET('/tickets/{id}', {})
          // @ts-expect-error the request is missing
          await helpdesk.GET('/tickets/{id}')
          // @ts-expect-error a query parameter of the wrong type
          await helpdesk.GET('/tickets', { params: { query: { external: 1 } } })
          // @ts-expect-error no such query parameter
          await helpdesk.GET('/tickets', { params: { query: { external: 'I_1', sort: 'up' } } })
          // @ts-expect-error the body is missing
          await helpdesk.POST('/tickets', {})
          // @ts-expect-error a field of the wrong type
          await helpdesk.POST('/tickets', { body: { subject: 1 } })
          // @ts-expect-error no such field
          await helpdesk.POST('/tickets', { body: { subject: 'x', severity: 'high' } })
          // @ts-expect-error no such value
          await helpdesk.POST('/tickets', { body: { subject: 'x', priority: 'urgent' } })
          // @ts-expect-error GET takes no body
          await helpdesk.GET('/health', { body: {} })
          // @ts-expect-error no such field in the answer
          ;(await helpdesk.GET('/tickets/{id}', { params: { path: { id: '1' } } })).title
        },
      }),
    })
  })
})
