import { createRoute, z } from '@hono/zod-openapi'
import type { Database } from '../database/index.ts'
import { type Api, createApi, identityErrors, jsonAnswer, mustBeOperator, mustHave, problemAnswers, security } from '../identity/index.ts'
import type { Connections } from './connections.ts'
import { errors } from './errors.ts'
import type { KeyRing } from './key-ring.ts'
import { rotateKeys } from './rotate-keys.ts'
import { keyUses } from './rotation-queries.ts'
import { Secret } from './secret.ts'
import type { WebhookSecretFacts } from './webhook-secrets.ts'

export interface SecretRouteParts {
  database: Database
  keyRing: KeyRing
  connections: Connections
  /** The form that a platform's webhook secrets have; null: it proves nothing, and needs none. Undefined: it sends no webhooks. */
  secretForm(platform: string): { words: string; holds(text: string): boolean } | null | undefined
}

/** Rows sealed anew per request, so that each is answered within seconds. */
const ROTATED_PER_REQUEST = 1000

const secretSchema = z
  .object({
    id: z.string(),
    createdAt: z.iso.datetime(),
    expiresAt: z.iso.datetime().nullable().describe('End of the overlap after a rotation; null: in force.'),
  })
  .openapi('WebhookSecret')
const keySchema = z.object({
  id: z.string(),
  fingerprint: z.string().describe('First eight hex digits of the SHA-256 of the key, to compare processes by.'),
  newest: z.boolean(),
  secrets: z.number().int().describe('Stored secrets it still seals.'),
})
const sourceParam = { params: z.object({ source: z.string().describe('Platform, or platform/instance key with the slash encoded.') }) }

/** Secrets of webhook sources and the key ring: for operators and for the owner of a platform. */
export function secretRoutes({ database, keyRing, secretForm, connections: { webhookSecrets } }: SecretRouteParts): Api {
  const api = createApi()
  const mayTouch = (c: Parameters<typeof mustHave>[0], scope: 'read' | 'write', source: string): void => {
    mustHave(c, scope)
    const { platforms } = c.get('visible')
    if (platforms !== null && !platforms.includes(source.split('/')[0]!))
      throw identityErrors.not_visible({ what: `webhook source ${source}` })
  }
  const checkForm = (source: string, secret: string): void => {
    const platform = source.split('/')[0]!
    const form = secretForm(platform)
    if (form === undefined) throw errors.source_unknown({ source })
    if (form === null) throw errors.webhook_secret_needless({ platform })
    if (!form.holds(secret.trim())) throw errors.webhook_secret_malformed({ platform, expected: form.words })
  }
  const tags = ['Webhook secrets']
  api.openapi(
    createRoute({
      method: 'get',
      path: '/webhook-sources/{source}/secrets',
      operationId: 'listWebhookSecrets',
      summary: 'List the secrets in force for a webhook source',
      tags,
      security,
      request: sourceParam,
      responses: {
        200: jsonAnswer(z.object({ secrets: z.array(secretSchema) }), 'Newest first; the values are never shown.'),
        ...problemAnswers,
      },
    }),
    async (c) => {
      const { source } = c.req.valid('param')
      mayTouch(c, 'read', source)
      return c.json({ secrets: (await webhookSecrets.list(source)).map(shown) }, 200)
    },
  )
  const wanted = z.object({
    secret: z.string().min(1),
    overlapSeconds: z
      .number()
      .int()
      .min(0)
      .max(30 * 86_400)
      .optional()
      .describe('Rotation: the older secrets end after so many seconds. Left out: they stay in force.'),
  })
  api.openapi(
    createRoute({
      method: 'post',
      path: '/webhook-sources/{source}/secrets',
      operationId: 'addWebhookSecret',
      summary: 'Add or rotate the secret of a webhook source',
      tags,
      security,
      request: { ...sourceParam, body: { required: true, content: { 'application/json': { schema: wanted } } } },
      responses: { 201: jsonAnswer(secretSchema, 'The new secret, without its value.'), ...problemAnswers },
    }),
    async (c) => {
      const { source } = c.req.valid('param')
      mayTouch(c, 'write', source)
      const { secret, overlapSeconds } = c.req.valid('json')
      checkForm(source, secret)
      const sealed = new Secret(secret)
      const added =
        overlapSeconds === undefined ? webhookSecrets.add(source, sealed) : webhookSecrets.rotate(source, sealed, overlapSeconds * 1000)
      return c.json(shown(await added), 201)
    },
  )
  api.openapi(
    createRoute({
      method: 'delete',
      path: '/webhook-sources/{source}/secrets/{secret}',
      operationId: 'endWebhookSecret',
      summary: 'End a secret at once',
      tags,
      security,
      request: { params: sourceParam.params.extend({ secret: z.uuid() }) },
      responses: { 204: { description: 'Ended.' }, ...problemAnswers },
    }),
    async (c) => {
      const { source, secret } = c.req.valid('param')
      mayTouch(c, 'write', source)
      await webhookSecrets.end(source, secret)
      return c.body(null, 204)
    },
  )

  api.openapi(
    createRoute({
      method: 'get',
      path: '/key-ring',
      operationId: 'showKeyRing',
      summary: 'Show the keys that seal credentials',
      tags: ['Key ring'],
      security,
      responses: { 200: jsonAnswer(z.object({ keys: z.array(keySchema) }), 'Newest first, without their bytes.'), ...problemAnswers },
    }),
    async (c) => {
      mustBeOperator(c)
      const uses = new Map((await keyUses(database.executor)).map((use) => [use.keyId, use.secrets]))
      return c.json(
        {
          keys: keyRing.keys.map((key) => ({
            id: key.id,
            fingerprint: key.fingerprint,
            newest: key === keyRing.newest,
            secrets: uses.get(key.id) ?? 0,
          })),
        },
        200,
      )
    },
  )
  const progress = z.object({ rotated: z.number().int(), total: z.number().int() })
  api.openapi(
    createRoute({
      method: 'post',
      path: '/key-ring/rotate',
      operationId: 'rotateKeyRing',
      summary: 'Seal a part of the stored secrets anew with the newest key',
      description: 'Repeat until `rotated` equals `total`. Safe to stop and to call twice at once.',
      tags: ['Key ring'],
      security,
      responses: { 200: jsonAnswer(progress, 'Sealed anew by this request, and how many were left when it began.'), ...problemAnswers },
    }),
    async (c) => {
      mustBeOperator(c)
      return c.json(await rotateKeys(database, keyRing, { maxRows: ROTATED_PER_REQUEST }), 200)
    },
  )
  return api
}

function shown({ id, createdAt, expiresAt }: WebhookSecretFacts): z.output<typeof secretSchema> {
  return { id, createdAt: createdAt.toISOString(), expiresAt: expiresAt?.toISOString() ?? null }
}
