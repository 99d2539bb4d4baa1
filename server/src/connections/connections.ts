import { type Database, uuidv7 } from '../database/index.ts'
import { checkSecrets, parseAuthentication, type Secrets } from './authentication.ts'
import type { Authorization } from './authorization.ts'
import type { Connection, ConnectionState, NewConnection } from './connection.ts'
import { parseBaseUrl } from './connection.ts'
import { connectionOf, createConnectionCache } from './connection-cache.ts'
import { errors } from './errors.ts'
import type { KeyRing } from './key-ring.ts'
import { startPolling } from './poll.ts'
import * as queries from './queries.ts'
import { type SealedSecrets, sealSecrets } from './seal-secrets.ts'
import { createWebhookSecrets, type WebhookSecrets } from './webhook-secrets.ts'

export interface ConnectionFilter {
  organization?: string
  name?: string
  platform?: string
  customer?: string
  state?: ConnectionState
  /** Id of the last connection of the page before. */
  after?: string
  /** At most so many; default 100. */
  limit?: number
}

export interface Connections {
  /** @throws connections.secret_missing, secret_malformed, authentication_malformed, base_url_malformed, connection_exists */
  add(connection: NewConnection, secrets: Secrets): Promise<Connection>
  /** In order of creation. */
  list(filter?: ConnectionFilter): Promise<Connection[]>
  /** From memory, at most about a second old. @throws connections.connection_unknown */
  get(id: string): Promise<Connection>
  /** What is in memory of it, without reading; undefined when nothing is. */
  peek(id: string): Connection | undefined
  /**
   * What makes a request one of this connection's: the only way in which a credential leaves this feature.
   * The same object as long as the connection and its credential stand.
   * @throws connections.connection_unknown, key_unknown, secret_unreadable
   */
  authorize(id: string): Promise<Authorization>
  /** A new credential: the connection is healthy again. @throws as `add`, connections.connection_unknown */
  replaceSecrets(id: string, secrets: Secrets): Promise<void>
  /** A person stops all calls until a moment (`Infinity`: until resumed). @throws connections.connection_unknown */
  pause(id: string, untilMs: number, reason: string): Promise<void>
  /** The partner asks for quiet: lengthens a pause, never shortens one. */
  throttle(id: string, untilMs: number, reason: string): Promise<void>
  /** Ends whatever pause there is. @throws connections.connection_unknown */
  resume(id: string): Promise<void>
  /** What calls tell about the credential of that version. A verdict about an older version is ignored. */
  setState(id: string, secretVersion: number, state: ConnectionState, reason: string | null): Promise<boolean>
  /** @throws connections.connection_unknown */
  remove(id: string): Promise<void>
  /**
   * Told of every change, whichever process made it, while this one is running; `previous` is what this process had in
   * memory, if it had. What changed while no process ran is told to nobody.
   */
  onChange(listener: (connection: Connection, previous: Connection | undefined) => void): void
  readonly webhookSecrets: WebhookSecrets
  /** Stops reading changes and forgets what is in memory. */
  close(): Promise<void>
}

export interface ConnectionsOptions {
  database: Database
  keyRing: KeyRing
  /** How often changes by other processes are read; default 500 ms. */
  pollIntervalMs?: number
  /** How long an opened credential is kept in memory; default one minute. */
  credentialTtlMs?: number
  /** Told when changes can't be read; calls go on with what is known. */
  onPollError?: (error: unknown) => void
}

export function createConnections(options: ConnectionsOptions): Connections {
  const { database, keyRing } = options
  const { executor } = database
  const cache = createConnectionCache(database, keyRing, options.credentialTtlMs ?? 60_000)
  const webhookCache = createWebhookSecrets(database, keyRing)
  const listeners: Parameters<Connections['onChange']>[0][] = []
  const polling = startPolling(options.pollIntervalMs ?? 500, options.onPollError ?? (() => {}), async () => {
    const since = cache.refreshedAt
    const changed = await cache.refresh()
    await webhookCache.refresh(since)
    for (const { connection, previous } of changed) for (const listener of listeners) listener(connection, previous)
  })
  const changing = async (id: string, change: Promise<boolean>): Promise<void> => {
    const found = await change
    if (!found) throw errors.connection_unknown({ id })
    await polling.now()
  }
  const sealChecked = (id: string, authentication: Connection['authentication'], secrets: Secrets): SealedSecrets =>
    sealSecrets(keyRing, id, checkSecrets(authentication, secrets))

  return {
    webhookSecrets: webhookCache.secrets,
    async add(input, secrets) {
      const id = uuidv7()
      const authentication = parseAuthentication(input.authentication)
      const sealed = sealChecked(id, authentication, secrets)
      const name = input.name ?? 'default'
      const row = {
        id,
        platform: input.platform,
        organization: input.organization,
        customer: input.customer,
        name,
        base_url: input.baseUrl === undefined ? null : parseBaseUrl(input.baseUrl),
        authentication,
        secrets: sealed,
        secret_key_id: keyIdFor(sealed, keyRing),
      }
      if (!(await queries.insertConnection(executor, row))) {
        throw errors.connection_exists({ platform: input.platform, customer: input.customer, name })
      }
      return (await cache.get(id)).connection
    },
    async list(filter = {}) {
      const { limit = 100 } = filter
      const all = { organization: null, platform: null, customer: null, name: null, state: null, after: null }
      return (await queries.listConnections(executor, { ...all, ...filter, limit })).map(connectionOf)
    },
    get: async (id) => (await cache.get(id)).connection,
    peek: (id) => cache.peek(id)?.connection,
    async authorize(id) {
      const cached = cache.peek(id) ?? (await cache.get(id))
      return cache.authorization(cached)
    },
    async replaceSecrets(id, secrets) {
      const { connection } = await cache.get(id)
      const sealed = sealChecked(id, connection.authentication, secrets)
      await changing(id, queries.replaceSecrets(executor, id, sealed, keyIdFor(sealed, keyRing)))
    },
    pause: (id, untilMs, reason) => changing(id, queries.pauseConnection(executor, id, timestamp(untilMs), reason)),
    async throttle(id, untilMs, reason) {
      if (await queries.extendPause(executor, id, timestamp(untilMs), reason)) await polling.now()
    },
    resume: (id) => changing(id, queries.resumeConnection(executor, id)),
    async setState(id, secretVersion, state, reason) {
      const changed = await queries.setState(executor, id, secretVersion, state, reason)
      if (changed) await polling.now()
      return changed
    },
    async remove(id) {
      cache.forget(id)
      if (!(await queries.deleteConnection(executor, id))) throw errors.connection_unknown({ id })
      cache.forget(id)
    },
    onChange: (listener) => listeners.push(listener),
    async close() {
      await polling.stop()
      cache.clear()
      webhookCache.clear()
    },
  }
}

function keyIdFor(sealed: SealedSecrets, ring: KeyRing): string | null {
  return Object.keys(sealed).length > 0 ? ring.newest.id : null
}

function timestamp(ms: number): string {
  return ms === Number.POSITIVE_INFINITY ? 'infinity' : new Date(ms).toISOString()
}
