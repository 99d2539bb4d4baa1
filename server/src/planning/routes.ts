import { createRoute, z } from '@hono/zod-openapi'
import type { Database } from '../database/index.ts'
import { type Api, createApi, jsonAnswer, mustBeCompany, mustBeOperator, problemAnswers, security } from '../identity/index.ts'
import type { Workspace } from '../workspace/index.ts'
import { errors } from './errors.ts'
import type { ReadRevenue } from './plan-actuals.ts'
import { type HoursFilter, insertHours, listHours, sumHours } from './queries.ts'
import { readCalibration } from './read-calibration.ts'
import { activities, workHours } from './work-hours.ts'

const tags = ['Planning']
const importable = z.object({
  entries: z
    .array(
      workHours.and(
        z.object({
          importKey: z
            .string()
            .regex(/^[0-9a-f]{64}$/)
            .optional(),
        }),
      ),
    )
    .min(1)
    .max(10_000),
})
const filterQuery = z.object({
  plan: z.string().optional(),
  integration: z.string().optional(),
})
const pageQuery = filterQuery.extend({
  limit: z.coerce.number().int().min(1).max(1000).default(100),
  before: z.uuid().optional(),
})
const entrySchema = z.object({
  id: z.string(),
  organization: z.string(),
  plan: z.string().optional(),
  integration: z.string().optional(),
  activity: z.enum(activities),
  sourcing: z.enum(['internal', 'outsourced']),
  hours: z.number(),
  workedOn: z.string(),
  change: z.string().optional(),
  incident: z.string().optional(),
  person: z.string().optional(),
  note: z.string().optional(),
  recordedBy: z.string(),
  recordedAt: z.iso.datetime(),
})
export const sumSchema = z.object({
  organization: z.string(),
  plan: z.string().nullable(),
  integration: z.string().nullable(),
  activity: z.enum(activities),
  sourcing: z.enum(['internal', 'outsourced']),
  hours: z.number(),
  firstOn: z.string(),
  lastOn: z.string(),
})
const calibrationSchema = z.object({
  outcomes: z.array(z.object({ plan: z.string(), estimatedHours: z.number(), actualHours: z.number(), launchedOn: z.string() })),
  leftOut: z.array(z.object({ plan: z.string(), reason: z.string() })),
  p50Factor: z.number(),
  p90Factor: z.number(),
  source: z.string(),
  maintenance: z.object({
    outcomes: z.array(
      z.object({
        plan: z.string(),
        buildHours: z.number(),
        maintenanceHours: z.number(),
        months: z.number().describe('Since the launch.'),
        perYearPercent: z.number().describe('Of the build hours.'),
      }),
    ),
    leftOut: z.array(z.object({ plan: z.string(), reason: z.string() })),
    perYearPercent: z.object({ low: z.number(), likely: z.number(), high: z.number() }).optional(),
    source: z.string().optional(),
  }),
  money: z.object({
    outcomes: z.array(z.object({ plan: z.string(), what: z.enum(['customers', 'cash']), expected: z.number(), actual: z.number() })),
    customersFactor: z.number().optional(),
    cashFactor: z.number().optional(),
    source: z.string().optional(),
  }),
})

/** Hours really worked, and what they teach. An organization's key sees and adds only its own, a customer's key nothing: hours are cost. */
export function planningRoutes(database: Database, workspace: () => Workspace, readRevenue: ReadRevenue): Api {
  const api = createApi()
  const { executor } = database
  const filterOf = (query: z.output<typeof filterQuery>, organization: string | null): HoursFilter => ({
    organization,
    plan: query.plan,
    integration: query.integration,
  })

  api.openapi(
    createRoute({
      method: 'post',
      path: '/hours',
      operationId: 'recordHours',
      summary: 'Record hours worked',
      description: 'All entries or none. An entry whose import key is known is not added again.',
      tags,
      security,
      request: { body: { required: true, content: { 'application/json': { schema: importable } } } },
      responses: { 200: jsonAnswer(z.object({ added: z.number(), known: z.number() }), 'How many were new.'), ...problemAnswers },
    }),
    async (c) => {
      const caller = mustBeCompany(c, 'write')
      const { entries } = c.req.valid('json')
      const foreign = entries.find((entry) => caller.organization !== null && entry.organization !== caller.organization)
      if (foreign) throw errors.hours_of_others({ organization: foreign.organization, caller: caller.name })
      const added = await insertHours(executor, entries as never, caller.name)
      return c.json({ added, known: entries.length - added }, 200)
    },
  )
  api.openapi(
    createRoute({
      method: 'get',
      path: '/hours',
      operationId: 'listHours',
      summary: 'List hours worked',
      description: 'Newest work first.',
      tags,
      security,
      request: { query: pageQuery },
      responses: {
        200: jsonAnswer(z.object({ entries: z.array(entrySchema), next: z.string().nullable() }), 'One page.'),
        ...problemAnswers,
      },
    }),
    async (c) => {
      const query = c.req.valid('query')
      const rows = await listHours(executor, filterOf(query, mustBeCompany(c, 'read').organization), query)
      const next = rows.length === query.limit ? rows.at(-1)!.id : null
      return c.json({ entries: rows.map((row) => ({ ...row, recordedAt: row.recordedAt.toISOString() })), next }, 200)
    },
  )
  api.openapi(
    createRoute({
      method: 'get',
      path: '/hours/sums',
      operationId: 'sumHours',
      summary: 'Sum hours by bridge, activity and sourcing',
      tags,
      security,
      request: { query: filterQuery },
      responses: { 200: jsonAnswer(z.object({ sums: z.array(sumSchema) }), 'Sums.'), ...problemAnswers },
    }),
    async (c) => c.json({ sums: await sumHours(executor, filterOf(c.req.valid('query'), mustBeCompany(c, 'read').organization)) }, 200),
  )
  api.openapi(
    createRoute({
      method: 'get',
      path: '/calibration',
      operationId: 'getCalibration',
      summary: 'Compare estimates with hours worked',
      description: 'For the operator: it reads the hours of every organization.',
      tags,
      security,
      responses: { 200: jsonAnswer(calibrationSchema, 'Outcomes and the factors learned.'), ...problemAnswers },
    }),
    async (c) => {
      mustBeOperator(c)
      return c.json((await readCalibration(executor, workspace(), readRevenue, new Date())) as never, 200)
    },
  )
  return api
}
