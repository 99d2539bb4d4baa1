import { createRoute, z } from '@hono/zod-openapi'
import { integrationPage, missingPlaces, pageHtml, pageMarkdown, readSource } from '../enablement/index.ts'
import { type Api, mustHave, problemAnswers, security } from '../identity/index.ts'
import type { Lifecycle } from './lifecycle.ts'
import { integrationParam, visibleIntegration } from './visible-integration.ts'

const cell = z.object({ state: z.enum(['known', 'missing', 'unknown', 'not-owed']), says: z.array(z.string()) })
const row = z.union([
  z.object({ what: z.string(), of: z.literal('bridge'), cell }),
  z.object({ what: z.string(), of: z.literal('sides'), cells: z.array(cell) }),
])
const page = z
  .object({
    integration: z.string(),
    title: z.string(),
    asOf: z.iso.date(),
    oneSided: z.boolean(),
    sides: z.array(z.object({ organization: z.string(), title: z.string() })),
    sections: z.array(z.object({ heading: z.string(), rows: z.array(row) })),
    missing: z.array(z.object({ section: z.string(), what: z.string(), side: z.string().optional() })),
  })
  .openapi('IntegrationPage')

const written = {
  html: { write: pageHtml, type: 'text/html; charset=utf-8' },
  markdown: { write: pageMarkdown, type: 'text/markdown; charset=utf-8' },
}

/** One page that tells all about an integration, to each of its sides. */
export function pageRoutes(api: Api, lifecycle: Lifecycle): void {
  api.openapi(
    createRoute({
      method: 'get',
      path: '/integrations/{integration}',
      operationId: 'getIntegration',
      summary: 'One page that tells all about an integration',
      description: 'Cells of a row stand in the order of `sides`. What a side owes and does not have is `missing`, never blank.',
      tags: ['Readiness'],
      security,
      request: { params: integrationParam, query: z.object({ format: z.enum(['json', 'markdown', 'html']).default('json') }) },
      responses: {
        200: {
          description: 'The page.',
          content: {
            'application/json': { schema: page },
            'text/html': { schema: z.string() },
            'text/markdown': { schema: z.string() },
          },
        },
        ...problemAnswers,
      },
    }),
    async (c) => {
      mustHave(c, 'read')
      const { integration: name } = c.req.valid('param')
      const { format } = c.req.valid('query')
      const integration = visibleIntegration(c, lifecycle, name)
      const facts = (await lifecycle.facts()).of(name)
      const source = readSource(lifecycle.parts.workspace(), integration, facts, lifecycle.now().toISOString().slice(0, 10))
      const told = integrationPage(source, facts)
      if (format === 'json') return c.json({ ...told, missing: missingPlaces(told) }, 200)
      const { write, type } = written[format]
      return c.body(write(told), 200, { 'content-type': type }) as never
    },
  )
}
