import { createRoute, z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import type { Database } from '../../database/index.ts'
import {
  type Api,
  type Authenticated,
  asJson,
  createApi,
  identityErrors,
  jsonAnswer,
  mustBeCompany,
  problemAnswers,
  security,
} from '../../identity/index.ts'
import type { Workspace } from '../../workspace/index.ts'
import { errors } from '../errors.ts'
import { findVisibleIntegration } from '../visible-integration.ts'
import { announceMaintenance, withdrawMaintenance } from './announce.ts'
import { readMaintenance } from './queries.ts'

export interface MaintenanceRouteParts {
  database: Database
  workspace(): Workspace
  now?(): Date
}

const tags = ['Service levels']
const window = z.object({
  id: z.string(),
  platform: z.string(),
  organization: z.string().describe('Who maintains.'),
  startsAt: z.iso.datetime(),
  endsAt: z.iso.datetime(),
  reason: z.string(),
  announcedAt: z.iso.datetime().describe('When the running system first knew of it.'),
  announcedBy: z.string(),
  withdrawnAt: z.iso.datetime().nullable(),
})
export const judgedWindow = window
  .extend({
    verdict: z.enum(['in-time', 'late', 'over-limit', 'withdrawn']),
    says: z.string(),
    excused: z.object({ from: z.iso.datetime(), until: z.iso.datetime(), minutes: z.number() }).nullable(),
  })
  .openapi('MaintenanceWindow')
const platformParam = z.object({ platform: z.string() })

/** Planned maintenance: what is announced, and what of it is excused. */
export function maintenanceRoutes({ database, workspace, now = () => new Date() }: MaintenanceRouteParts): Api {
  const api = createApi()
  api.openapi(
    createRoute({
      method: 'get',
      path: '/integrations/{integration}/maintenance',
      operationId: 'listMaintenance',
      summary: 'Planned maintenance of an integration’s platforms',
      description: 'As the agreement of its sides sees it: announced in time and excused from service levels, or late and counted.',
      tags,
      security,
      request: {
        params: z.object({ integration: z.string() }),
        query: z.object({ days: z.coerce.number().int().min(0).max(400).default(28).describe('Leaves out what ended longer ago.') }),
      },
      responses: { 200: jsonAnswer(z.object({ windows: z.array(judgedWindow) }), 'By beginning.'), ...problemAnswers },
    }),
    async (c) => {
      mustBeCompany(c, 'read')
      const { integration: name } = c.req.valid('param')
      findVisibleIntegration(c, workspace(), name)
      const from = new Date(now().getTime() - c.req.valid('query').days * 86_400_000)
      const maintenance = await readMaintenance(database.executor, workspace(), [name], from, farAhead)
      const windows = (maintenance.get(name) ?? []).filter(({ endsAt }) => Date.parse(endsAt) > from.getTime())
      return c.json(asJson({ windows }), 200)
    },
  )
  api.openapi(
    createRoute({
      method: 'post',
      path: '/platforms/{platform}/maintenance',
      operationId: 'announceMaintenance',
      summary: 'Announce planned maintenance of a platform',
      description: 'For its owner. The other sides are told at once; what is late is told as late, and counts.',
      tags,
      security,
      request: {
        params: platformParam,
        body: {
          required: true,
          content: {
            'application/json': {
              schema: z.object({
                startsAt: z.iso.datetime({ offset: true }),
                endsAt: z.iso.datetime({ offset: true }),
                reason: z.string().trim().min(1).max(500),
                by: z.string().describe('organization/name'),
              }),
            },
          },
        },
      },
      responses: { 201: jsonAnswer(window, 'Announced now.'), ...problemAnswers },
    }),
    async (c) => {
      const { platform } = c.req.valid('param')
      const { startsAt, endsAt, reason, by } = c.req.valid('json')
      mustMaintain(c, workspace(), platform, by)
      const wanted = { platform, startsAt: new Date(startsAt), endsAt: new Date(endsAt), reason, by }
      return c.json(asJson(await announceMaintenance(database, workspace(), wanted, now())), 201)
    },
  )
  api.openapi(
    createRoute({
      method: 'delete',
      path: '/platforms/{platform}/maintenance/{window}',
      operationId: 'withdrawMaintenance',
      summary: 'Take planned maintenance back before it begins',
      tags,
      security,
      request: { params: platformParam.extend({ window: z.uuid() }) },
      responses: { 200: jsonAnswer(window, 'Withdrawn; the other sides are told.'), ...problemAnswers },
    }),
    async (c) => {
      const { platform, window: id } = c.req.valid('param')
      mustMaintain(c, workspace(), platform)
      return c.json(asJson(await withdrawMaintenance(database, workspace(), { platform, id }, now())), 200)
    },
  )
  return api
}

const farAhead = new Date('9999-01-01T00:00:00Z')

/** Only the owner announces maintenance of a platform, in the name of one of its people. */
function mustMaintain(c: Context<Authenticated>, workspace: Workspace, name: string, by?: string): void {
  const caller = mustBeCompany(c, 'write')
  const { connectable } = c.get('visible')
  const platform = workspace.platforms.get(name)
  if (!platform || (connectable !== null && !connectable.includes(name))) throw identityErrors.not_visible({ what: `platform ${name}` })
  const { owner } = platform.spec
  if (caller.organization !== null && caller.organization !== owner) throw errors.maintained_by_another({ platform: name, owner })
  if (by !== undefined && (!by.startsWith(`${owner}/`) || !workspace.person(by)))
    throw errors.may_not_speak({ person: by, organization: owner })
}
