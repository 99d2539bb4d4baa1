import { CredentialFailure, PartnerDownFailure, ThrottledFailure } from '@bridgekeeper/sdk'
import type { Connection, ConnectionState, Connections } from '../connections/index.ts'
import { type DocumentedLimit, RateBudget } from './rate-budget.ts'
import type { RateWindow } from './rate-headers.ts'
import { Turns } from './turns.ts'

/** Why a connection may not be called now. */
export interface Blocked {
  kind: 'throttled' | 'credential' | 'partner-down'
  reason: string
  /** What shares the wait: `connection:<id>` while it is paused, `budget:<connection id>`, `circuit:<key>`. */
  key: string
  /** Milliseconds since 1970 UTC; undefined: until a person acts. */
  untilMs: number | undefined
}

export function blockedFailure({ kind, reason, key, untilMs }: Blocked): ThrottledFailure | CredentialFailure | PartnerDownFailure {
  if (kind === 'credential') return new CredentialFailure(reason)
  const details = { key, ...(untilMs === undefined ? {} : { untilMs }) }
  return kind === 'throttled' ? new ThrottledFailure(reason, details) : new PartnerDownFailure(reason, details)
}

/** Refused so often in a row, a credential is believed to be dead. */
const REFUSALS_UNTIL_DEAD = 3
/** A pause shorter than this is not worth a row: the other processes would read it when it is over. */
const SHORTEST_SHARED_PAUSE_MS = 1000

interface Health {
  budget: RateBudget
  turns: Turns
  refusals: number
  /** What this process said last, so that it says it once. */
  said: ConnectionState | undefined
  /** Ends when all that was said is stored. One after the other: what was said last must be what stands there. */
  stored: Promise<unknown>
  /** How much of what was said is not stored yet. */
  saying: number
  sharedPauseUntilMs: number
  /** Tells that it opens, at the moment that those it turned away wait for. */
  opening: NodeJS.Timeout | undefined
  opensMs: number
}

export interface ConnectionHealth {
  /** Whether state, pause or rate budget stop the connection. */
  blocked(connection: Connection, nowMs: number): Blocked | undefined
  /** The same with the moment at which this very run shall come back: not all that are turned away at the one at which the connection opens. */
  turnedAway(connection: Connection, blocked: Blocked, nowMs: number): Blocked
  /** How many that wait for the connection may go on now, beyond those whose turn it is; for asking now and then, once it is not blocked. */
  release(connection: Connection): number
  started(connection: Connection): void
  /** @param granted it was not answered by a wish to wait */
  ended(connection: Connection, window: RateWindow | undefined, granted: boolean, nowMs: number): void
  /** The partner asked to wait. */
  throttled(connection: Connection, untilMs: number, reason: string): void
  /** The partner took (2xx) or refused (401) the credential. */
  credential(connection: Connection, verdict: 'accepted' | 'refused', reason: string): void
  /** Resolves when what was learned is stored. Nothing is told after that. */
  close(): Promise<void>
}

const MAX_CONNECTIONS = 50_000
/** A timer that runs for longer fires at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1_000
/** A timer may be a millisecond early. */
const OPENING_GRACE_MS = 2

