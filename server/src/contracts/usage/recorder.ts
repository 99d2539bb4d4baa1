import { type Database, storableText } from '../../database/index.ts'
import type { Observation, Observer } from '../../gateway/index.ts'
import { hiddenPlaces, placeOfField } from '../hidden-places.ts'
import { addUsage } from './queries.ts'
import { fieldsRead, letClonesBeMade, payloadOf, ReadNode, type Unwrapped, unwrap, watch } from './read-set.ts'
import { mediaTypeOf, sentFields, tellingHeaders } from './sent-fields.ts'
import { type FactKind, type UsageFact, type UsagePlace, unnoted } from './usage-fact.ts'

export interface UsageRecorderOptions {
  database: Database
  /**
   * Sent fields whose values the platform's contract lists. Left out: no value is kept. `undefined`: the contract is still being read, and
   * what this call sends is not noted, since a value that is missing for that reason would look like one that must not be kept.
   */
  enumerated?: (platform: string, method: string, path: string) => ReadonlySet<string> | undefined
  /** What a platform hides; see `hiddenPlaces`. Values of it are never kept. */
  redact?: (platform: string) => readonly string[]
  /** Longest time until something seen is stored; default 5 s. */
  flushMs?: number
  /** Different facts waiting at most; what comes above is counted in `dropped`. Default 50,000. */
  maxFacts?: number
  /** Operations × instances remembered at most; default 5,000. */
  maxPlaces?: number
  /** Payloads of each place that are watched each day before only every twentieth is; default 100. */
  watchedPerDay?: number
  onProblem: (error: unknown) => void
  now?: () => number
}

export interface RunWatch {
  /** Gives back a stand-in that notes what is read of it, or the payload itself when this one is not sampled. */
  event<T>(platform: string, name: string, payload: T): T
  answer<T>(platform: string, method: string, path: string, body: T): T
  /** For a result that is remembered: takes stand-ins out, and knows how to watch the copy. */
  unwrap(value: unknown): Unwrapped
  /** @param asleep what comes after a sleep reads remembered results out of sight: these count as read whole */
  end(asleep: boolean): void
}

export interface UsageRecorder {
  observer: Observer
  /** Begins one execution of a flow for an instance. */
  begin(instanceId: string): RunWatch
  flush(): Promise<void>
  stop(): Promise<void>
  /** Facts that were seen and could not be kept. */
  readonly dropped: number
}

interface Fact {
  kind: FactKind
  name: string
  value: string
  seen: number
  lastAtMs: number
}

interface Place {
  readonly place: UsagePlace
  readonly day: string
  /** Seen since the last flush. */
  readonly facts: Fact[]
  /** The same by name: a key joined of all parts would have to be written anew for each thing seen, and few facts share a name. */
  readonly byName: Map<string, Fact[]>
  /** One tree for all payloads of the day: what is known already costs nothing more. */
  readonly reads: ReadNode
  watched: number
  lastAtMs: number
}

const batchSize = 2_000
const everyNth = 20
const maxNameLength = 300
const dayMs = 86_400_000

/**
 * Learns what is used of each platform. In memory, bounded, beside the calls: no call waits for it and none fails by it. What a crash
 * loses is at most `flushMs` of counting; after a lost answer of the database a batch may be counted twice.
 */
