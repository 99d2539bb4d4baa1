import { createRoute, z } from '@hono/zod-openapi'
import { type Api, asJson, createApi, jsonAnswer, mustBeCompany, problemAnswers, security } from '../identity/index.ts'
import { listNotifications, notificationKinds } from './notification.ts'
import { type NotificationRouteParts, subscriptionRoutes } from './subscription-routes.ts'

const tags = ['Notifications']
const notificationSchema = z
  .object({
    id: z.string(),
    organization: z.string(),
    kind: z.enum(notificationKinds),
    key: z.string(),
    title: z.string(),
    data: z.record(z.string(), z.unknown()),
    toldAt: z.iso.datetime(),
  })
  .openapi('Notification')

/** What an organization was told, and where that is sent: its own; the operator sees that of all. */
export function notificationRoutes(parts: NotificationRouteParts): Api {
  const { database } = parts
  const api = createApi()
  subscriptionRoutes(api, parts)
  api.openapi(
    createRoute({
      method: 'get',
      path: '/notifications',
      operationId: 'listNotifications',
      summary: 'What your organization was told',
      tags,
      security,
      request: {
        query: z.object({
          kind: z.enum(notificationKinds).optional(),
          before: z.uuid().optional().describe('Only older than this one: the last id of the page before.'),
          limit: z.coerce.number().int().min(1).max(500).default(50),
        }),
      },
      responses: {
        200: jsonAnswer(z.object({ notifications: z.array(notificationSchema), next: z.string().nullable() }), 'One page, newest first.'),
        ...problemAnswers,
      },
    }),
    async (c) => {
      const { organization } = mustBeCompany(c, 'read')
      const query = c.req.valid('query')
      const notifications = await listNotifications(database.executor, { organization, ...query })
      return c.json(asJson({ notifications, next: notifications.length === query.limit ? notifications.at(-1)!.id : null }), 200)
    },
  )
  return api
}
