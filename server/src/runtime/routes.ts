import { createRoute, z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import type { Database } from '../database/index.ts'
import type { CallRecord, OpenCircuit } from '../gateway/index.ts'
import { type Api, type Authenticated, asJson, createApi, jsonAnswer, mustHave, problemAnswers, security } from '../identity/index.ts'
import { withOutages } from './outages.ts'
import { getRun, listParkedGroups, listRunSteps, listRuns, placeInLane } from './run-listing.ts'
import {
  dryRunSchema,
  filterBody,
  filterOf,
  filterQuery,
  groupQuery,
  lanePlaceSchema,
  parkedGroupSchema,
  runSchema,
  stepSchema,
} from './run-schemas.ts'
import type { Runtime } from './runtime.ts'

export interface RunRouteParts {
  database: Database
  runtime: Runtime
  /** Redacted calls of a run, newest first. */
  callsOf(runId: string): Promise<CallRecord[]>
  openCircuits(): Promise<OpenCircuit[]>
}

const tags = ['Runs']
const runParam = { params: z.object({ run: z.string().describe('Id of a run.') }) }
const version = z
  .enum(['same', 'latest'])
  .default('same')
  .describe('same: as pinned when the run was made. latest: what the instance has now.')

/** Looking at runs, and deciding about those that wait for a person. */
export function runRoutes({ database, runtime, callsOf, openCircuits }: RunRouteParts): Api {
  const api = createApi()
  const { executor } = database

  api.openapi(
    createRoute({
      method: 'get',
      path: '/runs',
      operationId: 'listRuns',
      summary: 'List runs',
      description: 'Newest first, unfinished and finished alike.',
      tags,
      security,
      request: { query: filterQuery },
      responses: {
        200: jsonAnswer(
          z.object({ runs: z.array(runSchema), next: z.string().nullable().describe('Pass as `before` for the next page.') }),
          'One page.',
        ),
        ...problemAnswers,
      },
    }),
    async (c) => {
      mustHave(c, 'read')
      const query = c.req.valid('query')
      const page = { limit: query.limit, ...(query.before ? { before: query.before } : {}) }
      const runs = await withOutages(await listRuns(executor, filterOf(query, c.get('visible')), page), openCircuits)
      return c.json(asJson({ runs: runs.map((run) => shownTo(c, run)), next: runs.length === query.limit ? runs.at(-1)!.id : null }), 200)
    },
  )
  api.openapi(
    createRoute({
      method: 'get',
      path: '/runs/{run}',
      operationId: 'getRun',
      summary: 'Show a run',
      description: 'With its steps and the calls it made, redacted.',
      tags,
      security,
      request: runParam,
      responses: {
        200: jsonAnswer(
          z.object({
            run: runSchema,
            lane: lanePlaceSchema,
            steps: z.array(stepSchema),
            calls: z.array(z.record(z.string(), z.unknown())),
          }),
          'The run.',
        ),
        ...problemAnswers,
      },
    }),
    async (c) => {
      mustHave(c, 'read')
      const run = await getRun(executor, c.req.valid('param').run, c.get('visible'))
      const [[shown], lane, steps, calls] = await Promise.all([
        withOutages([run], openCircuits),
        placeInLane(executor, run),
        listRunSteps(executor, run.id),
        callsOf(run.id),
      ])
      return c.json(asJson({ run: shownTo(c, shown!), lane, steps, calls }), 200)
    },
  )
  api.openapi(
    createRoute({
      method: 'get',
      path: '/parked',
      operationId: 'listParked',
      summary: 'List parked runs by fingerprint',
      tags,
      security,
      request: { query: groupQuery },
      responses: {
        200: jsonAnswer(z.object({ groups: z.array(parkedGroupSchema) }), 'Largest group first; 500 at most.'),
        ...problemAnswers,
      },
    }),
    async (c) => {
      mustHave(c, 'read')
      const groups = await listParkedGroups(executor, filterOf(c.req.valid('query'), c.get('visible')))
      return c.json(asJson({ groups: groups.map((group) => shownTo(c, group)) }), 200)
    },
  )
  api.openapi(
    createRoute({
      method: 'post',
      path: '/runs/{run}/dry-run',
      operationId: 'dryRun',
      summary: 'Show what resuming or replaying a run would call',
      description:
        'Reads go to the partner, writes are caught; nothing is stored, counted or sent. `made` are the writes of the run as it was.',
      tags,
      security,
      request: { ...runParam, body: { required: true, content: { 'application/json': { schema: z.object({ version }) } } } },
      responses: { 200: jsonAnswer(dryRunSchema, 'What would happen.'), ...problemAnswers },
    }),
    async (c) => {
      mustHave(c, 'replay')
      const run = await getRun(executor, c.req.valid('param').run, c.get('visible'))
      const dry = await runtime.dryRun(run.id, c.req.valid('json').version)
      const made = (await callsOf(run.id)).filter((call) => call.method !== 'GET' && call.method !== 'HEAD' && call.outcome === 'ok')
      return c.json(asJson({ ...shownTo(c, dry), made: made.reverse() }), 200)
    },
  )
  const counted = z.object({ runs: z.number().int() })
  const decision = (path: string, operationId: string, summary: string, description: string) =>
    createRoute({
      method: 'post',
      path,
      operationId,
      summary,
      description,
      tags,
      security,
      request: { body: { required: true, content: { 'application/json': { schema: filterBody.extend({ version }) } } } },
      responses: { 200: jsonAnswer(counted, 'How many.'), ...problemAnswers },
    })
  api.openapi(
    decision('/parked/resume', 'resumeRuns', 'Resume parked runs', 'They go on from what they remember, in the order of their lanes.'),
    async (c) => {
      mustHave(c, 'replay')
      const { version: chosen, ...filter } = c.req.valid('json')
      return c.json({ runs: await runtime.resumeRuns(filterOf(filter, c.get('visible')), chosen) }, 200)
    },
  )
  api.openapi(
    decision('/parked/discard', 'discardRuns', 'Give parked runs up', 'For good, with your name; their lanes go on.'),
    async (c) => {
      const caller = mustHave(c, 'replay')
      return c.json({ runs: await runtime.discardRuns(filterOf(c.req.valid('json'), c.get('visible')), caller.name) }, 200)
    },
  )
  api.openapi(
    decision('/runs/replay', 'replayRuns', 'Replay finished runs', 'From the start, with the same idempotency keys and meter ids.'),
    async (c) => {
      mustHave(c, 'replay')
      const { version: chosen, ...filter } = c.req.valid('json')
      return c.json({ runs: (await runtime.replayRuns(filterOf(filter, c.get('visible')), chosen)).total }, 200)
    },
  )
  return api
}

/** A stack trace tells of the builder's code and machine; a customer is told what failed and what to do. */
function shownTo<T extends { failure: { stack?: string } | null }>(c: Context<Authenticated>, shown: T): T {
  if (c.get('caller').customer === null || !shown.failure?.stack) return shown
  const { stack: _, ...failure } = shown.failure
  return { ...shown, failure }
}
