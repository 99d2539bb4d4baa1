import { type Database, uuidv7 } from '../database/index.ts'
import { seal, unseal } from './envelope.ts'
import { errors } from './errors.ts'
import type { KeyRing } from './key-ring.ts'
import {
  changedWebhookSources,
  expireOlderWebhookSecrets,
  expireWebhookSecret,
  insertWebhookSecret,
  type WebhookSecretRow,
  webhookSecretsOf,
} from './queries.ts'
import { webhookSecretContext } from './seal-secrets.ts'
import { reveal, type Secret, trimmed } from './secret.ts'
import { type WebhookSecret, webhookSecret } from './webhook-secret.ts'

/** What may be shown of a webhook secret. */
export interface WebhookSecretFacts {
  id: string
  createdAt: Date
  /** End of its overlap; null: in force. */
  expiresAt: Date | null
}

export interface WebhookSecrets {
  /** All that are in force for a source, newest first; from memory, at most about a second old, and then at once. Empty: none were given. */
  inForce(source: string): readonly WebhookSecret[] | Promise<readonly WebhookSecret[]>
  list(source: string): Promise<WebhookSecretFacts[]>
  /** Adds a secret beside those in force. @param lastsMs after which it ends by itself; left out: never */
  add(source: string, secret: Secret, lastsMs?: number): Promise<WebhookSecretFacts>
  /** Adds a secret and ends the older ones after `overlapMs`, so that the sender can change over meanwhile. */
  rotate(source: string, secret: Secret, overlapMs: number): Promise<WebhookSecretFacts>
  /** Ends one now. @throws connections.webhook_secret_unknown */
  end(source: string, id: string): Promise<void>
}

interface Cached {
  secret: WebhookSecret
  expiresMs: number
}

/** The part of webhook secrets that the poll of `connections` keeps fresh. */
export interface WebhookSecretCache {
  secrets: WebhookSecrets
  refresh(since: Date | null): Promise<void>
  clear(): void
}

function inForceNow(cached: readonly Cached[]): WebhookSecret[] {
  const nowMs = Date.now()
  return cached.filter((entry) => entry.expiresMs > nowMs).map((entry) => entry.secret)
}

/** Sources asked for but unknown are remembered too; a stranger who invents them must not fill the memory. */
const MAX_SOURCES = 20_000

export function createWebhookSecrets(database: Database, ring: KeyRing): WebhookSecretCache {
  const cache = new Map<string, Promise<Cached[]> | Cached[]>()
  const open = (row: WebhookSecretRow): Cached => ({
    secret: webhookSecret(row.id, unseal(ring, row.sealed, webhookSecretContext(row.id, row.source))),
    expiresMs: row.expires_at?.getTime() ?? Number.POSITIVE_INFINITY,
  })
  const load = (source: string): Promise<Cached[]> => {
    if (cache.size >= MAX_SOURCES) cache.clear()
    const loading = webhookSecretsOf(database.executor, source).then((rows) => rows.map(open))
    cache.set(source, loading)
    loading.then(
      (found) => cache.get(source) === loading && cache.set(source, found),
      // A failed read must not be remembered as an answer.
      () => cache.get(source) === loading && cache.delete(source),
    )
    return loading
  }
  const insert = async (
    source: string,
    secret: Secret,
    { lastsMs, overlapMs }: { lastsMs?: number | undefined; overlapMs?: number },
  ): Promise<WebhookSecretFacts> => {
    if (reveal(trimmed(secret)) === '') throw errors.secret_malformed({ field: 'webhook secret', reason: 'it is empty' })
    const id = uuidv7()
    const expiresAt = lastsMs === undefined ? null : new Date(Date.now() + lastsMs)
    const sealed = seal(ring, trimmed(secret), webhookSecretContext(id, source))
    await database.transaction(async (tx) => {
      await insertWebhookSecret(tx, { id, source, sealed, secret_key_id: ring.newest.id, expires_at: expiresAt })
      if (overlapMs !== undefined) await expireOlderWebhookSecrets(tx, source, id, overlapMs)
    })
    cache.delete(source)
    return { id, createdAt: new Date(), expiresAt }
  }
  const secrets: WebhookSecrets = {
    inForce(source) {
      const cached = cache.get(source) ?? load(source)
      return cached instanceof Promise ? cached.then(inForceNow) : inForceNow(cached)
    },
    async list(source) {
      const rows = await webhookSecretsOf(database.executor, source)
      return rows.map((row) => ({ id: row.id, createdAt: row.created_at, expiresAt: row.expires_at }))
    },
    add: (source, secret, lastsMs) => insert(source, secret, { lastsMs }),
    rotate: (source, secret, overlapMs) => insert(source, secret, { overlapMs }),
    async end(source, id) {
      if (!(await expireWebhookSecret(database.executor, source, id))) throw errors.webhook_secret_unknown({ id })
      cache.delete(source)
    },
  }
  return {
    secrets,
    async refresh(since) {
      for (const source of await changedWebhookSources(database.executor, since)) cache.delete(source)
    },
    clear: () => cache.clear(),
  }
}
