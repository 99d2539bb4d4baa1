import { createRoute, z } from '@hono/zod-openapi'
import type { Database } from '../../database/index.ts'
import { type Api, createApi, identityErrors, jsonAnswer, mustBeCompany, mustRun, problemAnswers, security } from '../../identity/index.ts'
import { findIntegration } from '../../readiness/index.ts'
import type { Workspace } from '../../workspace/index.ts'
import { errors } from '../errors.ts'
import type { Canaries } from './canaries.ts'
import { canaryPlans } from './canary-plan.ts'
import { findCanaryInstance } from './queries.ts'

/** Sends a canary by hand. */
export function canaryRoutes(parts: { database: Database; workspace(): Workspace; canaries: Canaries }): Api {
  const api = createApi()
  api.openapi(
    createRoute({
      method: 'post',
      path: '/integrations/{integration}/canaries/{scenario}/run',
      operationId: 'runCanary',
      summary: 'Send a canary now',
      description:
        'Sends the synthetic event that the file declares, waits for its end (at most `within`), and records the outcome. For the company that runs the synthetic instance.',
      tags: ['Readiness'],
      security,
      request: { params: z.object({ integration: z.string(), scenario: z.string() }) },
      responses: {
        200: jsonAnswer(z.object({ outcome: z.enum(['succeeded', 'failed']), at: z.iso.datetime(), detail: z.string() }), 'What it found.'),
        ...problemAnswers,
      },
    }),
    async (c) => {
      const caller = mustBeCompany(c, 'write')
      const { integration: name, scenario } = c.req.valid('param')
      const { integrations } = c.get('visible')
      if (integrations !== null && !integrations.includes(name)) throw identityErrors.not_visible({ what: `integration ${name}` })
      findIntegration(parts.workspace(), name)
      const plans = canaryPlans(parts.workspace()).filter(({ integration }) => integration.metadata.name === name)
      const plan = plans.find((one) => one.scenario === scenario)
      if (!plan) throw errors.canary_unknown({ integration: name, found: scenario, known: plans.map((one) => one.scenario) })
      const instance = await findCanaryInstance(parts.database.executor, name, plan.canary.instance)
      if (instance) mustRun(caller, `Instance ${plan.canary.instance}`, instance.organization)
      const { outcome, at, detail } = await parts.canaries.run(plan, caller.name)
      return c.json({ outcome, at: at.toISOString(), detail }, 200)
    },
  )
  return api
}
