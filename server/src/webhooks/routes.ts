import { createRoute, z } from '@hono/zod-openapi'
import type { Database } from '../database/index.ts'
import {
  type Api,
  asJson,
  createApi,
  identityErrors,
  jsonAnswer,
  mustHave,
  problemAnswers,
  security,
  type Visibility,
} from '../identity/index.ts'
import { type DeliveryFilter, type DeliverySummary, listDeliveries, listWaitingDeliveries } from './list-deliveries.ts'
import { listRefused } from './list-refused.ts'
import { selectDeliveries } from './queries.ts'
import { readEnvelope } from './read-envelope.ts'
import type { WebhookSource } from './webhook-source.ts'

export interface DeliveryRouteParts {
  database: Database
  source(name: string): WebhookSource | undefined
  reroute(ids: readonly string[]): Promise<void>
}

const tags = ['Deliveries']
const state = z.enum(['accepted', 'routed', 'ignored', 'account-unknown', 'unparsable', 'held'])
const deliverySchema = z
  .object({
    id: z.string(),
    source: z.string(),
    senderId: z.string(),
    assurance: z.enum(['signature', 'shared-secret', 'proxy', 'none', 'polled']),
    state,
    event: z.string().nullable(),
    account: z.string().nullable(),
    problem: z.string().nullable(),
    bytes: z.number().int(),
    receivedAt: z.iso.datetime(),
    occurredAt: z.iso.datetime().nullable(),
    runs: z.number().int(),
    parked: z.number().int(),
  })
  .openapi('Delivery')

const refusedSchema = z
  .object({
    id: z.string(),
    source: z.string(),
    instanceId: z
      .string()
      .nullable()
      .describe("Whose own address was asked; null: the platform's common one, or one that no instance has."),
    address: z.enum(['common', 'instance', 'unknown']),
    reason: z.string().describe('Such as signature-mismatch, no-secret or timestamp-too-old.'),
    detail: z.string(),
    remoteAddress: z.string().nullable().describe('Of the connection; behind a proxy, that of the proxy.'),
    headers: z.record(z.string(), z.array(z.string())).describe('With credentials redacted.'),
    bytes: z.number().int(),
    bodySha256: z.string().describe('Of the body, which is not kept; the sender can find the request by it.'),
    refusedAt: z.iso.datetime(),
  })
  .openapi('RefusedDelivery')

