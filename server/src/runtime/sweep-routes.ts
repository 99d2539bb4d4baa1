import { createRoute, z } from '@hono/zod-openapi'
import type { Database } from '../database/index.ts'
import { type Api, asJson, createApi, jsonAnswer, mustHave, problemAnswers, security } from '../identity/index.ts'
import { listSweeps } from './sweep-queries.ts'

const sweepSchema = z
  .object({
    run: z.string().describe('The run that swept.'),
    integration: z.string(),
    organization: z.string(),
    customer: z.string(),
    instanceId: z.string(),
    instance: z.string(),
    flow: z.string(),
    since: z.iso.datetime().describe('It listed what the source has from here on.'),
    sweptAt: z.iso.datetime(),
    listed: z.number().int().describe('Items of the source; those of a run that was executed twice count twice.'),
    missed: z.number().int().describe('Items that neither webhook nor poll had brought. They were handed on.'),
    examples: z
      .array(z.object({ platform: z.string(), event: z.string(), id: z.string(), occurredAt: z.string().nullable() }))
      .describe('The first of the missed.'),
  })
  .openapi('Sweep')

export function sweepRoutes({ database }: { database: Database }): Api {
  const api = createApi()
  api.openapi(
    createRoute({
      method: 'get',
      path: '/sweeps',
      operationId: 'listSweeps',
      summary: 'List sweeps and what they found missing',
      description: 'Newest run first. A sweep compares what a source has with what came by webhook and poll.',
      tags: ['Runs'],
      security,
      request: {
        query: z.object({
          integration: z.string().optional(),
          missed: z.enum(['true', 'false']).default('false').describe('true: only those that found something missing.'),
          limit: z.coerce.number().int().min(1).max(500).default(100),
          before: z.uuid().optional(),
        }),
      },
      responses: {
        200: jsonAnswer(z.object({ sweeps: z.array(sweepSchema), next: z.string().nullable() }), 'One page.'),
        ...problemAnswers,
      },
    }),
    async (c) => {
      mustHave(c, 'read')
      const { missed, ...page } = c.req.valid('query')
      const sweeps = await listSweeps(database.executor, { ...page, missedOnly: missed === 'true', visible: c.get('visible') })
      const next = sweeps.length === page.limit ? sweeps.at(-1)!.run : null
      return c.json(asJson({ sweeps, next }), 200)
    },
  )
  return api
}
