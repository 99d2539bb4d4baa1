import { createRoute, z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { readSource, sheetHtml, sheetMarkdown, sideSheets, wholeSheets, writeSheets } from '../enablement/index.ts'
import { type Api, type Authenticated, createApi, jsonAnswer, mustHave, problemAnswers, security } from '../identity/index.ts'
import {
  assessIntegration,
  beginJudgement,
  judgeTransition,
  type ReadinessReport,
  readinessBadge,
  unattendedSides,
} from '../readiness/index.ts'
import type { Integration } from '../workspace/index.ts'
import { drillRoutes } from './drill-routes.ts'
import type { Lifecycle } from './lifecycle.ts'
import { pageRoutes } from './page-routes.ts'
import { signatureRoutes } from './signature-routes.ts'
import { integrationParam, visibleIntegration } from './visible-integration.ts'

const tags = ['Readiness']
/** Reports and facts are plain data whose shape the readiness feature owns; the document does not repeat it. */
const report = z.record(z.string(), z.unknown()).openapi('ReadinessReport')
const stage = z.enum(['proposed', 'experimental', 'pilot', 'beta', 'ga', 'deprecated', 'sunset', 'retired'])
const page = (type: string, description: string) => ({ description, content: { [type]: { schema: z.string() } } })

/** Readiness, gates, sheets, and what people sign. */
export function lifecycleRoutes(lifecycle: Lifecycle): Api {
  const api = createApi()
  readingRoutes(api, lifecycle)
  sheetRoutes(api, lifecycle)
  pageRoutes(api, lifecycle)
  signatureRoutes(api, lifecycle)
  drillRoutes(api, lifecycle)
  return api
}

const today = (lifecycle: Lifecycle): string => lifecycle.now().toISOString().slice(0, 10)

async function reportOf(lifecycle: Lifecycle, integration: Integration): Promise<ReadinessReport> {
  const facts = await lifecycle.facts()
  return assessIntegration(beginJudgement(lifecycle.parts.workspace(), today(lifecycle)), integration, facts.of(integration.metadata.name))
}

function readingRoutes(api: Api, lifecycle: Lifecycle): void {
  const visible = (c: Context<Authenticated>): Integration[] => {
    const { integrations, customer } = c.get('visible')
    const all = customer === null ? [...lifecycle.parts.workspace().integrations.values()] : []
    return all.filter(({ metadata }) => integrations === null || integrations.includes(metadata.name))
  }
  api.openapi(
    createRoute({
      method: 'get',
      path: '/readiness',
      operationId: 'listReadiness',
      summary: 'Readiness of all integrations',
      tags,
      security,
      responses: {
        200: jsonAnswer(
          z.object({ reports: z.array(report), unattended: z.array(z.record(z.string(), z.unknown())) }),
          'By name; and the sides that leave bridges unattended.',
        ),
        ...problemAnswers,
      },
    }),
    async (c) => {
      mustHave(c, 'read')
      const judgement = beginJudgement(lifecycle.parts.workspace(), today(lifecycle))
      const facts = await lifecycle.facts()
      const reports = visible(c).map((integration) => assessIntegration(judgement, integration, facts.of(integration.metadata.name)))
      return c.json({ reports, unattended: unattendedSides(reports) } as never, 200)
    },
  )
  api.openapi(
    createRoute({
      method: 'get',
      path: '/readiness/facts',
      operationId: 'listReadinessFacts',
      summary: 'What the running system has observed',
      description: 'For judging files that are not loaded here, such as those of a pull request.',
      tags,
      security,
      responses: {
        200: jsonAnswer(
          z.object({ facts: z.record(z.string(), z.unknown()) }),
          'Integration → facts; a list that is absent means that nobody has looked.',
        ),
        ...problemAnswers,
      },
    }),
    async (c) => {
      mustHave(c, 'read')
      const facts = await lifecycle.facts()
      return c.json({ facts: Object.fromEntries(visible(c).map(({ metadata }) => [metadata.name, facts.of(metadata.name)])) } as never, 200)
    },
  )
  api.openapi(
    createRoute({
      method: 'get',
      path: '/integrations/{integration}/readiness',
      operationId: 'getReadiness',
      summary: 'Readiness of one integration',
      tags,
      security,
      request: { params: integrationParam },
      responses: { 200: jsonAnswer(report, 'The report.'), ...problemAnswers },
    }),
    async (c) => {
      mustHave(c, 'read')
      return c.json((await reportOf(lifecycle, visibleIntegration(c, lifecycle, c.req.valid('param').integration))) as never, 200)
    },
  )
  api.openapi(
    createRoute({
      method: 'get',
      path: '/integrations/{integration}/readiness.svg',
      operationId: 'getReadinessBadge',
      summary: 'Readiness as a badge',
      tags,
      security,
      request: { params: integrationParam },
      responses: { 200: page('image/svg+xml', 'The badge.'), ...problemAnswers },
    }),
    async (c) => {
      mustHave(c, 'read')
      const svg = readinessBadge(await reportOf(lifecycle, visibleIntegration(c, lifecycle, c.req.valid('param').integration)))
      return c.body(svg, 200, { 'content-type': 'image/svg+xml', 'cache-control': 'no-cache' }) as never
    },
  )
  api.openapi(
    createRoute({
      method: 'get',
      path: '/integrations/{integration}/gates/{stage}',
      operationId: 'judgeGate',
      summary: 'May it enter a stage?',
      tags,
      security,
      request: { params: integrationParam.extend({ stage }) },
      responses: { 200: jsonAnswer(z.record(z.string(), z.unknown()), 'The verdict, with every check that refuses.'), ...problemAnswers },
    }),
    async (c) => {
      mustHave(c, 'read')
      const { integration: name, stage } = c.req.valid('param')
      const integration = visibleIntegration(c, lifecycle, name)
      const [{ stage: from }, facts] = await Promise.all([lifecycle.stageInForce(name), lifecycle.facts()])
      return c.json(judgeTransition(lifecycle.parts.workspace(), integration, facts.of(name), today(lifecycle), from, stage) as never, 200)
    },
  )
}

function sheetRoutes(api: Api, lifecycle: Lifecycle): void {
  const query = z.object({
    side: z.string().optional(),
    format: z.enum(['markdown', 'html']).default('html'),
    since: z.iso.date().optional(),
  })
  api.openapi(
    createRoute({
      method: 'get',
      path: '/integrations/{integration}/sheets/{kind}',
      operationId: 'getSheet',
      summary: 'An enablement sheet from the true state',
      tags,
      security,
      request: { params: integrationParam.extend({ kind: z.enum([...sideSheets, ...wholeSheets]) }), query },
      responses: { 200: page('text/html', 'The sheet; several sides follow each other.'), ...problemAnswers },
    }),
    async (c) => {
      mustHave(c, 'read')
      const { integration: name, kind } = c.req.valid('param')
      const { side, format, since } = c.req.valid('query')
      const integration = visibleIntegration(c, lifecycle, name)
      const source = readSource(lifecycle.parts.workspace(), integration, (await lifecycle.facts()).of(name), today(lifecycle))
      const sheets = writeSheets(source, {
        kind,
        since: since ?? new Date(lifecycle.now().getTime() - 90 * 86_400_000).toISOString().slice(0, 10),
        ...(side && { side }),
      })
      const html = format === 'html'
      return c.body(sheets.map(html ? sheetHtml : sheetMarkdown).join('\n'), 200, {
        'content-type': html ? 'text/html; charset=utf-8' : 'text/markdown; charset=utf-8',
      }) as never
    },
  )
}
