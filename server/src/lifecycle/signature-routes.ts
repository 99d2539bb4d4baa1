import { createRoute, z } from '@hono/zod-openapi'
import { type Api, jsonAnswer, mustBeOperator, mustHave, problemAnswers, security } from '../identity/index.ts'
import { adoptStage, attest, reviewGap, signWaiver } from '../readiness/index.ts'
import type { Lifecycle } from './lifecycle.ts'
import { assertSpeaksFor } from './speak-for.ts'
import { integrationParam, visibleIntegration } from './visible-integration.ts'

const tags = ['Readiness']
const by = z.string().describe('organization/person; must belong to the organization of the key.')
const body = <S extends z.ZodType>(schema: S) => ({ body: { required: true, content: { 'application/json': { schema } } } }) as const

/** What people put their names to. Each is a row that is never changed. */
export function signatureRoutes(api: Api, lifecycle: Lifecycle): void {
  const { database } = lifecycle.parts
  const attestation = z.object({
    side: z.string(),
    by,
    checks: z.array(z.string()).optional().describe('Left out: everything that holds and waits for a person’s word.'),
    note: z.string().optional(),
  })
  api.openapi(
    createRoute({
      method: 'post',
      path: '/integrations/{integration}/attestations',
      operationId: 'attest',
      summary: 'Stand by checks of one side',
      tags,
      security,
      request: { params: integrationParam, ...body(attestation) },
      responses: { 200: jsonAnswer(z.object({ attested: z.array(z.string()) }), 'Ids of the checks.'), ...problemAnswers },
    }),
    async (c) => {
      const caller = mustHave(c, 'write')
      const { integration } = c.req.valid('param')
      const { side, by, checks, note } = c.req.valid('json')
      visibleIntegration(c, lifecycle, integration)
      assertSpeaksFor(caller, by, lifecycle.parts.workspace())
      const facts = (await lifecycle.facts()).of(integration)
      const request = { integration, side, by, ...(checks && { checks }), ...(note && { note }) }
      return c.json({ attested: await attest(database, lifecycle.parts.workspace(), facts, request, lifecycle.now()) }, 200)
    },
  )
  const signature = z.object({ check: z.string(), side: z.string().optional(), by })
  api.openapi(
    createRoute({
      method: 'post',
      path: '/integrations/{integration}/waiver-signatures',
      operationId: 'signWaiver',
      summary: 'Co-sign a waiver that stands in the file',
      tags,
      security,
      request: { params: integrationParam, ...body(signature) },
      responses: {
        200: jsonAnswer(
          z.object({ state: z.string(), unsigned: z.array(z.string()), says: z.string() }),
          'The waiver after this signature.',
        ),
        ...problemAnswers,
      },
    }),
    async (c) => {
      const caller = mustHave(c, 'write')
      const { integration: name } = c.req.valid('param')
      const { check, side, by } = c.req.valid('json')
      const integration = visibleIntegration(c, lifecycle, name)
      assertSpeaksFor(caller, by, lifecycle.parts.workspace())
      const facts = (await lifecycle.facts()).of(name)
      const { state, unsigned, says } = await signWaiver(
        database,
        lifecycle.parts.workspace(),
        integration,
        facts,
        { check, by, ...(side && { side }) },
        lifecycle.now(),
      )
      return c.json({ state, unsigned, says }, 200)
    },
  )
  const review = z.object({ gap: z.string(), by, nextReviewOn: z.iso.date(), note: z.string().optional() })
  api.openapi(
    createRoute({
      method: 'post',
      path: '/integrations/{integration}/gap-reviews',
      operationId: 'reviewGap',
      summary: 'Record that a known gap was looked at',
      tags,
      security,
      request: { params: integrationParam, ...body(review) },
      responses: { 200: jsonAnswer(z.object({ gap: z.string(), nextReviewOn: z.string() }), 'Recorded.'), ...problemAnswers },
    }),
    async (c) => {
      const caller = mustHave(c, 'write')
      const { integration: name } = c.req.valid('param')
      const { note, ...wanted } = c.req.valid('json')
      const integration = visibleIntegration(c, lifecycle, name)
      assertSpeaksFor(caller, wanted.by, lifecycle.parts.workspace())
      const facts = (await lifecycle.facts()).of(name)
      await reviewGap(database, lifecycle.parts.workspace(), integration, facts, { ...wanted, ...(note && { note }) }, lifecycle.now())
      return c.json({ gap: wanted.gap, nextReviewOn: wanted.nextReviewOn }, 200)
    },
  )
  const adoption = z.object({ signedBy: z.array(by).min(2), reason: z.string().min(1) })
  api.openapi(
    createRoute({
      method: 'post',
      path: '/integrations/{integration}/adoption',
      operationId: 'adoptIntegration',
      summary: 'Take over an integration that ran before',
      description: 'Only on first sight, only by the operator, signed by people of every side that brings a platform.',
      tags,
      security,
      request: { params: integrationParam, ...body(adoption) },
      responses: { 200: jsonAnswer(z.object({ stage: z.string() }), 'The stage in force.'), ...problemAnswers },
    }),
    async (c) => {
      mustBeOperator(c)
      const { integration: name } = c.req.valid('param')
      const integration = visibleIntegration(c, lifecycle, name)
      await adoptStage(database, lifecycle.parts.workspace(), integration, c.req.valid('json'), lifecycle.now())
      return c.json({ stage: integration.spec.stage }, 200)
    },
  )
}
