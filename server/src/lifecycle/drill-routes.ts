import { createRoute, z } from '@hono/zod-openapi'
import { type Api, identityErrors, jsonAnswer, mustHave, problemAnswers, security } from '../identity/index.ts'
import { listCanaries, listDrills, recordDrill, reportCanary } from '../readiness/index.ts'
import type { Lifecycle } from './lifecycle.ts'
import { assertSpeaksFor } from './speak-for.ts'
import { integrationParam, visibleIntegration } from './visible-integration.ts'

const tags = ['Readiness']
const body = <S extends z.ZodType>(schema: S) => ({ body: { required: true, content: { 'application/json': { schema } } } }) as const
const kind = z.enum(['contact', 'on-call', 'alert'])

/** What was tried on purpose: people who were called, and synthetic events. */
export function drillRoutes(api: Api, lifecycle: Lifecycle): void {
  peopleRoutes(api, lifecycle)
  canaryRoutes(api, lifecycle)
}

function peopleRoutes(api: Api, lifecycle: Lifecycle): void {
  const { executor } = lifecycle.parts.database
  const drill = z
    .object({
      id: z.string(),
      kind,
      side: z.string(),
      heldAt: z.iso.datetime(),
      answeredBy: z.string().nullable(),
      answeredAfterMs: z.number().nullable().describe('null: no human answered.'),
      evidence: z.string().nullable(),
      note: z.string().nullable(),
      recordedBy: z.string(),
    })
    .openapi('Drill')
  api.openapi(
    createRoute({
      method: 'get',
      path: '/integrations/{integration}/drills',
      operationId: 'listDrills',
      summary: 'Drills of an integration',
      tags,
      security,
      request: {
        params: integrationParam,
        query: z.object({ limit: z.coerce.number().int().min(1).max(500).default(50), before: z.uuid().optional() }),
      },
      responses: {
        200: jsonAnswer(z.object({ drills: z.array(drill), next: z.string().nullable() }), 'One page, newest first.'),
        ...problemAnswers,
      },
    }),
    async (c) => {
      mustHave(c, 'read')
      const { integration } = c.req.valid('param')
      visibleIntegration(c, lifecycle, integration)
      const query = c.req.valid('query')
      const drills = await listDrills(executor, integration, query)
      return c.json({ drills, next: drills.length === query.limit ? drills.at(-1)!.id : null }, 200)
    },
  )
  const newDrill = z.object({
    kind,
    side: z.string().describe('Organization that was called.'),
    by: z.string().describe('organization/person who records it; must belong to the organization of the key.'),
    heldAt: z.iso.datetime().optional().describe('Left out: now, less the time until the answer.'),
    answer: z
      .object({ by: z.string().min(1).max(200), afterMs: z.number().int().min(0).max(3e10) })
      .optional()
      .describe('Left out: no human answered. An automatic reply is no answer.'),
    evidence: z
      .url({ protocol: /^https?$/ })
      .max(2000)
      .optional()
      .describe('Where the answer can be read.'),
    note: z.string().max(2000).optional(),
  })
  api.openapi(
    createRoute({
      method: 'post',
      path: '/integrations/{integration}/drills',
      operationId: 'recordDrill',
      summary: 'Record a drill',
      description: 'Somebody was called on purpose. The row is never changed; nobody confirms their own answer.',
      tags,
      security,
      request: { params: integrationParam, ...body(newDrill) },
      responses: { 201: jsonAnswer(z.object({ id: z.string() }), 'The drill is recorded.'), ...problemAnswers },
    }),
    async (c) => {
      const caller = mustHave(c, 'write')
      const integration = visibleIntegration(c, lifecycle, c.req.valid('param').integration)
      const { kind, side, by, heldAt, answer, evidence, note } = c.req.valid('json')
      const workspace = lifecycle.parts.workspace()
      assertSpeaksFor(caller, by, workspace)
      const now = lifecycle.now()
      const held = heldAt === undefined ? new Date(now.getTime() - (answer?.afterMs ?? 0)) : new Date(heldAt)
      const told = {
        kind,
        side,
        heldAt: held,
        recordedBy: by,
        ...(answer && { answer }),
        ...(evidence && { evidence }),
        ...(note && { note }),
      }
      return c.json({ id: await recordDrill(executor, workspace, integration, told, now) }, 201)
    },
  )
}

function canaryRoutes(api: Api, lifecycle: Lifecycle): void {
  const { executor } = lifecycle.parts.database
  const outcome = z.enum(['succeeded', 'failed'])
  const canary = z
    .object({
      scenario: z.string(),
      outcome,
      lastAt: z.iso.datetime(),
      lastSucceededAt: z.iso.datetime().nullable(),
      detail: z.string().nullable(),
      reportedBy: z.string().describe('Name of the key.'),
    })
    .openapi('Canary')
  api.openapi(
    createRoute({
      method: 'get',
      path: '/integrations/{integration}/canaries',
      operationId: 'listCanaries',
      summary: 'The newest word of each canary',
      tags,
      security,
      request: { params: integrationParam },
      responses: {
        200: jsonAnswer(z.object({ canaries: z.array(canary) }), 'By scenario; only those that have reported.'),
        ...problemAnswers,
      },
    }),
    async (c) => {
      mustHave(c, 'read')
      const { integration } = c.req.valid('param')
      visibleIntegration(c, lifecycle, integration)
      return c.json({ canaries: await listCanaries(executor, integration) }, 200)
    },
  )
  const report = z.object({
    scenario: z.string(),
    outcome,
    at: z.iso.datetime().optional().describe('Left out: now.'),
    detail: z.string().max(2000).optional(),
  })
  api.openapi(
    createRoute({
      method: 'post',
      path: '/integrations/{integration}/canaries',
      operationId: 'reportCanary',
      summary: 'Report what a canary found',
      description: 'From your own monitor, which sends the synthetic event and looks at the other end. An older report takes back nothing.',
      tags,
      security,
      request: { params: integrationParam, ...body(report) },
      responses: { 200: jsonAnswer(z.object({ result: z.enum(['recorded', 'older']) }), 'Whether it is the newest.'), ...problemAnswers },
    }),
    async (c) => {
      const caller = mustHave(c, 'write')
      const integration = visibleIntegration(c, lifecycle, c.req.valid('param').integration)
      if (caller.customer !== null) throw identityErrors.company_only({})
      const { scenario, outcome, at, detail } = c.req.valid('json')
      const now = lifecycle.now()
      const told = { scenario, outcome, at: at === undefined ? now : new Date(at), reportedBy: caller.name, ...(detail && { detail }) }
      return c.json({ result: await reportCanary(executor, integration, told, now) }, 200)
    },
  )
}
