import type { Operation } from './contract.ts'
import type { FaultInput, FaultRule } from './fault-rule.ts'
import { type FaultTargets, parseFault } from './parse-fault.ts'
import { type Random, seededRandom } from './seeded.ts'

/** A rule that is switched on, with what it did so far. */
export type ActiveFault = FaultRule & {
  id: string
  matched: number
  hits: number
  /** `rate-limit`: requests in the current window. */
  used?: number
}

export interface FaultTarget {
  operation: Operation
  path: string
  credential: string | undefined
}

export interface Faults {
  /** @throws sandbox.fault_invalid */
  add(input: FaultInput): ActiveFault
  remove(id: string): boolean
  list(): ActiveFault[]
  clear(): void
  /** Rules that strike this request, in the order in which they were added. Counts it. */
  strike(target: FaultTarget): ActiveFault[]
  /** The same for a webhook that is about to be sent. */
  strikeWebhook(event: string): ActiveFault[]
  /** It found nothing to strike after all: the hit does not count. */
  missed(fault: ActiveFault): void
  /** Nothing is switched on: the common case costs one comparison. */
  readonly isQuiet: boolean
}

interface Entry {
  fault: ActiveFault
  random: Random
  pattern: RegExp | undefined
  /** `token-expired`: the credential that was refused first; its successor passes. */
  expired: string | undefined
  /** `rate-limit`: when the current window ends, in milliseconds. */
  windowEndsAt: number
}

/**
 * Keeps the rules. Probabilities come from a row per rule that depends on the sandbox's seed, the rule's kind and its
 * position, so that the same requests meet the same faults in every run.
 *
 * @param targets what rules can strike; left out: any rule is taken
 * @param now milliseconds; only `rate-limit` looks at it
 */
export function createFaults(seed: string, targets?: () => FaultTargets, now: () => number = Date.now): Faults {
  let entries: Entry[] = []
  let added = 0
  const strike = (matches: (entry: Entry) => boolean): ActiveFault[] =>
    entries.filter((entry) => matches(entry) && hits(entry, now)).map((entry) => entry.fault)
  return {
    add(input) {
      const rule = parseFault(input, targets?.())
      const id = rule.id ?? `fault-${++added}`
      const fault = { ...rule, id, matched: 0, hits: 0 }
      entries = entries.filter((entry) => entry.fault.id !== id)
      entries.push({
        fault,
        random: seededRandom(`${seed} ${id} ${rule.kind}`),
        pattern: rule.path === undefined ? undefined : pathPattern(rule.path),
        expired: undefined,
        windowEndsAt: 0,
      })
      return fault
    },
    remove(id) {
      const before = entries.length
      entries = entries.filter((entry) => entry.fault.id !== id)
      return entries.length < before
    },
    list: () => entries.map((entry) => entry.fault),
    clear() {
      entries = []
      added = 0
    },
    strike: (target) => strike((entry) => matchesRequest(entry, target)),
    missed: (fault) => void fault.hits--,
    strikeWebhook: (event) =>
      strike(
        (entry) =>
          entry.fault.kind.startsWith('webhook-') && ['event' in entry.fault ? (entry.fault.event ?? event) : event].includes(event),
      ),
    get isQuiet() {
      return entries.length === 0
    },
  }
}

function pathPattern(path: string): RegExp {
  const parts = path
    .split('/')
    .map((part) =>
      part === '**'
        ? '.*'
        : part === '*' || /^\{.*\}$/.test(part)
          ? '[^/]+'
          : part.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '[^/]*'),
    )
  return new RegExp(`^${parts.join('/')}$`)
}

function matchesRequest(entry: Entry, { operation, path, credential }: FaultTarget): boolean {
  const { fault } = entry
  if (fault.kind.startsWith('webhook-')) return false
  if (fault.operation !== undefined && fault.operation !== operation.id) return false
  if (fault.method !== undefined && fault.method.toLowerCase() !== operation.method) return false
  if (entry.pattern && fault.path !== operation.path && !entry.pattern.test(path)) return false
  if (fault.kind === 'token-expired') {
    entry.expired ??= credential ?? ''
    // With a limit of times the same credential works again afterwards, as after a clock that was wrong.
    return (credential ?? '') === entry.expired
  }
  return true
}

function hits(entry: Entry, now: () => number): boolean {
  const { fault } = entry
  if (fault.times !== undefined && fault.hits >= fault.times) return false
  fault.matched++
  if (fault.matched <= (fault.skip ?? 0)) return false
  if (fault.probability !== undefined && entry.random() >= fault.probability) return false
  if (fault.kind === 'rate-limit' && !isOverLimit(entry, fault.limit, fault.windowSec, now())) return false
  fault.hits++
  return true
}

function isOverLimit(entry: Entry, limit: number, windowSec: number, now: number): boolean {
  if (now >= entry.windowEndsAt) {
    entry.windowEndsAt = now + windowSec * 1000
    entry.fault.used = 0
  }
  entry.fault.used = (entry.fault.used ?? 0) + 1
  return entry.fault.used > limit
}

/** Seconds until the window of a `rate-limit` ends, rounded up. */
export function retryAfterOf(fault: ActiveFault): number {
  if (fault.kind === 'rate-limit') return Math.ceil(fault.windowSec)
  return 'retryAfterSec' in fault ? (fault.retryAfterSec ?? 0) : 0
}
