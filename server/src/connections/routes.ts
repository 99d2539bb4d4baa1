import { createRoute, z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import {
  type Api,
  type Authenticated,
  createApi,
  identityErrors,
  jsonAnswer,
  madeAnswer,
  madeAt,
  mustHave,
  problemAnswers,
  security,
} from '../identity/index.ts'
import { type Authentication, authenticationSchema, parseAuthentication, type Secrets, secretFieldsOf } from './authentication.ts'
import { type Connection, parseBaseUrl } from './connection.ts'
import type { Connections } from './connections.ts'
import { errors } from './errors.ts'
import { type ConnectionScope, findConnection, inScope } from './find-connection.ts'
import { Secret } from './secret.ts'

export interface ConnectionRouteParts {
  connections: Connections
  /** How the workspace says that a platform wants to be shown a credential; undefined: there is no such platform. */
  authenticationOf(platform: string): Authentication | undefined
  /** Whether a base URL that differs from the platform's own leads to a host of the operator's network, which the guard lets through by name. */
  leadsInside(baseUrl: string, platform: string): boolean
  /** Ends a pause or enters a credential, and lets go on what waits for it. @returns how many runs */
  goOn(connectionId: string, end: () => Promise<void>): Promise<number>
}

const tags = ['Connections']
export const connectionSchema = z
  .object({
    id: z.string(),
    platform: z.string(),
    organization: z.string(),
    customer: z.string(),
    name: z.string(),
    baseUrl: z.string().nullable(),
    authentication: authenticationSchema,
    secretFields: z.array(z.string()).describe('What the credential consists of; the values are never shown.'),
    state: z.enum(['healthy', 'degraded', 'needs-reauth']),
    stateReason: z.string().nullable(),
    pausedUntil: z.string().nullable().describe('RFC 3339; "resumed": until somebody resumes it; null: not paused.'),
    pauseReason: z.string().nullable(),
    secretVersion: z.number().int(),
    createdAt: z.iso.datetime(),
    changedAt: z.iso.datetime(),
  })
  .openapi('Connection')
const oneParam = { params: z.object({ connection: z.string().describe('Id, or customer/platform/name with the slashes encoded.') }) }
const body = <S extends z.ZodType>(schema: S) => ({ body: { required: true, content: { 'application/json': { schema } } } }) as const
const secretsSchema = z.record(z.string(), z.string()).describe('Field → value, such as {"token": "…"}; stored sealed, never shown again.')
const goingOnSchema = connectionSchema
  .extend({ runsGoOn: z.number().int().describe('Runs that waited for it and go on now.') })
  .openapi('ConnectionInUseAgain')
const goingOn = { 200: jsonAnswer(goingOnSchema, 'The connection as it is now.'), ...problemAnswers }
const answers = { 200: jsonAnswer(connectionSchema, 'The connection as it is now.'), ...problemAnswers }

export function showConnection(connection: Connection): z.output<typeof connectionSchema> {
  const { pausedUntilMs, authentication, createdAt, changedAt, ...shown } = connection
  const paused = pausedUntilMs !== null && pausedUntilMs > Date.now()
  return {
    ...shown,
    authentication,
    secretFields: [...secretFieldsOf(authentication.kind)],
    pausedUntil: !paused ? null : Number.isFinite(pausedUntilMs) ? new Date(pausedUntilMs).toISOString() : 'resumed',
    pauseReason: paused ? connection.pauseReason : null,
    createdAt: createdAt.toISOString(),
    changedAt: changedAt.toISOString(),
  }
}

/** Whose connections the caller of a request may see. */
export function scopeOf(c: Context<Authenticated>): ConnectionScope {
  const { organization, customer } = c.get('caller')
  return { organization, customer }
}

function mayConnect(c: Context<Authenticated>, platform: string): boolean {
  return c.get('visible').connectable?.includes(platform) ?? true
}

/** Connections as API. Values of credentials go in and never come out. */
export function connectionRoutes({ connections, authenticationOf, leadsInside, goOn }: ConnectionRouteParts): Api {
  const api = createApi()
  const find = (c: Context<Authenticated>, reference: string) => findConnection(connections, reference, scopeOf(c))
  const shown = async (id: string) => showConnection(await connections.get(id))

  const filter = z.object({
    platform: z.string().optional(),
    customer: z.string().optional(),
    state: z.enum(['healthy', 'degraded', 'needs-reauth']).optional(),
    after: z.uuid().optional(),
    limit: z.coerce.number().int().min(1).max(500).default(100),
  })
  api.openapi(
    createRoute({
      method: 'get',
      path: '/connections',
      operationId: 'listConnections',
      summary: 'List connections',
      tags,
      security,
      request: { query: filter },
      responses: {
        200: jsonAnswer(z.object({ connections: z.array(connectionSchema), next: z.string().nullable() }), 'One page, oldest first.'),
        ...problemAnswers,
      },
    }),
    async (c) => {
      mustHave(c, 'read')
      const query = withoutUndefined(c.req.valid('query'))
      const scope = scopeOf(c)
      const found = await connections.list({ ...query, ...withoutNull(scope) })
      return c.json({ connections: found.map(showConnection), next: found.length === query.limit ? found.at(-1)!.id : null }, 200)
    },
  )
  api.openapi(
    createRoute({
      method: 'get',
      path: '/connections/{connection}',
      operationId: 'getConnection',
      summary: 'Show a connection',
      tags,
      security,
      request: oneParam,
      responses: answers,
    }),
    async (c) => {
      mustHave(c, 'read')
      return c.json(showConnection(await find(c, c.req.valid('param').connection)), 200)
    },
  )
  api.openapi(
    createRoute({
      method: 'get',
      path: '/credential-forms/{platform}',
      operationId: 'getCredentialForm',
      summary: 'What a credential for a platform consists of',
      tags,
      security,
      request: { params: z.object({ platform: z.string() }) },
      responses: {
        200: jsonAnswer(z.object({ authentication: authenticationSchema, secretFields: z.array(z.string()) }), 'The fields to ask for.'),
        ...problemAnswers,
      },
    }),
    async (c) => {
      mustHave(c, 'read')
      const { platform } = c.req.valid('param')
      const authentication = mayConnect(c, platform) ? authenticationOf(platform) : undefined
      if (!authentication) throw identityErrors.not_visible({ what: `platform ${platform}` })
      return c.json({ authentication, secretFields: [...secretFieldsOf(authentication.kind)] }, 200)
    },
  )
  const wanted = z.object({
    platform: z.string(),
    organization: z.string(),
    customer: z.string(),
    name: z.string().min(1).max(100).optional(),
    baseUrl: z.string().optional().describe("Overrides the platform's, such as the customer's own subdomain."),
    authentication: z.record(z.string(), z.unknown()).optional().describe("Overrides the platform's."),
    secrets: secretsSchema,
  })
  api.openapi(
    createRoute({
      method: 'post',
      path: '/connections',
      operationId: 'addConnection',
      summary: "Connect a customer's account",
      tags,
      security,
      request: body(wanted),
      responses: { 201: madeAnswer(connectionSchema, 'The new connection.'), ...problemAnswers },
    }),
    async (c) => {
      mustHave(c, 'write')
      const { secrets, authentication: own, ...facts } = c.req.valid('json')
      if (!inScope(facts, scopeOf(c))) throw identityErrors.not_visible({ what: `customer ${facts.customer} of ${facts.organization}` })
      const usual = mayConnect(c, facts.platform) ? authenticationOf(facts.platform) : undefined
      if (!usual) throw errors.platform_unknown({ platform: facts.platform })
      const baseUrl = facts.baseUrl === undefined ? undefined : parseBaseUrl(facts.baseUrl)
      // What the operator allows is meant for the platforms of the workspace, not for whatever else listens there.
      if (baseUrl !== undefined && c.get('caller').organization !== null && leadsInside(baseUrl, facts.platform))
        throw errors.base_url_inside({ host: new URL(baseUrl).host })
      const added = await connections.add({ ...facts, authentication: own ? parseAuthentication(own) : usual }, sealable(secrets))
      return c.json(showConnection(added), 201, madeAt(c, added.id))
    },
  )
  api.openapi(
    createRoute({
      method: 'put',
      path: '/connections/{connection}/credential',
      operationId: 'replaceCredential',
      summary: 'Enter a new credential',
      description: 'The connection is healthy again. Runs that waited for it go on, unless it is paused.',
      tags,
      security,
      request: { ...oneParam, ...body(z.object({ secrets: secretsSchema })) },
      responses: goingOn,
    }),
    async (c) => {
      mustHave(c, 'write')
      const { id } = await find(c, c.req.valid('param').connection)
      const runsGoOn = await goOn(id, () => connections.replaceSecrets(id, sealable(c.req.valid('json').secrets)))
      return c.json({ ...(await shown(id)), runsGoOn }, 200)
    },
  )
  const pause = z.object({
    until: z.string().optional().describe('RFC 3339; left out: until it is resumed.'),
    reason: z.string().min(1).max(500),
  })
  api.openapi(
    createRoute({
      method: 'post',
      path: '/connections/{connection}/pause',
      operationId: 'pauseConnection',
      summary: 'Stop all calls under a connection',
      description: 'Work waits and uses up no attempts.',
      tags,
      security,
      request: { ...oneParam, ...body(pause) },
      responses: answers,
    }),
    async (c) => {
      const caller = mustHave(c, 'write')
      const { id } = await find(c, c.req.valid('param').connection)
      const { until, reason } = c.req.valid('json')
      await connections.pause(id, momentOf(until), `${reason} (${caller.name})`)
      return c.json(await shown(id), 200)
    },
  )
  api.openapi(
    createRoute({
      method: 'post',
      path: '/connections/{connection}/resume',
      operationId: 'resumeConnection',
      summary: 'End whatever pause a connection has',
      description: 'Runs that waited under it go on at once, 1,000 a second.',
      tags,
      security,
      request: oneParam,
      responses: goingOn,
    }),
    async (c) => {
      mustHave(c, 'write')
      const { id } = await find(c, c.req.valid('param').connection)
      const runsGoOn = await goOn(id, () => connections.resume(id))
      return c.json({ ...(await shown(id)), runsGoOn }, 200)
    },
  )
  api.openapi(
    createRoute({
      method: 'delete',
      path: '/connections/{connection}',
      operationId: 'removeConnection',
      summary: 'Remove a connection with its credential',
      description: 'Other processes may use it for up to a minute more.',
      tags,
      security,
      request: oneParam,
      responses: { 204: { description: 'Removed.' }, ...problemAnswers },
    }),
    async (c) => {
      mustHave(c, 'write')
      const { id } = await find(c, c.req.valid('param').connection)
      await connections.remove(id)
      return c.body(null, 204)
    },
  )
  return api
}

function sealable(plain: Readonly<Record<string, string>>): Secrets {
  return Object.fromEntries(Object.entries(plain).map(([field, value]) => [field, new Secret(value)]))
}

function momentOf(until: string | undefined): number {
  if (until === undefined) return Number.POSITIVE_INFINITY
  const moment = Date.parse(until)
  if (!(moment > Date.now())) throw errors.time_malformed({ found: until })
  return moment
}

function withoutUndefined<T extends object>(values: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as never
}

function withoutNull(scope: ConnectionScope): { organization?: string; customer?: string } {
  return Object.fromEntries(Object.entries(scope).filter(([, value]) => value !== null))
}
