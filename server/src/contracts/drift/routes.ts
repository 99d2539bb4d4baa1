import { createRoute, z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import type { Database } from '../../database/index.ts'
import {
  type Api,
  type Authenticated,
  asJson,
  createApi,
  jsonAnswer,
  mustHave,
  problemAnswers,
  security,
  type Visibility,
} from '../../identity/index.ts'
import type { Workspace } from '../../workspace/index.ts'
import { errors } from '../registry/errors.ts'
import type { Client } from '../usage/impact-report.ts'
import { driftReport, type Viewer } from './drift-report.ts'
import { listDriftCoverage, listDriftFindings } from './queries.ts'

export interface DriftRouteParts {
  database: Database
  workspace(): Workspace
  /** Page by page: instances with a connection to the platform or an account there, as far as they may be seen. */
  clients(platform: string, visible: Visibility): AsyncIterable<Omit<Client, 'terms'>[]>
}

const plain = z.record(z.string(), z.unknown())

/** What platforms really send against what their contracts say. */
export function driftRoutes(parts: DriftRouteParts): Api {
  const api = createApi()
  api.openapi(
    createRoute({
      method: 'get',
      path: '/platforms/{platform}/drift',
      operationId: 'getDrift',
      summary: 'Where live answers and webhooks differ from the contract',
      description:
        'Answers and webhooks are sampled. `drifting`: something violates the contract. `agrees`: enough was checked of everything that came. `insufficient-data`: what was checked agrees, and is too little. `not-described`: the contract does not have this operation or webhook. `unknown`: nothing was checked. Examples show shapes, never values. You see what the instances that you may see received; the owner of the platform sees all findings, without others’ instances.',
      tags: ['Contracts'],
      security,
      request: {
        params: z.object({ platform: z.string() }),
        query: z.object({ state: z.enum(['open', 'all']).default('open').describe('all: closed findings, too.') }),
      },
      responses: {
        200: jsonAnswer(
          z.object({
            state: z.enum(['drifting', 'agrees', 'insufficient-data', 'not-described', 'unknown']),
            leastChecked: z.number(),
            received: z.number(),
            checked: z.number(),
            places: z.array(plain),
            findings: z.array(plain),
          }),
          'What was checked, and what differs.',
        ),
        ...problemAnswers,
      },
    }),
    async (c) => {
      mustHave(c, 'read')
      const { platform } = c.req.valid('param')
      const viewer = await viewerOf(c, parts, platform)
      const { executor } = parts.database
      const findings = await listDriftFindings(executor, platform, c.req.valid('query').state === 'all')
      return c.json(asJson(driftReport(await listDriftCoverage(executor, platform), findings, viewer)), 200)
    },
  )
  return api
}

/** @throws contract_registry.platform_unknown */
async function viewerOf(c: Context<Authenticated>, parts: DriftRouteParts, name: string): Promise<Viewer> {
  const visible = c.get('visible')
  const platform = parts.workspace().platforms.get(name)
  if (!platform || (visible.connectable !== null && !visible.connectable.includes(name))) throw errors.platform_unknown({ platform: name })
  const instances = new Map<string, Omit<Client, 'terms' | 'instanceId'>>()
  for await (const page of parts.clients(name, visible)) for (const { instanceId, ...client } of page) instances.set(instanceId, client)
  if (visible.integrations === null && visible.customer === null) return { instances, sees: 'everything' }
  const owns = visible.customer === null && (visible.platforms ?? []).includes(name)
  return { instances, sees: owns ? 'own platform' : 'own instances' }
}
