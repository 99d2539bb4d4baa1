import { isFailure, type PartnerDownFailure, type PoisonPolicy, type ThrottledFailure } from '@bridgekeeper/sdk'
import { BridgekeeperError } from '../errors/index.ts'
import { isCircuit, redactor } from '../gateway/index.ts'
import { fingerprintOf } from './fingerprint.ts'

/** Why a run did not go on, as stored and shown. */
export interface RunFailure {
  kind: 'retryable' | 'throttled' | 'credential' | 'customer-data' | 'bug' | 'partner-down'
  /** Our own code where we have one. */
  code?: string
  message: string
  step?: string
  platform?: string
  connectionId?: string
  /** What is shut for everybody who needs it and may open before the run is due, as the gateway names it; absent: time alone. */
  waitsFor?: string
  status?: number
  /** The partner's answer, cut to 2,000 characters. */
  body?: string
  /** What to do, in one sentence. */
  fix: string
  stack?: string
}

/** What happens to a run after an attempt that did not succeed. */
export type Decision =
  | { kind: 'again'; atMs: number; reason: 'retry' | 'throttled' | 'partner-down'; countsAsFailure: boolean; failure: RunFailure }
  | { kind: 'park'; state: 'parked' | 'blocked'; failure: RunFailure; fingerprint: string }
  | { kind: 'skip'; failure: RunFailure; fingerprint: string }

export interface RetryPolicy {
  /** Failures of kind retryable before the run is given up. */
  maxFailures: number
  firstDelayMs: number
  maxDelayMs: number
}

export const defaultRetryPolicy: RetryPolicy = { maxFailures: 8, firstDelayMs: 1_000, maxDelayMs: 15 * 60_000 }

/** Where no time is given by the partner. */
const throttledDelayMs = 30_000
const partnerDownDelayMs = 10_000
/** Behind an open circuit the latest moment: one run at a time is let go on to try, and the others when it has closed. */
const behindCircuitMs = 24 * 3_600_000

/**
 * The error taxonomy at work. Throttling and an absent partner wait without using up attempts; a credential waits for a reconnect whatever
 * the policy says, because dropping or overtaking would lose effects that a person can still save; all else follows the flow's poison policy.
 *
 * @param failures retryable failures of this run so far, without this one
 * @param random in [0, 1): full jitter (Brooker, "Exponential Backoff And Jitter", 2015), so that runs that failed together come back apart
 */
export function decide(
  failure: RunFailure,
  context: {
    failures: number
    onPoison: PoisonPolicy
    policy: RetryPolicy
    nowMs: number
    random: number
    untilMs?: number | undefined
    identity: string
  },
): Decision {
  const { failures, policy, nowMs, random, untilMs } = context
  switch (failure.kind) {
    case 'throttled':
      return again('throttled', untilMs ?? nowMs + throttledDelayMs, false)
    case 'partner-down':
      return again('partner-down', isBehindCircuit(failure) ? nowMs + behindCircuitMs : (untilMs ?? nowMs + partnerDownDelayMs), false)
    case 'retryable': {
      if (failures + 1 >= policy.maxFailures) return poison()
      const ceiling = Math.min(policy.maxDelayMs, policy.firstDelayMs * 2 ** failures)
      return again('retry', Math.max(untilMs ?? 0, nowMs + ceiling / 2 + (random * ceiling) / 2), true)
    }
    case 'credential':
      return {
        kind: 'park',
        state: context.onPoison === 'block' ? 'blocked' : 'parked',
        failure,
        fingerprint: fingerprintOf(context.identity, failure),
      }
    default:
      return poison()
  }

  function again(reason: 'retry' | 'throttled' | 'partner-down', atMs: number, countsAsFailure: boolean): Decision {
    // Everything that waits for the same moment would otherwise start in the same millisecond.
    const spreadMs = reason === 'retry' ? 0 : random * 1_000
    return { kind: 'again', reason, atMs: Math.round(Math.max(atMs, nowMs) + spreadMs), countsAsFailure, failure }
  }

  function poison(): Decision {
    const fingerprint = fingerprintOf(context.identity, failure)
    if (context.onPoison === 'skip') return { kind: 'skip', failure, fingerprint }
    return { kind: 'park', state: context.onPoison === 'block' ? 'blocked' : 'parked', failure, fingerprint }
  }
}

