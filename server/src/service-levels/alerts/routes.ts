import { createRoute, z } from '@hono/zod-openapi'
import type { Database } from '../../database/index.ts'
import { type Api, asJson, createApi, jsonAnswer, mustBeCompany, problemAnswers, security } from '../../identity/index.ts'
import type { Workspace } from '../../workspace/index.ts'
import { errors } from '../errors.ts'
import { findVisibleIntegration } from '../visible-integration.ts'
import { acknowledgeAlert } from './acknowledge-alert.ts'
import { listAlerts, listAlertTests } from './queries.ts'

export interface AlertRouteParts {
  database: Database
  workspace(): Workspace
  now?(): Date
}

const tags = ['Service levels']
const party = z.object({
  organization: z.string(),
  called: z.boolean().describe('Its people were called, and not only told.'),
  level: z.number(),
  escalateAt: z.iso.datetime().nullable(),
  acknowledgedAt: z.iso.datetime().nullable(),
  acknowledgedBy: z.string().nullable(),
  note: z.string().nullable(),
})
const alert = z
  .object({
    id: z.string(),
    integration: z.string(),
    subject: z.string().describe('objective/… or canary/…'),
    severity: z.enum(['page', 'ticket']),
    state: z.enum(['firing', 'insufficient-data', 'ended']),
    startedAt: z.iso.datetime(),
    seenAt: z.iso.datetime(),
    endedAt: z.iso.datetime().nullable(),
    endedBecause: z.enum(['recovered', 'no-data', 'withdrawn']).nullable(),
    evidence: z.record(z.string(), z.unknown()),
    parties: z.array(party),
  })
  .openapi('ServiceLevelAlert')
const days = z.coerce.number().int().min(0).max(400).default(28).describe('Leaves out what ended longer ago.')
const selfTest = z.object({
  testedAt: z.iso.datetime(),
  outcome: z.enum(['raised', 'not-raised', 'nobody-to-call']),
  detail: z.string().nullable(),
})

/** What burned and burns, who was called, and who looks at it. */
export function alertRoutes({ database, workspace, now = () => new Date() }: AlertRouteParts): Api {
  const api = createApi()
  api.openapi(
    createRoute({
      method: 'get',
      path: '/alerts',
      operationId: 'listAllAlerts',
      summary: 'Alerts of all integrations',
      description: 'Of those that the key may see: open ones first, then newest first.',
      tags,
      security,
      request: { query: z.object({ days }) },
      responses: {
        200: jsonAnswer(z.object({ alerts: z.array(alert) }), 'With whom each side was called and who answered.'),
        ...problemAnswers,
      },
    }),
    async (c) => {
      mustBeCompany(c, 'read')
      const integrations = c.get('visible').integrations ?? [...workspace().integrations.keys()]
      const endedSince = new Date(now().getTime() - c.req.valid('query').days * 86_400_000)
      return c.json(asJson({ alerts: await listAlerts(database.executor, { integrations, endedSince, limit: 200 }) }), 200)
    },
  )
  api.openapi(
    createRoute({
      method: 'get',
      path: '/integrations/{integration}/alerts',
      operationId: 'listAlerts',
      summary: 'Alerts of an integration',
      description: 'Error budgets that burn and canaries that no longer get through: open ones first, then newest first.',
      tags,
      security,
      request: {
        params: z.object({ integration: z.string() }),
        query: z.object({ days }),
      },
      responses: {
        200: jsonAnswer(
          z.object({ alerts: z.array(alert), selfTest: selfTest.nullable().describe('The newest weekly self-test; null: none yet.') }),
          'With whom each side was called and who answered.',
        ),
        ...problemAnswers,
      },
    }),
    async (c) => {
      mustBeCompany(c, 'read')
      const { integration: name } = c.req.valid('param')
      findVisibleIntegration(c, workspace(), name)
      const endedSince = new Date(now().getTime() - c.req.valid('query').days * 86_400_000)
      const [alerts, [test]] = await Promise.all([
        listAlerts(database.executor, { integrations: [name], endedSince, limit: 200 }),
        listAlertTests(database.executor, [name]),
      ])
      const shown = test && { testedAt: test.testedAt.toISOString(), outcome: test.outcome, detail: test.detail }
      return c.json(asJson({ alerts, selfTest: shown ?? null }), 200)
    },
  )
  api.openapi(
    createRoute({
      method: 'post',
      path: '/integrations/{integration}/alerts/{alert}/acknowledgement',
      operationId: 'acknowledgeAlert',
      summary: 'Say that a human looks at an alert',
      description: 'Nobody else of that side is called, and the other sides are told. Twice is harmless.',
      tags,
      security,
      request: {
        params: z.object({ integration: z.string(), alert: z.uuid() }),
        body: {
          required: true,
          content: {
            'application/json': {
              schema: z.object({ by: z.string().describe('organization/name'), note: z.string().max(2000).nullable().default(null) }),
            },
          },
        },
      },
      responses: {
        201: jsonAnswer(z.object({ alert: z.string(), outcome: z.enum(['acknowledged', 'acknowledged before']) }), 'Recorded.'),
        ...problemAnswers,
      },
    }),
    async (c) => {
      const caller = mustBeCompany(c, 'write')
      const { integration: name, alert: id } = c.req.valid('param')
      const { spec } = findVisibleIntegration(c, workspace(), name)
      const { by, note } = c.req.valid('json')
      const [organization = ''] = by.split('/')
      const mayName = caller.organization === null || caller.organization === organization
      if (!mayName || !workspace().person(by) || !spec.sides.some((side) => side.organization === organization))
        throw errors.may_not_speak({ person: by, organization: caller.organization ?? organization })
      const [known] = await listAlerts(database.executor, { integrations: [name], id, endedSince: new Date(0) })
      if (!known) throw errors.alert_unknown({ alert: id, integration: name })
      return c.json({ alert: id, outcome: await acknowledgeAlert(database, known, { by, organization, note }, now()) }, 201)
    },
  )
  return api
}
