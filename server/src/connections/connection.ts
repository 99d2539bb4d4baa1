import type { Authentication } from './authentication.ts'
import { errors } from './errors.ts'

/** `degraded`: the partner refused the credential at least once since it last worked. `needs-reauth`: no call is made until a person enters a new one. */
export type ConnectionState = 'healthy' | 'degraded' | 'needs-reauth'

/** Everything of a connection that may be shown. */
export interface Connection {
  id: string
  platform: string
  /** The company this customer belongs to in Bridgekeeper. */
  organization: string
  customer: string
  /** Tells several connections of one customer to one platform apart. */
  name: string
  /** Overrides the platform's base URL (a customer's own subdomain, for example). */
  baseUrl: string | null
  authentication: Authentication
  state: ConnectionState
  stateReason: string | null
  /** Milliseconds since 1970 UTC; `Infinity`: until resumed; null: not paused. May lie in the past. */
  pausedUntilMs: number | null
  pauseReason: string | null
  /** Grows with every new credential. */
  secretVersion: number
  createdAt: Date
  changedAt: Date
}

export interface NewConnection {
  platform: string
  organization: string
  customer: string
  name?: string | undefined
  baseUrl?: string | undefined
  authentication: Authentication
}

/**
 * Reads a base URL into its canonical form without a slash at the end.
 *
 * @throws connections.base_url_malformed
 */
export function parseBaseUrl(text: string): string {
  const url = URL.parse(text)
  const refuse = (reason: string) =>
    errors.base_url_malformed({ baseUrl: text.slice(0, 200).replace(/\/\/[^@/]*@/, '//[secret]@'), reason })
  if (!url) throw refuse('it is not an absolute URL')
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw refuse(`its scheme is "${url.protocol.slice(0, -1)}"`)
  if (url.username !== '' || url.password !== '') throw refuse('it contains a user name or password; give them as credential')
  if (url.search !== '' || url.hash !== '') throw refuse('it contains a query or fragment')
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`
}
