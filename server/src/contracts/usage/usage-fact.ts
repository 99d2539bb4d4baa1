/** Name of the `call` of which nothing that it sent was noted, since the contract was still being read. */
export const unnoted = 'unnoted'

/**
 * call: one call or delivery. status: HTTP status, `none` without answer. sent: a field (or `query NAME`) of requests, with the value where the
 * contract lists its values. header: a request header. accepts, sends: media types. watched: a payload whose reading was watched.
 * read: a field that was read, `**` for everything.
 */
export type FactKind = 'call' | 'status' | 'sent' | 'header' | 'sends' | 'accepts' | 'watched' | 'read'

/** Whose use of which operation. */
export interface UsagePlace {
  instanceId: string
  platform: string
  surface: 'operation' | 'webhook'
  /** `GET`; for webhooks `POST`. */
  method: string
  /** Templated path, or the webhook's name. */
  path: string
}

/** Something that was seen on one day (UTC), and how often. */
export interface UsageFact extends UsagePlace {
  day: string
  kind: FactKind
  name: string
  /** JSON text of an enumerated value, or a header's value; empty where the value is not kept. */
  value: string
  seen: number
  lastAt: Date
}
