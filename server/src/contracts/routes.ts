import { createRoute, z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import type { Database } from '../database/index.ts'
import {
  type Api,
  type Authenticated,
  asJson,
  createApi,
  jsonAnswer,
  mustBeCompany,
  mustHave,
  problemAnswers,
  security,
  type Visibility,
} from '../identity/index.ts'
import type { Workspace } from '../workspace/index.ts'
import { keepWorst } from './keep-worst.ts'
import type { CalendarEvent } from './notices/calendar.ts'
import { calendarRoutes } from './notices/calendar-routes.ts'
import { noticeRoutes } from './notices/routes.ts'
import { termsOf } from './notices/terms-of.ts'
import { defaultLimits } from './parse-document.ts'
import { maxListed } from './partners/judge-partners.ts'
import { partnerRoutes } from './partners/routes.ts'
import { readContractAside } from './read-aside.ts'
import { listRecordings } from './recordings/queries.ts'
import { type ReplayedClient, type ReplayedImpact, replayImpact, summarizeReplays } from './recordings/replay-impact.ts'
import { errors } from './registry/errors.ts'
import { incidentFixes } from './registry/incident-fixes.ts'
import { findPublished, listIncidents, listVersions } from './registry/queries.ts'
import type { Reception, Registry } from './registry/registry.ts'
import type { ClientOutcome } from './report/clients-report.ts'
import { lineFinder } from './report/source-lines.ts'
import { sourceRoutes } from './sources/routes.ts'
import type { Sources } from './sources/sources.ts'
import { filesField, uploadedSource } from './uploaded-document.ts'
import { type Client, impactOnClients } from './usage/impact-report.ts'
import { type UsageWindow, usageOf } from './usage/usage-of.ts'
import { visiblePlatform } from './visible-platform.ts'

export interface ContractRouteParts {
  database: Database
  workspace(): Workspace
  registry: Registry
  sources: Sources
  /** Page by page, in the order of their ids: instances that are not removed and have a connection to the platform or an account there, as far as they may be seen. */
  clients(platform: string, visible: Visibility, from?: { after?: string; pageSize?: number }): AsyncIterable<Omit<Client, 'terms'>[]>
  /** Origin under which people and their calendars reach this program. */
  publicUrl(): string
  /** Dates that others know of and that belong on calendars: announced maintenance. */
  otherDates(visible: Visibility, from: Date): Promise<CalendarEvent[]>
  now?(): Date
}

const tags = ['Contracts']
const params = z.object({ platform: z.string() })
const days = z.object({ days: z.coerce.number().int().min(1).max(400).default(90) })
const plain = z.record(z.string(), z.unknown())
const documentBody = z.object({
  document: z.string().min(1).describe('The OpenAPI or Swagger document, JSON or YAML.'),
  files: filesField,
  file: z.string().min(1).max(300).default('openapi.yaml').describe('Path of the document, as its files refer back to its last part.'),
  state: z.enum(['published', 'proposed']).default('proposed'),
  origin: z.string().max(200).optional().describe('Where it comes from: a file, a commit.'),
})
const body = <S extends z.ZodType>(schema: S) => ({ required: true, content: { 'application/json': { schema } } }) as const

/** Contracts are larger than anything else that is sent. A text of 32 MiB may be twice as long once it is written as JSON. */
export const contractBodies = [
  { method: 'POST', path: /^\/platforms\/[^/]+\/(contract-versions|contract-check)$/, maxBytes: 2 * defaultLimits.maxBytes },
] as const

/** Versions, usage, impact and notices of platforms' contracts. Whoever sees an integration sees what its instances use. */
export function contractRoutes(parts: ContractRouteParts): Api {
  const api = createApi()
  usageRoutes(api, parts)
  versionRoutes(api, parts)
  sourceRoutes(api, parts)
  noticeRoutes(api, parts)
  calendarRoutes(api, parts)
  partnerRoutes(api, parts)
  return api
}

const dayOf = (at: Date): string => at.toISOString().slice(0, 10)
const nowOf = (parts: ContractRouteParts): Date => parts.now?.() ?? new Date()
const windowOf = (now: Date, count: number): UsageWindow => ({
  from: dayOf(new Date(now.getTime() - count * 86_400_000)),
  until: dayOf(now),
})

const badness: readonly ClientOutcome[] = ['none', 'notice', 'hold', 'warn', 'unknown', 'break']

async function impactOf(c: Context<Authenticated>, parts: ContractRouteParts, platform: string, { change }: Reception, count: number) {
  if (!change) throw errors.nothing_published({ platform })
  const { executor } = parts.database
  const now = nowOf(parts)
  const since = new Date(now.getTime() - count * 86_400_000)
  const linesOf = lineFinder(change.after)
  const listed = keepWorst<ReplayedImpact>(maxListed, ({ outcome }) => badness.indexOf(outcome))
  const replays: ReplayedClient[] = []
  // Only what the caller may see is even read: nothing of other parties can reach a sum or a sentence.
  for await (const clients of parts.clients(platform, c.get('visible'))) {
    const instanceIds = clients.map(({ instanceId }) => instanceId)
    const used = await usageOf(executor, platform, windowOf(now, count), { instanceIds, now })
    const withTerms = clients.map((client) => ({ ...client, terms: termsOf(parts.workspace(), client.integration, dayOf(now)) }))
    const impact = await impactOnClients(change, withTerms, used, dayOf(now), linesOf)
    const replayed = replayImpact(change, impact, await listRecordings(executor, platform, { instanceIds, since }))
    listed.add(replayed)
    for (const { client, replay } of replayed)
      if (replay) replays.push({ client, replay: { ...replay, refusals: replay.refusals.filter(refusesRequest).slice(0, 1) } })
  }
  const impact = listed.kept()
  return { impact, notListed: listed.seen - impact.length, replay: summarizeReplays(replays) }
}

const refusesRequest = ({ direction }: { direction: string }): boolean => direction === 'request'

function usageRoutes(api: Api, parts: ContractRouteParts): void {
  api.openapi(
    createRoute({
      method: 'get',
      path: '/platforms/{platform}/usage',
      operationId: 'listUsage',
      summary: 'What instances use of a platform',
      description: 'Without traffic the state is `unknown`, never unused.',
      tags,
      security,
      request: {
        params,
        query: days.extend({
          after: z.uuid().optional().describe('Instance behind which this page begins: `next` of the page before.'),
          limit: z.coerce.number().int().min(1).max(1_000).default(1_000),
        }),
      },
      responses: {
        200: jsonAnswer(z.object({ usage: z.array(plain), next: z.string().nullable().describe('null: the last page.') }), 'By instance.'),
        ...problemAnswers,
      },
    }),
    async (c) => {
      mustHave(c, 'read')
      const { platform } = c.req.valid('param')
      visiblePlatform(c, parts.workspace(), platform)
      const { days: count, after, limit } = c.req.valid('query')
      const [page = []] = await firstOf(parts.clients(platform, c.get('visible'), { ...(after ? { after } : {}), pageSize: limit }))
      const clients = new Map(page.map((client) => [client.instanceId, client]))
      const now = nowOf(parts)
      const found = await usageOf(parts.database.executor, platform, windowOf(now, count), { instanceIds: [...clients.keys()], now })
      const usage = found.map((one) => {
        const client = clients.get(one.instanceId)
        const terms = client && termsOf(parts.workspace(), client.integration, dayOf(now))
        return { ...client, ...one, agreed: terms ? { profile: terms.profile, overrides: terms.overrides } : null }
      })
      return c.json(asJson({ usage, next: page.length < limit ? null : page.at(-1)!.instanceId }), 200)
    },
  )
}

async function firstOf<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  for await (const item of items) return [item]
  return []
}