/** Whether the run waits for a partner behind an open circuit, whose opening {@link releaseRuns} learns of. */
export function isBehindCircuit({ kind, waitsFor }: Pick<RunFailure, 'kind' | 'waitsFor'>): boolean {
  return kind === 'partner-down' && waitsFor !== undefined && isCircuit(waitsFor)
}

const fixes: Record<RunFailure['kind'], string> = {
  retryable: 'The partner kept failing. Check its status, then replay the run.',
  throttled: 'Nothing to do: it goes on when the partner allows it.',
  credential: 'Reconnect the account; the runs that wait for it then go on by themselves.',
  'customer-data': 'The partner refuses this data. Correct it at the source or in the mapping of this instance, then replay the run.',
  bug: 'The integration is wrong. Mend it, then replay the run with the new version.',
  'partner-down': 'Nothing to do: it goes on when the partner can be reached again.',
}

/** Where the status says more than the kind. A right that the partner grants changes nothing that would be noticed here. */
const fixesByStatus: Record<string, string> = {
  'credential 403':
    'The account may not do this. Have the right granted at the partner and replay the run; or reconnect with an account that has it, and the runs that wait go on by themselves.',
  'customer-data 404':
    'The partner does not know what the call names: it may have been deleted there, or belong to another account. Correct that, then replay the run.',
  'customer-data 409': 'The partner says that this contradicts what it has. Compare both sides, correct one, then replay the run.',
}
fixesByStatus['customer-data 410'] = fixesByStatus['customer-data 404']!

/** A pause is ended by whoever may end it, so its command is said. */
function fixOfWait(waitsFor: string | undefined): string | undefined {
  if (!waitsFor?.startsWith('connection:')) return undefined
  return `Nothing to do: it goes on when the pause of its connection ends. To end it now: bridgekeeper connections resume ${waitsFor.slice('connection:'.length)}`
}

/** Reads anything thrown by a flow as a failure. What is not one of the six kinds is a bug of the integration. */
export function readFailure(
  thrown: unknown,
  at: { step?: string | undefined; platform?: string | undefined; connectionId?: string | undefined },
): RunFailure {
  const place = {
    ...(at.step ? { step: at.step } : {}),
    ...(at.platform ? { platform: at.platform } : {}),
    ...(at.connectionId ? { connectionId: at.connectionId } : {}),
  }
  if (isFailure(thrown)) {
    const waitsFor =
      thrown.kind === 'throttled' || thrown.kind === 'partner-down' ? (thrown as ThrottledFailure | PartnerDownFailure).key : undefined
    return {
      kind: thrown.kind,
      message: thrown.message,
      ...place,
      ...(waitsFor === undefined ? {} : { waitsFor }),
      ...(thrown.status === undefined ? {} : { status: thrown.status }),
      ...(thrown.body === undefined ? {} : { body: keptBody(thrown.body) }),
      fix: fixOfWait(waitsFor) ?? fixesByStatus[`${thrown.kind} ${thrown.status}`] ?? fixes[thrown.kind],
    }
  }
  if (thrown instanceof BridgekeeperError) return { kind: 'bug', code: thrown.code, message: thrown.message, ...place, fix: thrown.fix }
  const error = thrown instanceof Error ? thrown : new Error(`thrown: ${shortened(thrown)}`)
  return {
    kind: 'bug',
    message: `${error.name}: ${error.message}`,
    ...place,
    fix: fixes.bug,
    ...(error.stack ? { stack: error.stack.slice(0, 4_000) } : {}),
  }
}

const bodies = redactor([], [])

/** A failure is kept and shown like the record of its call: a partner's answer may hold tokens and passwords of its own. */
function keptBody(value: unknown): string {
  return shortened(bodies.body(textOf(value), value))
}

function textOf(value: unknown): string {
  try {
    return typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value))
  } catch {
    return String(value)
  }
}

function shortened(value: unknown): string {
  const text = textOf(value)
  return text.length > 2_000 ? `${text.slice(0, 2_000)}…` : text
}
