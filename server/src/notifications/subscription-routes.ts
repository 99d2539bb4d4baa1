import { createRoute, z } from '@hono/zod-openapi'
import type { KeyRing } from '../connections/index.ts'
import type { Database } from '../database/index.ts'
import { type Api, asJson, jsonAnswer, mustBeCompany, ownerOf, problemAnswers, security } from '../identity/index.ts'
import type { Workspace } from '../workspace/index.ts'
import { errors } from './errors.ts'
import { notificationKinds } from './notification.ts'
import type { Notifier } from './notifier.ts'
import { listDeliveries } from './outbox.ts'
import { addSubscription, findSubscription, listSubscriptions, removeSubscription, retryDead } from './subscription.ts'
import { readWebhookUrl } from './webhook-url.ts'

export interface NotificationRouteParts {
  database: Database
  keyRing: KeyRing
  workspace(): Pick<Workspace, 'organizations'>
  notifier: Pick<Notifier, 'allowsPrivate' | 'test'>
}

const tags = ['Notifications']
const params = z.object({ subscription: z.string() })
const kinds = z.array(z.enum(notificationKinds)).describe('Empty: all kinds.')
const subscriptionSchema = z
  .object({
    id: z.string(),
    organization: z.string(),
    name: z.string(),
    channel: z.literal('webhook'),
    url: z.string(),
    kinds,
    createdBy: z.string(),
    createdAt: z.iso.datetime(),
    pending: z.int().describe('Copies that wait to be sent.'),
    dead: z.int().describe('Copies that were given up.'),
    lastDeliveredAt: z.iso.datetime().nullable(),
  })
  .openapi('NotificationSubscription')
const newSubscription = z.object({
  name: z.string().min(1).max(100),
  url: z.string().max(2000).describe('Public https address that takes signed webhooks (Standard Webhooks).'),
  kinds: kinds.default([]),
  organization: z.string().optional().describe('Left out: that of the key.'),
})

/** Where an organization is told besides its list: its own subscriptions; the operator sees and changes those of all. */
export function subscriptionRoutes(api: Api, { database, keyRing, workspace, notifier }: NotificationRouteParts): void {
  const { executor } = database
  api.openapi(
    createRoute({
      method: 'get',
      path: '/notification-subscriptions',
      operationId: 'listSubscriptions',
      summary: 'Where notifications are sent',
      tags,
      security,
      responses: { 200: jsonAnswer(z.object({ subscriptions: z.array(subscriptionSchema) }), 'In order of creation.'), ...problemAnswers },
    }),
    async (c) => c.json(asJson({ subscriptions: await listSubscriptions(executor, mustBeCompany(c, 'read').organization) }), 200),
  )
  api.openapi(
    createRoute({
      method: 'post',
      path: '/notification-subscriptions',
      operationId: 'addSubscription',
      summary: 'Send notifications to an address as signed webhooks',
      description:
        'Each comes at least once, with the id of the notification as `webhook-id`, the same on every attempt. The secret is shown in this answer only.',
      tags,
      security,
      request: { body: { required: true, content: { 'application/json': { schema: newSubscription } } } },
      responses: { 201: jsonAnswer(z.object({ id: z.string(), secret: z.string() }), 'The secret that signs.'), ...problemAnswers },
    }),
    async (c) => {
      const caller = mustBeCompany(c, 'write')
      const wanted = c.req.valid('json')
      const organization = ownerOf(caller, wanted.organization, workspace(), {
        ofAnother: (other) => errors.subscription_of_another({ organization: other }),
        ofNobody: (nobody) => errors.subscription_of_nobody({ organization: nobody }),
      })
      // A host inside is allowed for what the operator means by it, and not for whatever else an organization finds there.
      const url = readWebhookUrl(wanted.url, caller.organization === null ? notifier.allowsPrivate : () => false)
      return c.json(await addSubscription(database, keyRing, { ...wanted, organization, url, createdBy: caller.name }), 201)
    },
  )
  api.openapi(
    createRoute({
      method: 'delete',
      path: '/notification-subscriptions/{subscription}',
      operationId: 'removeSubscription',
      summary: 'Send nothing more to an address',
      tags,
      security,
      request: { params },
      responses: { 200: jsonAnswer(z.object({ removed: z.string() }), 'Removed.'), ...problemAnswers },
    }),
    async (c) => {
      const { organization } = mustBeCompany(c, 'write')
      const { subscription } = c.req.valid('param')
      await removeSubscription(database, subscription, organization)
      return c.json({ removed: subscription }, 200)
    },
  )
  api.openapi(
    createRoute({
      method: 'post',
      path: '/notification-subscriptions/{subscription}/test',
      operationId: 'testSubscription',
      summary: 'Send a signed test once, and say how it ended',
      tags,
      security,
      request: { params },
      responses: {
        200: jsonAnswer(z.object({ delivered: z.boolean(), status: z.int().nullable(), error: z.string().nullable() }), 'How it ended.'),
        ...problemAnswers,
      },
    }),
    async (c) => {
      const { organization } = mustBeCompany(c, 'write')
      return c.json(await notifier.test(await findSubscription(executor, c.req.valid('param').subscription, organization)), 200)
    },
  )
  api.openapi(
    createRoute({
      method: 'post',
      path: '/notification-subscriptions/{subscription}/retry',
      operationId: 'retrySubscription',
      summary: 'Send again what was given up',
      tags,
      security,
      request: { params },
      responses: { 200: jsonAnswer(z.object({ retried: z.int() }), 'How many copies.'), ...problemAnswers },
    }),
    async (c) => {
      const { organization } = mustBeCompany(c, 'write')
      return c.json({ retried: await retryDead(executor, c.req.valid('param').subscription, organization, new Date()) }, 200)
    },
  )
  deliveriesRoute(api, database)
}

function deliveriesRoute(api: Api, database: Database): void {
  const query = z.object({
    state: z.enum(['pending', 'delivered', 'dead']).optional(),
    limit: z.coerce.number().int().min(1).max(500).default(50),
    before: z
      .string()
      .regex(/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}\/[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/)
      .optional()
      .describe('`next` of the page before.'),
  })
  api.openapi(
    createRoute({
      method: 'get',
      path: '/notification-deliveries',
      operationId: 'listNotificationDeliveries',
      summary: 'What became of each copy that was sent to a subscription',
      tags,
      security,
      request: { query },
      responses: {
        200: jsonAnswer(
          z.object({ deliveries: z.array(z.record(z.string(), z.unknown())), next: z.string().nullable() }),
          'One page, newest first.',
        ),
        ...problemAnswers,
      },
    }),
    async (c) => {
      const { organization } = mustBeCompany(c, 'read')
      return c.json(asJson(await listDeliveries(database.executor, { organization, ...c.req.valid('query') })), 200)
    },
  )
}
