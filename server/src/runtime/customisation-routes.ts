import { createRoute, z } from '@hono/zod-openapi'
import type { Database } from '../database/index.ts'
import { type Api, createApi, identityErrors, jsonAnswer, mustHave, problemAnswers, security } from '../identity/index.ts'
import { type CustomisationLevel, customisationLevels, customisationOf, upgradeEffect } from './customisation.ts'
import { type Instance, listInstances } from './instances.ts'
import type { Integrations } from './integrations.ts'
import type { VisibleInstances } from './visible-instances.ts'

const entry = z.object({
  id: z.string(),
  organization: z.string(),
  customer: z.string(),
  name: z.string(),
  state: z.enum(['active', 'paused', 'removed']),
  version: z.string(),
  level: z.enum(customisationLevels),
  configured: z.array(z.string()).describe('Settings whose value is not what a new installation would get.'),
  mapped: z.array(z.string()).describe('Mappings that are replaced by other expressions than those of its version.'),
  coded: z.boolean().describe('Runs a version that was made for some customers: one with a suffix.'),
  behind: z.string().optional().describe('The latest version, when it runs an older one.'),
  upgrade: z
    .object({ to: z.string(), blockers: z.array(z.string()), changes: z.array(z.string()) })
    .describe('What the upgrade would do to it.'),
})
const answer = z.object({
  integration: z.string(),
  to: z.string().describe('The version that is compared with.'),
  counts: z.record(z.enum(customisationLevels), z.number().int()),
  index: z.number().describe('0: everybody has the standard; 100: everybody has a version of their own. Mean of 0, 1, 2 and 3 thirds.'),
  blocked: z.number().int().describe('Installations that can’t be upgraded as they are.'),
  instances: z.array(entry).describe('The most customised first.'),
})

/** Installations are read in pages of this many, so that memory stays bounded while each is judged. */
const pageSize = 500

export function customisationRoutes({ database, integrations }: { database: Database; integrations: Integrations }): Api {
  const api = createApi()
  api.openapi(
    createRoute({
      method: 'get',
      path: '/integrations/{integration}/customisation',
      operationId: 'getCustomisation',
      summary: 'See how installations differ, and what an upgrade would change',
      description:
        'Every installation that the key may see and that is not removed: what is configured, mapped or coded for it, and what another version would do to it.',
      tags: ['Instances'],
      security,
      request: {
        params: z.object({ integration: z.string() }),
        query: z.object({ to: z.string().optional().describe('A loaded version. Left out: the latest.') }),
      },
      responses: { 200: jsonAnswer(answer, 'How they differ.'), ...problemAnswers },
    }),
    async (c) => {
      mustHave(c, 'read')
      const { integration } = c.req.valid('param')
      const visible = c.get('visible')
      if (visible.integrations && !visible.integrations.includes(integration))
        throw identityErrors.not_visible({ what: `integration ${integration}` })
      const latest = integrations.latest(integration)
      const wanted = c.req.valid('query').to
      const to = wanted === undefined ? latest : integrations.get(integration, wanted)
      const entries: z.output<typeof entry>[] = []
      for await (const instance of everyInstance(database, integration, visible)) {
        const own = integrations.has(integration, instance.version) ? integrations.get(integration, instance.version) : undefined
        const { id, organization, customer, name, state, version } = instance
        entries.push({
          ...{ id, organization, customer, name, state, version },
          ...(await customisationOf(instance, own, latest)),
          upgrade: await upgradeEffect(instance, own, to),
        })
      }
      const rank = (level: CustomisationLevel) => customisationLevels.indexOf(level)
      const counts = Object.fromEntries(customisationLevels.map((level) => [level, entries.filter((one) => one.level === level).length]))
      const thirds = entries.reduce((sum, { level }) => sum + rank(level), 0)
      return c.json(
        {
          integration,
          to: to.version,
          counts: counts as Record<CustomisationLevel, number>,
          index: entries.length === 0 ? 0 : Math.round((thirds / 3 / entries.length) * 1000) / 10,
          blocked: entries.filter(({ upgrade }) => upgrade.blockers.length > 0).length,
          instances: entries.toSorted((one, other) => rank(other.level) - rank(one.level)),
        },
        200,
      )
    },
  )
  return api
}

async function* everyInstance(database: Database, integration: string, visible: VisibleInstances): AsyncGenerator<Instance> {
  let after: string | undefined
  do {
    const page = await listInstances(database.executor, {
      integration,
      limit: pageSize,
      visible,
      ...(after && { after }),
    })
    // Canaries are nobody's installation.
    yield* page.filter(({ state, synthetic }) => state !== 'removed' && !synthetic)
    after = page.length === pageSize ? page.at(-1)!.id : undefined
  } while (after)
}
