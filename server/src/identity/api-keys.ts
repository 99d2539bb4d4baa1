import { createHash, randomBytes } from 'node:crypto'
import { sql } from 'kysely'
import { answerWithin, type Executor, uuidv7 } from '../database/index.ts'
import { errors } from './errors.ts'

/**
 * read: look. replay: resume, replay and discard runs. write: instances, connections, secrets. check: ask whom a proposed contract would break, and
 * nothing else, for a provider's CI. admin: keys and everything else.
 */
export type Scope = 'read' | 'replay' | 'write' | 'check' | 'admin'
export const scopes: readonly Scope[] = ['read', 'replay', 'write', 'check', 'admin']

const authenticatedWithinMs = 8_000

/** Who calls. */
export interface Caller {
  keyId: string
  /** Shown where something was done by somebody: `acme (ci)`. */
  name: string
  /** null: the operator. */
  organization: string | null
  /** Set: a customer's admin. */
  customer: string | null
  scopes: readonly Scope[]
}

export interface ApiKey extends Caller {
  hint: string
  createdBy: string
  createdAt: Date
  lastUsedAt: Date | null
  revokedAt: Date | null
}

export interface NewApiKey {
  name: string
  organization: string | null
  customer: string | null
  scopes: readonly Scope[]
  createdBy: string
}

const columns = sql`id as "keyId", name, organization, customer, scopes, hint, created_by as "createdBy", created_at as "createdAt", last_used_at as "lastUsedAt", revoked_at as "revokedAt"`

/** @returns the key, readable this once, and what is kept of it @throws identity.scopes_invalid */
export async function addApiKey(executor: Executor, key: NewApiKey): Promise<{ secret: string; key: ApiKey }> {
  const known = key.scopes.every((scope) => scopes.includes(scope))
  if (key.scopes.length === 0 || !known || (key.customer !== null && key.scopes.includes('admin')))
    throw errors.scopes_invalid({ found: key.scopes.join(',') })
  const secret = `bk_${randomBytes(32).toString('base64url')}`
  const { rows } = await sql<ApiKey>`
    -- identity.insertApiKey
    insert into api_key (id, name, organization, customer, scopes, digest, hint, created_by)
    values (${uuidv7()}, ${key.name}, ${key.organization}, ${key.customer}, ${[...key.scopes]}::text[], ${digestOf(secret)}, ${secret.slice(0, 8)}, ${key.createdBy})
    returning ${columns}`.execute(executor)
  return { secret, key: rows[0]! }
}

/** In order of creation, revoked ones included. @param organization only its keys; null: all */
export async function listApiKeys(executor: Executor, organization: string | null = null): Promise<ApiKey[]> {
  const { rows } = await sql<ApiKey>`
    -- identity.listApiKeys
    select ${columns} from api_key where ${organization}::text is null or organization = ${organization} order by id`.execute(executor)
  return rows
}

/**
 * From this moment the key opens nothing. Twice is harmless.
 *
 * @param reference id, or the name where only one valid key has it
 * @param organization only its keys; null: all
 * @throws identity.key_not_found
 */
export async function revokeApiKey(executor: Executor, reference: string, organization: string | null = null): Promise<ApiKey> {
  const { rows } = await sql<ApiKey>`
    -- identity.revokeApiKey
    with visible as (select id, name from api_key where ${organization}::text is null or organization = ${organization}),
      named as (select v.id from visible v join api_key k on k.id = v.id where v.name = ${reference} and k.revoked_at is null)
    update api_key set revoked_at = coalesce(revoked_at, now())
    where id in (select id from visible where id::text = ${reference}) or id in (select id from named where 1 = (select count(*) from named))
    returning ${columns}`.execute(executor)
  if (!rows[0]) throw errors.key_not_found({ key: reference })
  return rows[0]
}

/** As `revokeApiKey`, by the key itself. One that is not known is none to revoke. */
export async function revokeApiKeySecret(executor: Executor, secret: string): Promise<void> {
  await sql`
    -- identity.revokeApiKeySecret
    update api_key set revoked_at = coalesce(revoked_at, now()) where digest = ${digestOf(secret)}`.execute(executor)
}

/**
 * Who a request comes from. The digest is looked up, not compared, so timing tells nothing about a key that could be guessed.
 *
 * @param authorization the header's value
 * @throws identity.key_missing, identity.key_unknown; database.no_answer
 */
export async function authenticate(executor: Executor, authorization: string | undefined): Promise<Caller> {
  const secret = /^Bearer (bk_[A-Za-z0-9_-]{20,100})$/i.exec(authorization ?? '')?.[1]
  if (!secret) throw authorization ? errors.key_unknown({}) : errors.key_missing({})
  // The first question of every request: who asks while the database hangs is answered here.
  const asked = sql<Caller>`
    -- identity.authenticate
    update api_key set last_used_at = case when last_used_at > now() - interval '1 minute' then last_used_at else now() end
    where digest = ${digestOf(secret)} and revoked_at is null
    returning id as "keyId", name, organization, customer, scopes`.execute(executor)
  const { rows } = await answerWithin(asked, authenticatedWithinMs)
  if (!rows[0]) throw errors.key_unknown({})
  return rows[0]
}

/** @throws identity.scope_missing; admin includes everything */
export function requireScope(caller: Caller, needed: Scope): void {
  if (!caller.scopes.includes(needed) && !caller.scopes.includes('admin'))
    throw errors.scope_missing({ needed, found: caller.scopes.join(', ') })
}

function digestOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest()
}
