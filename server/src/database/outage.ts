import { setTimeout as delay } from 'node:timers/promises'
import type { Log } from '../observation/index.ts'

/** Failures to look through: those of our own carry the database's as their cause. */
const maxCauses = 4

/**
 * Whether a failure, or what caused it, says that the server or the way to it is gone (SQLSTATE classes 08 and 57P, no connection left). Whether a
 * commit that failed so has happened is unknown.
 */
export function isDatabaseAway(thrown: unknown): boolean {
  let error = thrown
  for (let at = 0; at < maxCauses && typeof error === 'object' && error !== null; at += 1) {
    const { code, message, cause } = error as { code?: unknown; message?: unknown; cause?: unknown }
    if (saysAway(String(code ?? ''), String(message ?? ''))) return true
    error = cause
  }
  return false
}

function saysAway(code: string, message: string): boolean {
  return (
    /^(08|57P|53300)/.test(code) ||
    ['ECONNREFUSED', 'ECONNRESET', 'ENOENT', 'EPIPE', 'database.no_answer'].includes(code) ||
    /^Connection (terminated|ended)|^terminating connection|^timeout exceeded when trying to connect|is not queryable/i.test(message)
  )
}

export interface OutageWatch {
  /** Writes like the log it was made of, but of an outage of the database one short line per message. */
  readonly log: Log
  /** A connection broke while nobody used it. */
  connectionBroke(error: Error): void
  stop(): void
}

/** Between two questions whether the database is back. */
const askEveryMs = 500
/** What broke with the outage may be told a moment later. */
const settleMs = 1_000

/**
 * Keeps an outage of the database from filling the log with one stack trace per loop and second: one line when it begins, one for each component that
 * can't do its work meanwhile (known by its message), one when the database is back. Everything else is written whole, as ever.
 *
 * A partner that refuses connections looks like a database that does. So the database is asked before a failure is counted to its outage, and such a
 * line is written a moment later.
 *
 * @param ask a statement that succeeds as soon as the database answers
 */
export function watchOutages(log: Log, ask: () => Promise<unknown>): OutageWatch {
  /** During an outage: its lines that were written, and how often they were not. */
  let said: Map<string, number> | undefined
  let asking: Promise<boolean> | undefined
  let stopped = false

  const answers = () =>
    ask().then(
      () => true,
      () => false,
    )
  const isAway = (error: unknown): Promise<boolean> => {
    asking ??= answers().then((answered) => {
      if (!answered && !stopped) void lastOut(error)
      asking = undefined
      return said !== undefined
    })
    return asking
  }
  const lastOut = async (error: unknown): Promise<void> => {
    const lines = new Map<string, number>()
    said = lines
    const since = Date.now()
    log.error({ reason: reasonOf(error) }, 'the database does not answer; deliveries are refused with 503 and runs wait until it does')
    do await delay(askEveryMs, undefined, { ref: false })
    while (!stopped && !(await answers()))
    const failuresNotTold = [...lines.values()].reduce((sum, times) => sum + times, 0)
    if (!stopped) log.warn({ awayMs: Date.now() - since, failuresNotTold }, 'the database answers again; everything goes on')
    await delay(settleMs, undefined, { ref: false })
    said = undefined
  }
  const tellOnce = (level: 'warn' | 'error', facts: object, words: string): void => {
    const before = said?.get(words)
    said?.set(words, before === undefined ? 0 : before + 1)
    const { err, ...rest } = facts as { err?: unknown }
    if (before === undefined) log[level]({ ...rest, reason: reasonOf(err) }, words)
  }
  const writer =
    (level: 'warn' | 'error') =>
    (facts: object, words: string): void => {
      if (!isDatabaseAway((facts as { err?: unknown } | undefined)?.err)) log[level](facts, words)
      else if (said) tellOnce(level, facts, words)
      else void isAway((facts as { err: unknown }).err).then((away) => (away ? tellOnce(level, facts, words) : log[level](facts, words)))
    }

  return {
    log: Object.create(log, { warn: { value: writer('warn') }, error: { value: writer('error') } }) as Log,
    connectionBroke(error) {
      if (!said && !asking)
        void isAway(error).then(
          (away) => away || log.warn({ reason: reasonOf(error) }, 'a connection to the database broke, and others can be opened'),
        )
    },
    stop() {
      stopped = true
    },
  }
}

/** Of nested failures the innermost, which names what was really met. */
function reasonOf(thrown: unknown): string {
  let reason = thrown
  for (let at = 0; at < maxCauses && reason instanceof Error && reason.cause instanceof Error; at += 1) reason = reason.cause
  const { message, code } = (reason ?? {}) as { message?: string; code?: string }
  // Node joins refusals of several addresses into an error without words of its own.
  return message || code || String(reason)
}