function versionRoutes(api: Api, parts: ContractRouteParts): void {
  api.openapi(
    createRoute({
      method: 'get',
      path: '/platforms/{platform}/contract-versions',
      operationId: 'listContractVersions',
      summary: 'Versions of a contract, and what went wrong with its sources',
      description:
        'The hundred newest versions, each with where it came from, its hash, state and dates, one of them in force; and incidents, the latest first, each with what to do.',
      tags,
      security,
      request: { params },
      responses: { 200: jsonAnswer(z.object({ versions: z.array(plain), incidents: z.array(plain) }), 'Newest first.'), ...problemAnswers },
    }),
    async (c) => {
      mustHave(c, 'read')
      const { platform } = c.req.valid('param')
      visiblePlatform(c, parts.workspace(), platform)
      const { executor } = parts.database
      const [versions, published, incidents] = [
        await listVersions(executor, platform),
        await findPublished(executor, platform),
        await listIncidents(executor, platform),
      ]
      return c.json(
        asJson({
          versions: versions.map((version) => ({ ...version, inForce: version.id === published?.id })),
          incidents: incidents.map((incident) => ({ ...incident, fix: incidentFixes[incident.kind] })),
        }),
        200,
      )
    },
  )
  api.openapi(
    createRoute({
      method: 'post',
      path: '/platforms/{platform}/contract-versions',
      operationId: 'publishContractVersion',
      summary: 'Publish or propose a version, and learn whom it breaks',
      description: 'Published by the owner of the platform only; a proposal is kept for judgement and never in force.',
      tags,
      security,
      request: { params, query: days, body: body(documentBody) },
      responses: {
        201: jsonAnswer(
          z
            .object({
              outcome: z.string(),
              impact: z
                .array(plain)
                .describe(
                  `By instance, the worst where there are more than ${maxListed}; \`replay\`: what its recorded exchanges prove, null where none was recorded.`,
                ),
              notListed: z.int().describe('How many instances more were judged.'),
              replay: plain.nullable().describe('What replay proves for all together; null when nothing was compared.'),
            })
            .catchall(z.unknown()),
          'What became of it.',
        ),
        ...problemAnswers,
      },
    }),
    async (c) => {
      const caller = mustBeCompany(c, 'write')
      const { platform } = c.req.valid('param')
      const { owner } = visiblePlatform(c, parts.workspace(), platform).spec
      const { state, origin, file, ...sent } = c.req.valid('json')
      if (state === 'published' && caller.organization !== null && caller.organization !== owner)
        throw errors.not_the_owner({ platform, owner })
      const received = {
        platform,
        text: sent.document,
        read: () => readContractAside(uploadedSource(sent, file)),
        source: 'upload' as const,
        origin: origin ? `${caller.name}: ${origin}` : caller.name,
        vouched: true,
        at: nowOf(parts),
      }
      const reception = state === 'published' ? await parts.registry.receive(received) : await parts.registry.propose(received)
      const judged = reception.change ? await impactOf(c, parts, platform, reception, c.req.valid('query').days) : undefined
      const { change: _, ...rest } = reception
      return c.json(asJson({ ...rest, impact: [], notListed: 0, replay: null, ...judged }), 201)
    },
  )
}
