import type { Credential } from './authentication.ts'
import type { Connection } from './connection.ts'
import { Secret } from './secret.ts'

export interface OutgoingRequest {
  headers: Record<string, string>
  /** Path with query, as it goes over the wire. */
  path: string
}

/** The right to speak for one connection. It adds the credential to requests and takes it out of texts; it never shows it. */
export interface Authorization {
  readonly connection: Connection
  /** Adds the credential, replacing what the caller set under the same header name. The result goes to the wire and nowhere else. */
  apply(request: OutgoingRequest): OutgoingRequest
  /** Names (lower case) of the headers that `apply` sets. */
  readonly headerNames: readonly string[]
  /** Replaces every form of the credential in a text (plain, JSON, HTML, URL, base64) by `[secret]`. */
  redact(text: string): string
}

const HIDDEN = String(new Secret(''))

/** From a prepared credential: no cryptography here, so `apply` costs what a spread costs. */
export function authorizationOf(connection: Connection, credential: Credential): Authorization {
  return {
    connection,
    headerNames: Object.keys(credential.headers),
    apply({ headers, path }) {
      const merged = { ...headers, ...credential.headers }
      if (!credential.query) return { headers: merged, path }
      const [name, value] = credential.query
      return { headers: merged, path: `${path}${path.includes('?') ? '&' : '?'}${encodeURIComponent(name)}=${encodeURIComponent(value)}` }
    },
    redact(text) {
      let clean = text
      for (const echo of credential.echoes) if (clean.includes(echo)) clean = clean.replaceAll(echo, HIDDEN)
      return clean
    },
  }
}
