/** One request as the sandbox saw it. Bodies are kept for reading; credentials are not. */
export interface LoggedRequest {
  /** Counts from 1. */
  number: number
  at: string
  method: string
  path: string
  query: string
  operation: string | undefined
  status: number | 'dropped' | 'no answer'
  idempotencyKey: string | undefined
  /** Ids of the fault rules that struck. */
  faults: string[]
  /** Whether the state changed; also true when the answer was lost afterwards. */
  effect: boolean
  body: unknown
}

export interface RequestLog {
  /** `atMs` is written as a time only when somebody reads the log. */
  add(entry: Omit<LoggedRequest, 'number' | 'at'> & { atMs: number }): void
  /** The newest last. */
  list(limit?: number): LoggedRequest[]
  /** Requests since the start, also those no longer kept. */
  readonly total: number
  clear(): void
}

/** A ring: the newest requests stay, whatever their number. */
export function createRequestLog(capacity: number): RequestLog {
  let ring: (Omit<LoggedRequest, 'at'> & { atMs: number })[] = []
  let total = 0
  return {
    add(entry) {
      if (capacity > 0) ring[total % capacity] = { ...entry, number: total + 1 }
      total++
    },
    list(limit = capacity) {
      const kept = Math.min(total, capacity)
      const start = total - Math.min(kept, limit)
      return Array.from({ length: total - start }, (_, i) => {
        const { atMs, ...entry } = ring[(start + i) % capacity]!
        return { ...entry, at: new Date(atMs).toISOString() }
      })
    },
    get total() {
      return total
    },
    clear() {
      ring = []
      total = 0
    },
  }
}