export function createUsageRecorder(options: UsageRecorderOptions): UsageRecorder {
  const { database, enumerated = () => noFields, flushMs = 5_000, maxFacts = 50_000, maxPlaces = 5_000, watchedPerDay = 100 } = options
  const now = options.now ?? Date.now
  const places = new Map<string, Place>()
  let waiting: UsageFact[] = []
  let facts = 0
  let dropped = 0
  let writing: Promise<void> = Promise.resolve()
  const hidden = hiddenFields(options.redact ?? (() => []))
  letClonesBeMade()

  let day = ''
  let dayEndsMs = 0
  const today = (): string => {
    const atMs = now()
    if (atMs >= dayEndsMs || atMs < dayEndsMs - dayMs) {
      day = new Date(atMs).toISOString().slice(0, 10)
      dayEndsMs = Date.parse(`${day}T00:00:00Z`) + dayMs
    }
    return day
  }
  const placeOf = (
    instanceId: string,
    platform: string,
    surface: UsagePlace['surface'],
    method: string,
    path: string,
  ): Place | undefined => {
    const key = `${today()} ${surface} ${instanceId} ${platform} ${method} ${path}`
    const known = places.get(key)
    if (known) return known
    if (places.size >= maxPlaces || path.length > 1000) return undefined
    const place: UsagePlace = { instanceId, platform, surface, method, path }
    const fresh: Place = { place, day: today(), facts: [], byName: new Map(), reads: new ReadNode(), watched: 0, lastAtMs: now() }
    places.set(key, fresh)
    return fresh
  }
  const note = (at: Place, kind: FactKind, name: string, value = ''): void => {
    const named = at.byName.get(name)
    const known = named?.find((fact) => fact.kind === kind && fact.value === value)
    if (known) {
      known.seen += 1
      known.lastAtMs = at.lastAtMs
      return
    }
    if (facts >= maxFacts || name.length > maxNameLength) {
      dropped += 1
      return
    }
    facts += 1
    const fact = { kind, name, value, seen: 1, lastAtMs: at.lastAtMs }
    if (named) named.push(fact)
    else at.byName.set(name, [fact])
    at.facts.push(fact)
  }
  const seen = (at: Place | undefined): Place | undefined => {
    if (!at) {
      dropped += 1
      return undefined
    }
    at.lastAtMs = now()
    note(at, 'call', '')
    return at
  }
  const watchAt = <T>(at: Place | undefined, payload: T): T => {
    if (!at || typeof payload !== 'object' || payload === null) return payload
    at.watched += 1
    if (at.watched > watchedPerDay && at.watched % everyNth !== 0) return payload
    note(at, 'watched', '')
    return watch(payload, at.reads)
  }
  const observe = (observation: Observation): void => {
    const { platform, method, path, status, run } = observation
    if (!run || !observation.sent) return
    const at = seen(placeOf(run.instanceId, platform, 'operation', method, path))
    if (!at) return
    note(at, 'status', String(status ?? 'none'))
    const accepts = mediaTypeOf(observation.responseHeaders)
    const sends = mediaTypeOf(observation.requestHeaders)
    if (accepts) note(at, 'accepts', accepts)
    if (sends && observation.requestBody !== undefined) note(at, 'sends', sends)
    const hides = hidden(platform)
    for (const [name, value] of tellingHeaders(observation.requestHeaders, hides)) note(at, 'header', name, value)
    const listed = enumerated(platform, method, path)
    if (!listed) note(at, 'call', unnoted)
    if (listed)
      for (const [name, value] of sentFields(observation.query, payloadOf(observation.requestBody), listed, hides))
        note(at, 'sent', name, value)
  }
  const collect = (): void => {
    for (const [key, at] of places) {
      const lastAt = new Date(at.lastAtMs)
      for (const fact of at.facts) {
        const { kind, name, value } = fact
        waiting.push({
          ...at.place,
          day: at.day,
          kind,
          name: storableText(name),
          value: storableText(value),
          seen: fact.seen,
          lastAt: new Date(fact.lastAtMs),
        })
      }
      for (const { field, node } of fieldsRead(at.reads)) {
        const state = node.whole ? 'whole' : 'leaf'
        if (node.written === state || field.length > maxNameLength) continue
        node.written = state
        waiting.push({ ...at.place, day: at.day, kind: 'read', name: storableText(field), value: '', seen: 1, lastAt })
      }
      at.facts.length = 0
      at.byName.clear()
      // A run that began before midnight may still read; after an hour it no longer does.
      if (at.day !== today() && now() - at.lastAtMs > 3_600_000) places.delete(key)
    }
    // When there is no room for another place, those unused for longest go: what they have read is stored.
    if (places.size >= maxPlaces) {
      const oldest = [...places].sort(([, a], [, b]) => a.lastAtMs - b.lastAtMs).slice(0, Math.ceil(maxPlaces / 4))
      for (const [key] of oldest) places.delete(key)
    }
    facts = waiting.length
  }
  const write = async (): Promise<void> => {
    collect()
    while (waiting.length > 0) {
      try {
        await addUsage(database.executor, waiting.slice(0, batchSize))
      } catch (error) {
        return options.onProblem(error)
      }
      waiting = waiting.slice(batchSize)
    }
    facts = 0
    for (const at of places.values()) facts += at.facts.length
  }
  const flush = (): Promise<void> => {
    writing = writing.then(write)
    return writing
  }
  const timer = setInterval(flush, flushMs)
  timer.unref()

  return {
    observer: observe,
    begin(instanceId) {
      const remembered: ReadNode[] = []
      return {
        event: (platform, name, payload) => watchAt(seen(placeOf(instanceId, platform, 'webhook', 'POST', name)), payload),
        answer: (platform, method, path, body) => watchAt(placeOf(instanceId, platform, 'operation', method, path), body),
        unwrap(value) {
          const unwrapped = unwrap(value)
          remembered.push(...unwrapped.nodes)
          return unwrapped
        },
        end(asleep) {
          if (asleep) for (const node of remembered) node.whole = true
        },
      }
    },
    flush,
    async stop() {
      clearInterval(timer)
      await flush()
    },
    get dropped() {
      return dropped
    },
  }
}

const noFields: ReadonlySet<string> = new Set()
const hidesNothing = (): boolean => false

/** Per platform whether what stands in a field is hidden. Asked only for values that would be kept. */
function hiddenFields(redact: (platform: string) => readonly string[]): (platform: string) => (field: string) => boolean {
  return (platform) => {
    const declared = redact(platform)
    if (declared.length === 0) return hidesNothing
    const root = hiddenPlaces(declared)
    return (field) => placeOfField(root, field.replace(/^query /, '')).hides
  }
}
