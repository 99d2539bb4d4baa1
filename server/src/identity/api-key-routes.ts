import { createRoute, z } from '@hono/zod-openapi'
import type { Database } from '../database/index.ts'
import type { Workspace } from '../workspace/index.ts'
import { addApiKey, type Caller, listApiKeys, type NewApiKey, revokeApiKey, scopes } from './api-keys.ts'
import { errors } from './errors.ts'
import { type Api, asJson, createApi, jsonAnswer, mustHave, ownerOf, problemAnswers, security } from './routes.ts'

const tags = ['API keys']
const keySchema = z
  .object({
    keyId: z.string(),
    name: z.string(),
    organization: z.string().nullable(),
    customer: z.string().nullable(),
    scopes: z.array(z.enum(scopes as ['read'])),
    hint: z.string().describe('First characters of the key.'),
    createdBy: z.string(),
    createdAt: z.iso.datetime(),
    lastUsedAt: z.iso.datetime().nullable(),
    revokedAt: z.iso.datetime().nullable(),
  })
  .openapi('ApiKey')
const newKey = z.object({
  name: z.string().min(1).max(100),
  organization: z
    .string()
    .nullable()
    .optional()
    .describe('Whose it is. Left out: as the key that asks. null: the operator, who sees everything.'),
  customer: z.string().nullable().default(null),
  scopes: z.array(z.enum(scopes as ['read'])).min(1),
})

/** API keys: an admin manages those of its own organization, the operator's admin all of them. */
export function apiKeyRoutes(database: Database, workspace: () => Workspace): Api {
  const api = createApi()
  api.openapi(
    createRoute({
      method: 'get',
      path: '/api-keys',
      operationId: 'listApiKeys',
      summary: 'List API keys',
      tags,
      security,
      responses: { 200: jsonAnswer(z.object({ keys: z.array(keySchema) }), 'All keys, revoked ones included.'), ...problemAnswers },
    }),
    async (c) => c.json(asJson({ keys: await listApiKeys(database.executor, mustHave(c, 'admin').organization) }), 200),
  )
  api.openapi(
    createRoute({
      method: 'post',
      path: '/api-keys',
      operationId: 'addApiKey',
      summary: 'Make an API key',
      description: 'The key is shown in this answer and never again.',
      tags,
      security,
      request: { body: { required: true, content: { 'application/json': { schema: newKey } } } },
      responses: { 201: jsonAnswer(z.object({ secret: z.string(), key: keySchema }), 'The new key.'), ...problemAnswers },
    }),
    async (c) => {
      const caller = mustHave(c, 'admin')
      const wanted = c.req.valid('json')
      const organization = ownerOfKey(wanted, caller, workspace())
      const made = await addApiKey(database.executor, { ...wanted, organization, createdBy: caller.name })
      return c.json(asJson({ secret: made.secret, key: made.key }), 201)
    },
  )
  api.openapi(
    createRoute({
      method: 'delete',
      path: '/api-keys/{key}',
      operationId: 'revokeApiKey',
      summary: 'Revoke an API key',
      tags,
      security,
      request: { params: z.object({ key: z.string().describe('Id, or name where only one valid key has it.') }) },
      responses: { 200: jsonAnswer(keySchema, 'The revoked key.'), ...problemAnswers },
    }),
    async (c) => c.json(asJson(await revokeApiKey(database.executor, c.req.valid('param').key, mustHave(c, 'admin').organization)), 200),
  )
  return api
}

/** An organization's admin who could make keys for others would be the operator; only the operator makes keys of no organization. */
function ownerOfKey(wanted: { organization?: string | null | undefined }, caller: Caller, workspace: Workspace): NewApiKey['organization'] {
  if (caller.organization === null && (wanted.organization ?? null) === null) return null
  return ownerOf(caller, wanted.organization, workspace, {
    ofAnother: () => errors.operator_only({}),
    ofNobody: (organization) =>
      errors.organization_unknown({
        organization: organization ?? 'none',
        known: [...workspace.organizations.keys()].join(', ') || 'none',
      }),
  })
}
