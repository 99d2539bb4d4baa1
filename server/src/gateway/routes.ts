import type { Failure } from '@bridgekeeper/sdk'
import { isFailure } from '@bridgekeeper/sdk'
import { createRoute, z } from '@hono/zod-openapi'
import { type Connections, findConnection, scopeOf } from '../connections/index.ts'
import { type Api, createApi, jsonAnswer, mustBeOperator, mustHave, problemAnswers, security } from '../identity/index.ts'
import type { CallRecord } from './call-record.ts'
import type { Gateway } from './gateway.ts'

export interface GatewayRouteParts {
  gateway: Gateway
  connections: Connections
}

const circuitSchema = z
  .object({
    key: z.string().describe('connection:<id>, platform:<name>, or platform:<name>@<host> for connections with a base URL of their own'),
    reason: z.string(),
    openedAt: z.iso.datetime(),
    failedProbes: z.number().int(),
    retryAt: z.iso.datetime().describe('When the next call may try.'),
  })
  .openapi('Circuit')
const callSchema = z
  .object({
    id: z.string(),
    runId: z.string().nullable(),
    step: z.string().nullable(),
    platform: z.string(),
    method: z.string(),
    operation: z.string().describe('Path template of the contract.'),
    path: z.string(),
    status: z.number().int().nullable().describe('null: there was no answer.'),
    outcome: z.enum(['ok', 'retryable', 'throttled', 'credential', 'customer-data', 'bug', 'partner-down']),
    error: z.string().nullable(),
    startedAt: z.iso.datetime(),
    durationMs: z.number(),
    idempotencyKey: z.string().nullable(),
    requestHeaders: z.record(z.string(), z.string()).nullable(),
    requestBody: z.string().nullable(),
    responseHeaders: z.record(z.string(), z.string()).nullable(),
    responseBody: z.string().nullable(),
  })
  .openapi('Call')
const testSchema = z.object({
  ok: z.boolean(),
  status: z.number().int().nullable(),
  durationMs: z.number().nullable(),
  kind: z.string().nullable(),
  message: z.string().nullable(),
})
const connectionParam = { params: z.object({ connection: z.string() }) }
const tags = ['Connections']

/** What a person does with the way out: look at calls, try a connection, look at circuits. */
export function gatewayRoutes({ gateway, connections }: GatewayRouteParts): Api {
  const api = createApi()
  const page = z.object({ before: z.uuid().optional(), limit: z.coerce.number().int().min(1).max(500).default(50) })
  api.openapi(
    createRoute({
      method: 'get',
      path: '/connections/{connection}/calls',
      operationId: 'listCalls',
      summary: 'List the calls under a connection',
      tags,
      security,
      request: { ...connectionParam, query: page },
      responses: {
        200: jsonAnswer(z.object({ calls: z.array(callSchema), next: z.string().nullable() }), 'One page, newest first, without secrets.'),
        ...problemAnswers,
      },
    }),
    async (c) => {
      mustHave(c, 'read')
      const { id } = await findConnection(connections, c.req.valid('param').connection, scopeOf(c))
      const { before, limit } = c.req.valid('query')
      const records = await gateway.records({ connectionId: id, limit, ...(before ? { before } : {}) })
      return c.json({ calls: records.map(showCall), next: records.length === limit ? records.at(-1)!.id : null }, 200)
    },
  )
  const attempt = z.object({ path: z.string().default('/').describe('Path below the base URL; it is read with GET.') })
  api.openapi(
    createRoute({
      method: 'post',
      path: '/connections/{connection}/test',
      operationId: 'testConnection',
      summary: 'Try a connection',
      description: 'One GET with its credential, although it may be paused or need a new credential. A 2xx answer makes it healthy.',
      tags,
      security,
      request: { ...connectionParam, body: { required: true, content: { 'application/json': { schema: attempt } } } },
      responses: { 200: jsonAnswer(testSchema, 'What came of it.'), ...problemAnswers },
    }),
    async (c) => {
      mustHave(c, 'write')
      const { id, platform } = await findConnection(connections, c.req.valid('param').connection, scopeOf(c))
      const call = {
        platform,
        connectionId: id,
        method: 'GET',
        path: c.req.valid('json').path,
        stepName: 'test',
        timeoutMs: 15_000,
        evenIfBlocked: true,
      }
      return c.json(
        await gateway.call(call).then(
          ({ status, durationMs }) => ({ ok: true, status, durationMs, kind: null, message: null }),
          (thrown) => failedTest(thrown),
        ),
        200,
      )
    },
  )
  api.openapi(
    createRoute({
      method: 'get',
      path: '/circuits',
      operationId: 'listCircuits',
      summary: 'List the circuits that are open',
      tags: ['Circuits'],
      security,
      request: { query: z.object({ connection: z.string().optional().describe('Only those that stop calls under this connection.') }) },
      responses: {
        200: jsonAnswer(z.object({ circuits: z.array(circuitSchema) }), 'None: every partner can be reached.'),
        ...problemAnswers,
      },
    }),
    async (c) => {
      mustBeOperator(c)
      const { connection } = c.req.valid('query')
      const circuits = await gateway.circuits(
        connection === undefined ? undefined : await findConnection(connections, connection, scopeOf(c)),
      )
      return c.json(
        {
          circuits: circuits.map(({ openedAt, retryMs, ...circuit }) => ({
            ...circuit,
            openedAt: openedAt.toISOString(),
            retryAt: new Date(Math.max(retryMs, Date.now())).toISOString(),
          })),
        },
        200,
      )
    },
  )
  api.openapi(
    createRoute({
      method: 'delete',
      path: '/circuits/{key}',
      operationId: 'closeCircuit',
      summary: 'Close a circuit by hand',
      tags: ['Circuits'],
      security,
      request: { params: z.object({ key: z.string() }) },
      responses: { 204: { description: 'Closed.' }, ...problemAnswers },
    }),
    async (c) => {
      mustBeOperator(c)
      await gateway.resetCircuit(c.req.valid('param').key)
      return c.body(null, 204)
    },
  )
  return api
}

function failedTest(thrown: unknown): z.output<typeof testSchema> {
  if (!isFailure(thrown)) throw thrown
  const { kind, message, status } = thrown as Failure
  return { ok: false, status: status ?? null, durationMs: null, kind, message }
}

function showCall({ connectionId: _, startedAt, ...call }: CallRecord): z.output<typeof callSchema> {
  return { ...call, startedAt: startedAt.toISOString() }
}