/** Looking at what arrived, and routing again what could not be routed. */
export function deliveryRoutes({ database, source, reroute }: DeliveryRouteParts): Api {
  const api = createApi()
  const { executor } = database
  const visibleDelivery = async (id: string, visible: Visibility): Promise<DeliverySummary> => {
    const [found] = await listDeliveries(executor, { ids: [id], visible }, { limit: 1 })
    if (!found) throw identityErrors.not_visible({ what: `delivery ${id}` })
    return found
  }
  const query = z.object({
    source: z.string().optional(),
    state: state.optional(),
    event: z.string().optional(),
    account: z.string().optional(),
    limit: z.coerce.number().int().min(1).max(500).default(50),
    before: z.uuid().optional(),
  })

  api.openapi(
    createRoute({
      method: 'get',
      path: '/deliveries',
      operationId: 'listDeliveries',
      summary: 'List deliveries',
      description: 'Newest first.',
      tags,
      security,
      request: { query },
      responses: {
        200: jsonAnswer(z.object({ deliveries: z.array(deliverySchema), next: z.string().nullable() }), 'One page.'),
        ...problemAnswers,
      },
    }),
    async (c) => {
      mustHave(c, 'read')
      const { limit, before, ...conditions } = c.req.valid('query')
      const given = Object.fromEntries(Object.entries(conditions).filter(([, value]) => value !== undefined)) as DeliveryFilter
      const deliveries = await listDeliveries(executor, { ...given, visible: c.get('visible') }, { limit, ...(before ? { before } : {}) })
      return c.json(asJson({ deliveries, next: deliveries.length === limit ? deliveries.at(-1)!.id : null }), 200)
    },
  )
  const param = { params: z.object({ delivery: z.uuid() }) }
  api.openapi(
    createRoute({
      method: 'get',
      path: '/deliveries/{delivery}',
      operationId: 'getDelivery',
      summary: 'Show a delivery',
      description: 'With headers (credentials redacted) and the payload as understood.',
      tags,
      security,
      request: param,
      responses: {
        200: jsonAnswer(
          z.object({ delivery: deliverySchema, headers: z.record(z.string(), z.array(z.string())), payload: z.unknown() }),
          'The delivery.',
        ),
        ...problemAnswers,
      },
    }),
    async (c) => {
      mustHave(c, 'read')
      const delivery = await visibleDelivery(c.req.valid('param').delivery, c.get('visible'))
      const [row] = await selectDeliveries(executor, [delivery.id])
      const from = source(delivery.source)
      return c.json(
        asJson({ delivery, headers: row?.headers ?? {}, payload: row && from ? (readEnvelope(from, row).payload ?? null) : null }),
        200,
      )
    },
  )
  api.openapi(
    createRoute({
      method: 'get',
      path: '/deliveries/{delivery}/body',
      operationId: 'getDeliveryBody',
      summary: 'The bytes of a delivery as they arrived',
      tags,
      security,
      request: param,
      responses: {
        200: { description: 'The bytes.', content: { 'application/octet-stream': { schema: z.string().openapi({ format: 'binary' }) } } },
        ...problemAnswers,
      },
    }),
    async (c) => {
      mustHave(c, 'read')
      const delivery = await visibleDelivery(c.req.valid('param').delivery, c.get('visible'))
      const [row] = await selectDeliveries(executor, [delivery.id])
      // Bytes of a stranger: never to be interpreted by a browser.
      const headers = {
        'content-type': 'application/octet-stream',
        'content-disposition': 'attachment',
        'x-content-type-options': 'nosniff',
      }
      return c.body(new Uint8Array(row?.body ?? []), 200, headers) as never
    },
  )
  api.openapi(
    createRoute({
      method: 'get',
      path: '/refused-deliveries',
      operationId: 'listRefusedDeliveries',
      summary: 'List webhooks that were not believed',
      description: 'Newest first: of each source the newest 100, and at most five of any second.',
      tags,
      security,
      request: { query: query.pick({ source: true, limit: true, before: true }) },
      responses: {
        200: jsonAnswer(z.object({ refused: z.array(refusedSchema), next: z.string().nullable() }), 'One page.'),
        ...problemAnswers,
      },
    }),
    async (c) => {
      mustHave(c, 'read')
      const { limit, before, source: asked } = c.req.valid('query')
      const refused = await listRefused(executor, { source: asked, visible: c.get('visible') }, { limit, before })
      return c.json(asJson({ refused, next: refused.length === limit ? refused.at(-1)!.id : null }), 200)
    },
  )
  const again = z.object({
    ids: z.array(z.uuid()).max(1_000).optional(),
    state: z.enum(['account-unknown', 'held', 'unparsable', 'ignored']).optional(),
    source: z.string().optional(),
    account: z.string().optional(),
  })
  api.openapi(
    createRoute({
      method: 'post',
      path: '/deliveries/reroute',
      operationId: 'rerouteDeliveries',
      summary: 'Route deliveries again',
      description: 'After an account was bound, an instance resumed or a version mended. Those that made runs before are left out.',
      tags,
      security,
      request: { body: { required: true, content: { 'application/json': { schema: again } } } },
      responses: {
        200: jsonAnswer(z.object({ deliveries: z.number().int() }), 'How many are routed again, at most 10,000 a call.'),
        ...problemAnswers,
      },
    }),
    async (c) => {
      mustHave(c, 'replay')
      const { ids, state: wanted, ...rest } = c.req.valid('json')
      const given = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined))
      const waiting = ids ?? (wanted ? await listWaitingDeliveries(executor, { state: wanted, ...given }, 10_000) : [])
      const found = await listDeliveries(executor, { ids: waiting, visible: c.get('visible') }, { limit: 10_000 })
      const chosen = found.filter((delivery) => delivery.runs === 0).map((delivery) => delivery.id)
      await reroute(chosen.sort())
      return c.json({ deliveries: chosen.length }, 200)
    },
  )
  return api
}
