import { createRoute, z } from '@hono/zod-openapi'
import type { Database } from '../../database/index.ts'
import {
  type Api,
  asJson,
  createApi,
  identityErrors,
  jsonAnswer,
  madeAnswer,
  madeAt,
  mustBeCompany,
  problemAnswers,
  security,
} from '../../identity/index.ts'
import type { Workspace } from '../../workspace/index.ts'
import { errors } from '../errors.ts'
import { findVisibleIntegration } from '../visible-integration.ts'
import { handIn, ownerOf } from './hand-in.ts'
import { listDifferences, listReconciliations } from './queries.ts'

export interface ReconciliationRouteParts {
  database: Database
  workspace(): Workspace
  now?(): Date
}

const tags = ['Service levels']
const maxRecords = 20_000
const record = z.object({
  day: z.iso.date(),
  operation: z.string().max(500).describe('As the contract names it: POST /orders/{id}; of webhooks the name of the event.'),
  status: z.int().min(100).max(599).nullable().default(null).describe('Of the answer; not asked of webhooks.'),
  count: z.int().min(0).default(1),
  key: z
    .string()
    .min(1)
    .max(500)
    .optional()
    .describe('Idempotency key of a call, or the id that the webhook carried: then it is compared by itself.'),
})
const reconciliation = z
  .object({
    id: z.string(),
    integration: z.string(),
    organization: z.string().describe('Whose records were handed in.'),
    platform: z.string(),
    kind: z.enum(['calls', 'webhooks']),
    from: z.iso.date(),
    until: z.iso.date(),
    handedInAt: z.iso.datetime(),
    handedInBy: z.string(),
    theirs: z.number(),
    ours: z.number(),
    agreed: z.number(),
    differing: z.number(),
    uncertain: z.number().describe('Calls without an answer: whether they arrived can’t be seen from here.'),
    differences: z
      .array(
        z.object({
          day: z.iso.date(),
          operation: z.string(),
          status: z.number().nullable(),
          key: z.string().nullable(),
          theirs: z.number(),
          ours: z.number(),
          says: z.string(),
        }),
      )
      .optional()
      .describe('For the side that handed the records in alone; at most 1,000.'),
  })
  .openapi('Reconciliation')

/** Both sides' records held against each other. */
export function reconciliationRoutes({ database, workspace, now = () => new Date() }: ReconciliationRouteParts): Api {
  const api = createApi()
  api.openapi(
    createRoute({
      method: 'post',
      path: '/integrations/{integration}/reconciliations',
      operationId: 'handInRecords',
      summary: 'Hand in a side’s own records, and see where they differ',
      description:
        'Whole days (UTC) of calls that a platform received or webhooks that it sent, as counts by day, operation and status or one by one with a key. What differs counts against correctness. For the owner of the platform.',
      tags,
      security,
      request: {
        params: z.object({ integration: z.string() }),
        body: {
          required: true,
          content: {
            'application/json': {
              schema: z.object({
                platform: z.string(),
                kind: z.enum(['calls', 'webhooks']),
                from: z.iso.date(),
                until: z.iso.date().describe('Inclusive. What is not in the records of these days did not happen, as far as they say.'),
                records: z.array(record).max(maxRecords),
              }),
            },
          },
        },
      },
      responses: { 201: madeAnswer(reconciliation, 'Compared.'), ...problemAnswers },
    }),
    async (c) => {
      const caller = mustBeCompany(c, 'write')
      const { integration } = c.req.valid('param')
      findVisibleIntegration(c, workspace(), integration)
      const { platform, ...wanted } = c.req.valid('json')
      const owner = ownerOf(workspace(), integration, platform)
      if (owner === undefined) throw identityErrors.not_visible({ what: `platform ${platform} of ${integration}` })
      if (caller.organization !== null && caller.organization !== owner) throw errors.recorded_by_another({ platform, owner })
      const found = await handIn(database, { integration, platform, organization: owner, by: caller.name, ...wanted }, now())
      return c.json(asJson(found), 201, madeAt(c, found.id))
    },
  )
  api.openapi(
    createRoute({
      method: 'get',
      path: '/integrations/{integration}/reconciliations',
      operationId: 'listReconciliations',
      summary: 'Where both sides’ records agree and differ',
      description: 'How many agree and differ is for every side; which, for the one whose records they are.',
      tags,
      security,
      request: {
        params: z.object({ integration: z.string() }),
        query: z.object({ limit: z.coerce.number().int().min(1).max(500).default(50), before: z.uuid().optional() }),
      },
      responses: {
        200: jsonAnswer(z.object({ reconciliations: z.array(reconciliation), next: z.string().nullable() }), 'One page, newest first.'),
        ...problemAnswers,
      },
    }),
    async (c) => {
      const { organization } = mustBeCompany(c, 'read')
      const { integration } = c.req.valid('param')
      findVisibleIntegration(c, workspace(), integration)
      const query = c.req.valid('query')
      const found = await listReconciliations(database.executor, integration, query)
      const next = found.length === query.limit ? found.at(-1)!.id : null
      return c.json(asJson({ reconciliations: found.map((one) => shownTo(organization, one)), next }), 200)
    },
  )
  api.openapi(
    createRoute({
      method: 'get',
      path: '/integrations/{integration}/reconciliations/{reconciliation}',
      operationId: 'getReconciliation',
      summary: 'One comparison, with what differs',
      tags,
      security,
      request: { params: z.object({ integration: z.string(), reconciliation: z.uuid() }) },
      responses: { 200: jsonAnswer(reconciliation, 'With the differences for the side whose records they are.'), ...problemAnswers },
    }),
    async (c) => {
      const { organization } = mustBeCompany(c, 'read')
      const { integration, reconciliation: id } = c.req.valid('param')
      findVisibleIntegration(c, workspace(), integration)
      const found = (await listReconciliations(database.executor, integration, { id }))[0]
      if (!found) throw errors.reconciliation_unknown({ id, integration })
      const mine = organization === null || organization === found.organization
      return c.json(
        asJson(mine ? { ...found, differences: await listDifferences(database.executor, id) } : shownTo(organization, found)),
        200,
      )
    },
  )
  return api
}

/** The name of a key is its owner's business. */
const shownTo = <Shown extends { organization: string; handedInBy: string }>(organization: string | null, shown: Shown): Shown =>
  organization === null || organization === shown.organization ? shown : { ...shown, handedInBy: shown.organization }
