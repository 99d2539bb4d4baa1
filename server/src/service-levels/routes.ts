import { createRoute, z } from '@hono/zod-openapi'
import type { Database } from '../database/index.ts'
import { type Api, createApi, jsonAnswer, mustHave, problemAnswers, security } from '../identity/index.ts'
import type { Stage, Workspace } from '../workspace/index.ts'
import { judgedWindow } from './maintenance/routes.ts'
import { readServiceLevels } from './report.ts'
import { findVisibleIntegration } from './visible-integration.ts'

export interface ServiceLevelRouteParts {
  database: Database
  workspace(): Workspace
  stageInForce(integration: string): Promise<{ stage: Stage }>
  now?(): Date
}

const evidence = z.object({
  reason: z.string(),
  platform: z.string().describe('Empty: none.'),
  events: z.number(),
  example: z.string().nullable().describe('The newest run or call of this kind.'),
})
const causes = z.array(
  z.object({
    cause: z.string().describe('An organization, bridge, customer or undetermined.'),
    events: z.number(),
    evidence: z.array(evidence),
  }),
)
const measured = z.object({
  window: z.object({ kind: z.enum(['rolling', 'calendar-month']), from: z.iso.date(), to: z.iso.date() }),
  measuredDays: z.number(),
  events: z.number().describe('Without the excluded.'),
  bad: z.number(),
  excluded: z.number(),
  neededEvents: z.number(),
  state: z.enum(['met', 'missed', 'insufficient-data']),
  attainedPpm: z.number().optional(),
  budget: z.object({ allowed: z.number(), leftPpm: z.number() }).optional(),
  p95Ms: z.union([z.number(), z.literal('beyond')]).optional(),
  causes,
  excludedCauses: causes,
})
const burn = z.object({
  tier: z.object({ burn: z.number(), longMs: z.number(), shortMs: z.number(), severity: z.enum(['page', 'ticket']) }),
  state: z.enum(['firing', 'quiet', 'insufficient-data', 'can-not-fire']),
  neededEvents: z.number(),
  events: z.number(),
  burn: z.number().optional(),
})
const age = z.object({ at: z.iso.datetime(), ageMs: z.number() }).nullable().describe('null: nothing within two weeks.')
const report = z
  .object({
    integration: z.string(),
    countedAt: z.iso.datetime().nullable(),
    measuredSince: z.iso.date().nullable(),
    maintenance: z.array(judgedWindow),
    newest: z
      .array(z.object({ side: z.string(), event: age, call: age }))
      .describe('How old the newest event of each side is, to five minutes.'),
    objectives: z.array(z.object({ objective: z.record(z.string(), z.unknown()), windows: z.array(measured), burn: z.array(burn) })),
  })
  .openapi('ServiceLevels')

/** What was promised against what was measured, for each side of an integration. */
export function serviceLevelRoutes({ database, workspace, stageInForce, now = () => new Date() }: ServiceLevelRouteParts): Api {
  const api = createApi()
  api.openapi(
    createRoute({
      method: 'get',
      path: '/integrations/{integration}/service-levels',
      operationId: 'getServiceLevels',
      summary: 'Service levels of an integration',
      description: 'Target, measured, error budget and who spent it, in the rolling window and the calendar month.',
      tags: ['Service levels'],
      security,
      request: {
        params: z.object({ integration: z.string() }),
        query: z.object({
          month: z
            .string()
            .regex(/^\d{4}-(0[1-9]|1[0-2])$/)
            .optional()
            .describe('Calendar month, 2026-10; left out: this one, up to today.'),
        }),
      },
      responses: { 200: jsonAnswer(report, 'In the order of the file, then of the agreements.'), ...problemAnswers },
    }),
    async (c) => {
      mustHave(c, 'read')
      const { integration: name } = c.req.valid('param')
      const integration = findVisibleIntegration(c, workspace(), name)
      const { stage } = await stageInForce(name)
      return c.json(
        (await readServiceLevels(database.executor, workspace(), integration, stage, now(), c.req.valid('query').month)) as never,
        200,
      )
    },
  )
  return api
}
