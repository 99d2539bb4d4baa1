import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import type { Database } from '../database/index.ts'
import type { Workspace } from '../workspace/index.ts'
import { addApiKey, authenticate, type Caller, listApiKeys, requireScope, revokeApiKey, type Scope, scopes } from './api-keys.ts'
import { errors } from './errors.ts'
import { type Visibility, visibilityOf } from './visibility.ts'

/** What authenticated routes find in their context. */
export interface Authenticated {
  Variables: { caller: Caller; visible: Visibility }
}

export type Api = OpenAPIHono<Authenticated>

/** A part of the API. Bad requests become errors, so that they are answered like all others. */
export function createApi(): Api {
  return new OpenAPIHono<Authenticated>({
    defaultHook: (result) => {
      if (result.success) return
      const problems = result.error.issues.map((issue) => `${issue.path.join('.') || 'body'}: ${issue.message}`).join('; ')
      throw errors.request_invalid({ problems })
    },
  })
}

export const security = [{ apiKey: [] }]

/** Answers that every operation can give. */
export const problemAnswers = {
  401: { description: 'No API key, or one that is not known.', content: { 'application/problem+json': { schema: z.unknown() } } },
  403: { description: 'The key lacks the scope.', content: { 'application/problem+json': { schema: z.unknown() } } },
  404: { description: 'Not there, or not visible to this key.', content: { 'application/problem+json': { schema: z.unknown() } } },
  422: {
    description: 'The request was understood and refused; `fix` says what to do.',
    content: { 'application/problem+json': { schema: z.unknown() } },
  },
} as const

export function jsonAnswer<S extends z.ZodType>(schema: S, description: string) {
  return { description, content: { 'application/json': { schema } } } as const
}

/** Middleware for all of `/api`. */
export function requireCaller(database: Database, workspace: () => Workspace) {
  return async (c: Context<Authenticated>, next: () => Promise<void>): Promise<void> => {
    const caller = await authenticate(database.executor, c.req.header('authorization'))
    c.set('caller', caller)
    c.set('visible', visibilityOf(caller, workspace()))
    await next()
  }
}

/** @throws identity.scope_missing */
export function mustHave(c: Context<Authenticated>, scope: Scope): Caller {
  const caller = c.get('caller')
  requireScope(caller, scope)
  return caller
}

const keySchema = z
  .object({
    keyId: z.string(),
    name: z.string(),
    organization: z.string().nullable(),
    customer: z.string().nullable(),
    scopes: z.array(z.enum(['read', 'replay', 'write', 'admin'])),
    hint: z.string().describe('First characters of the key.'),
    createdBy: z.string(),
    createdAt: z.iso.datetime(),
    lastUsedAt: z.iso.datetime().nullable(),
    revokedAt: z.iso.datetime().nullable(),
  })
  .openapi('ApiKey')

export function keyRoutes(database: Database, workspace: () => Workspace): Api {
  const api = createApi()
  api.openapi(
    createRoute({
      method: 'get',
      path: '/keys',
      operationId: 'listKeys',
      summary: 'List API keys',
      tags: ['Keys'],
      security,
      responses: { 200: jsonAnswer(z.object({ keys: z.array(keySchema) }), 'All keys, revoked ones included.'), ...problemAnswers },
    }),
    async (c) => {
      mustHave(c, 'admin')
      return c.json({ keys: (await listApiKeys(database.executor)).map(asJson) } as never, 200)
    },
  )
  const body = z.object({
    name: z.string().min(1).max(100),
    organization: z.string().nullable().default(null).describe('Left out: the operator, who sees everything.'),
    customer: z.string().nullable().default(null),
    scopes: z.array(z.enum(scopes as ['read'])).min(1),
  })
  api.openapi(
    createRoute({
      method: 'post',
      path: '/keys',
      operationId: 'addKey',
      summary: 'Make an API key',
      description: 'The key is shown in this answer and never again.',
      tags: ['Keys'],
      security,
      request: { body: { required: true, content: { 'application/json': { schema: body } } } },
      responses: { 201: jsonAnswer(z.object({ secret: z.string(), key: keySchema }), 'The new key.'), ...problemAnswers },
    }),
    async (c) => {
      const caller = mustHave(c, 'admin')
      const wanted = c.req.valid('json')
      const known = [...workspace().organizations.keys()]
      if (wanted.organization !== null && !known.includes(wanted.organization))
        throw errors.organization_unknown({ organization: wanted.organization, known: known.join(', ') || 'none' })
      const made = await addApiKey(database.executor, { ...wanted, createdBy: caller.name })
      return c.json({ secret: made.secret, key: asJson(made.key) } as never, 201)
    },
  )
  api.openapi(
    createRoute({
      method: 'delete',
      path: '/keys/{key}',
      operationId: 'revokeKey',
      summary: 'Revoke an API key',
      tags: ['Keys'],
      security,
      request: { params: z.object({ key: z.string() }) },
      responses: { 200: jsonAnswer(keySchema, 'The revoked key.'), ...problemAnswers },
    }),
    async (c) => {
      mustHave(c, 'admin')
      return c.json(asJson(await revokeApiKey(database.executor, c.req.valid('param').key)) as never, 200)
    },
  )
  return api
}

const asJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value))
