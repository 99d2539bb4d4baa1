import { Agent, type Dispatcher } from 'undici'
import { parseAllowedHosts } from './allowed-hosts.ts'
import { guardedConnector, type Resolve } from './guarded-connector.ts'

export interface PoolOptions {
  allowedHosts?: readonly string[]
  connectionsPerOrigin?: number
  connectTimeoutMs?: number
  certificateAuthorities?: string[]
  resolve?: Resolve
}

/** Idle sockets are closed before the usual partner closes them (60 s, some 15 s): a request on a dying socket is a lost answer. */
const KEEP_ALIVE_MS = 10_000
/** Then a socket is opened anew, so that a partner's change of address is followed under constant traffic. */
const SOCKET_LIFETIME_MS = 300_000

/** One bounded pool of guarded sockets per origin; undici drops a pool when its last socket closes. @throws gateway.allowed_host_malformed */
export function createPools(options: PoolOptions): { dispatcher: Dispatcher; close: () => Promise<void> } {
  const connectTimeoutMs = options.connectTimeoutMs ?? 5_000
  const agent = new Agent({
    connect: guardedConnector({
      allowsPrivate: parseAllowedHosts(options.allowedHosts ?? []),
      connectTimeoutMs,
      ...(options.resolve ? { resolve: options.resolve } : {}),
      ...(options.certificateAuthorities ? { certificateAuthorities: options.certificateAuthorities } : {}),
    }),
    connections: options.connectionsPerOrigin ?? 64,
    pipelining: 1,
    allowH2: false,
    keepAliveTimeout: KEEP_ALIVE_MS,
    keepAliveMaxTimeout: 60_000,
    clientTtl: SOCKET_LIFETIME_MS,
    maxHeaderSize: 64 * 1024,
  })
  return { dispatcher: agent, close: () => agent.close() }
}
