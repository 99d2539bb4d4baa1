import type { Database } from '../database/index.ts'
import { credentialOf } from './authentication.ts'
import { type Authorization, authorizationOf } from './authorization.ts'
import type { Connection } from './connection.ts'
import { errors } from './errors.ts'
import type { KeyRing } from './key-ring.ts'
import { type ConnectionRow, changedConnections, connectionById } from './queries.ts'
import { type SealedSecrets, unsealSecrets } from './seal-secrets.ts'

/** One connection in memory. The credential is opened at its first use and forgotten with its version or its time. */
export interface CachedConnection {
  connection: Connection
  sealed: SealedSecrets
  version: number
  loadedMs: number
  authorization?: Authorization
  authorizedUntilMs: number
}

/** A connection as it is now, and as it was when this process last had it in memory. */
export interface ConnectionChange {
  connection: Connection
  previous: Connection | undefined
}

export interface ConnectionCache {
  /** From memory, or from the database when it is not there. @throws connections.connection_unknown */
  get(id: string): Promise<CachedConnection>
  /** What `get` would answer from memory; undefined when it would have to read. */
  peek(id: string): CachedConnection | undefined
  /** The same object until the credential or its time changes, so that callers can keep what they derive from it. */
  authorization(cached: CachedConnection): Authorization
  /** Forgets one, so that this process sees its own change at once. */
  forget(id: string): void
  /** Reads what changed since the last time, in memory or not. */
  refresh(): Promise<ConnectionChange[]>
  /** The database's clock at the last refresh. */
  readonly refreshedAt: Date | null
  clear(): void
}

/** Whatever the polls may miss (a clock set back by minutes, say) ends here. */
const MAX_AGE_MS = 60_000
const MAX_CONNECTIONS = 50_000

export function createConnectionCache(database: Database, ring: KeyRing, credentialTtlMs: number): ConnectionCache {
  const entries = new Map<string, CachedConnection>()
  const loading = new Map<string, Promise<CachedConnection>>()
  let refreshedAt: Date | null = null
  /** Versions that the last refresh has shown, because the overlap of two shows a change several times. */
  let shown = new Map<string, number>()

  const store = (row: ConnectionRow): CachedConnection => {
    const entry = { connection: connectionOf(row), sealed: row.secrets, version: row.version, loadedMs: Date.now(), authorizedUntilMs: 0 }
    // The oldest leaves: Map keeps the order of insertion.
    if (entries.size >= MAX_CONNECTIONS && !entries.has(row.id)) entries.delete(entries.keys().next().value!)
    entries.set(row.id, entry)
    return entry
  }
  const load = async (id: string): Promise<CachedConnection> => {
    const row = await connectionById(database.executor, id)
    if (!row) throw errors.connection_unknown({ id })
    return store(row)
  }
  const peek = (id: string): CachedConnection | undefined => {
    const entry = entries.get(id)
    return entry && entry.loadedMs + MAX_AGE_MS > Date.now() ? entry : undefined
  }
  return {
    peek,
    get(id) {
      const entry = peek(id)
      if (entry) return Promise.resolve(entry)
      // A thousand runs that start together read the row once.
      const pending = loading.get(id) ?? load(id).finally(() => loading.delete(id))
      loading.set(id, pending)
      return pending
    },
    authorization(cached) {
      const now = Date.now()
      if (!cached.authorization || cached.authorizedUntilMs < now) {
        const { connection, sealed } = cached
        const credential = credentialOf(connection.authentication, unsealSecrets(ring, connection.id, sealed))
        cached.authorization = authorizationOf(connection, credential)
        cached.authorizedUntilMs = now + credentialTtlMs
      }
      return cached.authorization
    },
    forget: (id) => entries.delete(id),
    async refresh() {
      const answer = await changedConnections(database.executor, refreshedAt)
      refreshedAt = answer[0]!.now
      const rows = answer.filter((row) => row.id !== null)
      const news = rows.filter((row) => row.version > Math.max(entries.get(row.id)?.version ?? 0, shown.get(row.id) ?? 0))
      shown = new Map(rows.map((row) => [row.id, row.version]))
      return news.map((row) => {
        const previous = entries.get(row.id)?.connection
        return { connection: previous ? store(row).connection : connectionOf(row), previous }
      })
    },
    get refreshedAt() {
      return refreshedAt
    },
    clear: () => entries.clear(),
  }
}

export function connectionOf(row: ConnectionRow): Connection {
  return {
    id: row.id,
    platform: row.platform,
    organization: row.organization,
    customer: row.customer,
    name: row.name,
    baseUrl: row.base_url,
    authentication: row.authentication,
    state: row.state,
    stateReason: row.state_reason,
    // "infinity" of PostgreSQL arrives as the number.
    pausedUntilMs: row.paused_until === null ? null : Number(row.paused_until),
    pauseReason: row.pause_reason,
    secretVersion: row.secret_version,
    createdAt: row.created_at,
    changedAt: row.changed_at,
  }
}