/** What this process knows of its connections beyond their rows, and what of it the others should know. */
export function createConnectionHealth(
  connections: Connections,
  documentedLimit: (platform: string) => DocumentedLimit | undefined,
  onProblem: (error: unknown, doing: string) => void,
  /** A connection that has turned runs away opens by time. */
  onOpening: () => void = () => {},
): ConnectionHealth {
  const known = new Map<string, Health>()
  const of = ({ id, platform }: Connection): Health => {
    const before = known.get(id)
    if (before) return before
    if (known.size >= MAX_CONNECTIONS) known.delete(known.keys().next().value!)
    const health = {
      budget: new RateBudget(documentedLimit(platform)),
      turns: new Turns(),
      refusals: 0,
      said: undefined,
      stored: Promise.resolve(),
      saying: 0,
      sharedPauseUntilMs: 0,
      opening: undefined,
      opensMs: 0,
    }
    known.set(id, health)
    return health
  }
  connections.onChange(({ id, platform, secretVersion, pausedUntilMs, state }, previous) => {
    const health = known.get(id)
    if (!health || pausedUntilMs !== null) return
    // To forget over news of its own what this process has learned since would leave a refusal standing that a success came after.
    const ownNews = health.saying > 0 && previous?.secretVersion === secretVersion
    const worksAgain = state === 'healthy' && !ownNews
    // A new credential, a resume: what was learned before no longer counts. What is being stored stays ahead of what is said next.
    if (worksAgain) Object.assign(health, { refusals: 0, said: undefined })
    if (worksAgain || previous?.pausedUntilMs)
      Object.assign(health, { budget: new RateBudget(documentedLimit(platform)), turns: new Turns(), sharedPauseUntilMs: 0 })
  })
  /** What a call does not wait for, but the end of the program does. */
  const background = new Set<Promise<unknown>>()
  const inBackground = (work: Promise<unknown>): void => {
    const running = work.finally(() => background.delete(running))
    background.add(running)
  }
  const say = (connection: Connection, health: Health, state: ConnectionState, reason: string | null): void => {
    if (health.said === state) return
    health.said = state
    health.saying += 1
    health.stored = health.stored
      .then(() => connections.setState(connection.id, connection.secretVersion, state, reason))
      .catch((error) => {
        health.said = undefined
        onProblem(error, 'store the state of a connection')
      })
      .finally(() => (health.saying -= 1))
    inBackground(health.stored)
  }
  const sharePause = (connection: Connection, health: Health, untilMs: number, reason: string, nowMs: number): void => {
    if (untilMs - nowMs < SHORTEST_SHARED_PAUSE_MS || untilMs <= health.sharedPauseUntilMs + SHORTEST_SHARED_PAUSE_MS) return
    health.sharedPauseUntilMs = untilMs
    const stored = connections.throttle(connection.id, untilMs, reason).catch((error) => {
      health.sharedPauseUntilMs = 0
      onProblem(error, 'store the pause of a connection')
    })
    inBackground(stored)
  }
  const expectOpening = (health: Health, untilMs: number, nowMs: number): void => {
    const inMs = untilMs - nowMs
    if (health.opensMs === untilMs || inMs > LONGEST_TIMER_MS) return
    clearTimeout(health.opening)
    health.opensMs = untilMs
    health.opening = setTimeout(onOpening, inMs + OPENING_GRACE_MS)
    health.opening.unref()
  }
  return {
    blocked: (connection, nowMs) => blockedByRow(connection, nowMs) ?? blockedByBudget(connection, of(connection).budget, nowMs),
    turnedAway(connection, blocked, nowMs) {
      if (blocked.kind !== 'throttled' || blocked.untilMs === undefined) return blocked
      const health = of(connection)
      expectOpening(health, blocked.untilMs, nowMs)
      return { ...blocked, untilMs: health.turns.next(blocked.untilMs, nowMs) }
    },
    release: (connection) => of(connection).turns.release(),
    started: (connection) => of(connection).budget.started(Date.now()),
    ended(connection, window, granted, nowMs) {
      const health = of(connection)
      health.budget.ended(window, nowMs)
      if (granted) health.turns.granted()
      if (window?.remaining === 0 && window.resetMs !== undefined) {
        sharePause(connection, health, window.resetMs, `the rate limit of ${connection.platform} is used up`, nowMs)
      }
    },
    throttled(connection, untilMs, reason) {
      const health = of(connection)
      health.budget.exhaust(untilMs)
      sharePause(connection, health, untilMs, reason, Date.now())
    },
    credential(connection, verdict, reason) {
      const health = of(connection)
      if (verdict === 'refused') {
        health.refusals += 1
        say(connection, health, health.refusals >= REFUSALS_UNTIL_DEAD ? 'needs-reauth' : 'degraded', reason)
      } else if (health.refusals > 0 || connection.state !== 'healthy') {
        health.refusals = 0
        say(connection, health, 'healthy', null)
      }
    },
    async close() {
      for (const { opening } of known.values()) clearTimeout(opening)
      await Promise.all(background)
    },
  }
}

function blockedByRow(connection: Connection, nowMs: number): Blocked | undefined {
  const key = `connection:${connection.id}`
  if (connection.state === 'needs-reauth') {
    const why = connection.stateReason ?? 'it was refused'
    return { kind: 'credential', reason: `the credential of ${connection.platform} must be entered anew: ${why}`, key, untilMs: undefined }
  }
  const { pausedUntilMs } = connection
  if (pausedUntilMs === null || pausedUntilMs <= nowMs) return undefined
  const untilMs = Number.isFinite(pausedUntilMs) ? pausedUntilMs : undefined
  return { kind: 'throttled', reason: `calls to ${connection.platform} are paused: ${connection.pauseReason}`, key, untilMs }
}

function blockedByBudget(connection: Connection, budget: RateBudget, nowMs: number): Blocked | undefined {
  const untilMs = budget.refusedUntilMs(nowMs)
  if (untilMs === undefined) return undefined
  return { kind: 'throttled', reason: `the rate limit of ${connection.platform} is used up`, key: `budget:${connection.id}`, untilMs }
}
