import {
  type AnyFailure,
  BugFailure,
  CredentialFailure,
  CustomerDataFailure,
  PartnerDownFailure,
  RetryableFailure,
  ThrottledFailure,
} from '@bridgekeeper/sdk'
import { BridgekeeperError } from '../errors/index.ts'
import { AnswerTooLong, TimeOut } from './exchange.ts'
import type { FailureWord, GatewayPlatform } from './platform.ts'
import { type Headers, rateWindow, retryAfterMs } from './rate-headers.ts'

/** GitHub's advice for secondary limits without a header: "wait for at least one minute". */
const SECONDARY_LIMIT_MS = 60_000
/** A partner that throttles without saying how long. */
const UNSAID_WAIT_MS = 10_000

export interface Answer {
  status: number
  headers: Headers
  /** Parsed, without the credential. */
  body: unknown
}

export interface CallFacts {
  /** `GET /tickets/{id}`, for messages. */
  operation: string
  platform: GatewayPlatform
  nowMs: number
  /** What a ThrottledFailure calls the budget. */
  budgetKey: string
}

/**
 * What an answer outside 2xx means for the run. The platform's own table wins over the usual meaning.
 *
 * 401 credential · 403 throttled when it speaks of a limit, else credential · 407 partner-down · 408, 425, 409 with
 * Retry-After, 5xx retryable · 429, 503 with Retry-After throttled · 502, 504 retryable · all other 4xx customer-data ·
 * 3xx bug (a redirect that nobody declared).
 */
export function failureOfAnswer(answer: Answer, facts: CallFacts): AnyFailure {
  const untilMs = retryAfterMs(answer.headers, facts.nowMs)
  const word = facts.platform.failures?.[answer.status] ?? usualMeaning(answer, facts, untilMs)
  return failure(word, sentence(answer, facts), {
    status: answer.status,
    body: answer.body,
    untilMs: word === 'throttled' ? (untilMs ?? budgetResetMs(answer, facts)) : untilMs,
    facts,
  })
}

function usualMeaning(answer: Answer, facts: CallFacts, untilMs: number | undefined): FailureWord {
  const { status } = answer
  if (status === 429) return 'throttled'
  if (status === 401) return 'credential'
  if (status === 403) return speaksOfLimit(answer, facts) ? 'throttled' : 'credential'
  if (status === 503 && untilMs !== undefined) return 'throttled'
  if (status === 407) return 'partner-down'
  if (status >= 500 || status === 408 || status === 425 || (status === 409 && untilMs !== undefined)) return 'retryable'
  return status >= 400 ? 'customer-data' : 'bug'
}

/** GitHub and others answer 403 when a limit is hit: nothing left, or words that say so. */
function speaksOfLimit(answer: Answer, facts: CallFacts): boolean {
  if (answer.headers['retry-after'] !== undefined) return true
  if (rateWindow(answer.headers, facts.nowMs, facts.platform.rateLimit?.headers)?.remaining === 0) return true
  return /rate.?limit|too many requests|quota.?exceeded|limit.?exceeded/i.test(textOf(answer.body).slice(0, 4000))
}

function budgetResetMs(answer: Answer, facts: CallFacts): number {
  const window = rateWindow(answer.headers, facts.nowMs, facts.platform.rateLimit?.headers)
  if (window?.remaining === 0 && window.resetMs !== undefined) return window.resetMs
  return facts.nowMs + (answer.status === 403 ? SECONDARY_LIMIT_MS : UNSAID_WAIT_MS)
}

/** A sentence with the partner's own words, since they are what its support asks for. */
function sentence(answer: Answer, facts: CallFacts): string {
  const words = partnersWords(answer.body)
  const redirect = answer.status >= 300 && answer.status < 400
  const hint = redirect ? '; redirects are followed only where the platform declares maxRedirects' : ''
  return `${facts.platform.name} answered ${answer.status} to ${facts.operation}${words ? `: ${words}` : ''}${hint}`
}

function partnersWords(body: unknown): string {
  const found = typeof body === 'object' && body !== null ? firstText(body as Record<string, unknown>) : textOf(body)
  const line = found.replace(/\s+/g, ' ').trim()
  return line.length > 200 ? `${line.slice(0, 200)}…` : line
}

/** problem+json, GitHub, Stripe, Google and OAuth put their words here. */
function firstText(body: Record<string, unknown>): string {
  for (const name of ['detail', 'message', 'error_description', 'title', 'error', 'errors']) {
    const value = body[name]
    if (typeof value === 'string' && value !== '') return value
    if (typeof value === 'object' && value !== null) return firstText(value as Record<string, unknown>) || textOf(value)
  }
  return ''
}

function textOf(body: unknown): string {
  if (typeof body === 'string') return body
  if (body === undefined || body === null || body instanceof Uint8Array) return ''
  return JSON.stringify(body)
}

/**
 * What a call without an answer means. Before a byte of it was on its way (DNS, refused, TLS): partner-down. Afterwards
 * (reset, time-out): retryable, as the partner may have done the work. An address that may not be called is the customer's
 * to mend.
 *
 * @param sent whether a part of the request may have reached the partner
 */
export function failureOfError(error: Error, sent: boolean, facts: CallFacts): AnyFailure {
  const code = codeOf(error)
  const details = { facts, cause: error }
  if (error instanceof BridgekeeperError) return failure('customer-data', `${error.message} ${error.fix}`, details)
  if (code === 'UND_ERR_INVALID_ARG') return failure('bug', `${facts.operation} can't be sent: ${error.message}`, details)
  if (error instanceof AnswerTooLong) return failure('customer-data', `${facts.operation}: ${error.message}`, details)
  if (sent) {
    const doubt = 'the partner may have done the work; the same idempotency key is sent again'
    return failure('retryable', `${facts.platform.name} broke off during ${facts.operation} (${code}): ${doubt}`, details)
  }
  if (error instanceof TimeOut)
    return failure('retryable', `${facts.platform.name}: no connection became free for ${facts.operation}`, details)
  return failure('partner-down', `${facts.platform.name} can't be reached for ${facts.operation} (${code})`, details)
}

/** A happy-eyeballs failure holds the reasons of all attempts; the first address is the one people ask about. */
function codeOf(error: Error & { code?: string; errors?: Error[] }): string {
  return error.code ?? (error.errors?.[0] as { code?: string } | undefined)?.code ?? error.name
}

interface FailureParts {
  facts: CallFacts
  status?: number
  body?: unknown
  untilMs?: number | undefined
  cause?: unknown
}

export function failure(word: FailureWord, message: string, parts: FailureParts): AnyFailure {
  const details = {
    ...(parts.status === undefined ? {} : { status: parts.status }),
    ...(parts.body === undefined ? {} : { body: parts.body }),
    ...(parts.cause === undefined ? {} : { cause: parts.cause }),
  }
  const { untilMs } = parts
  switch (word) {
    case 'retryable':
      return new RetryableFailure(message, {
        ...details,
        ...(untilMs === undefined ? {} : { afterMs: Math.max(0, untilMs - parts.facts.nowMs) }),
      })
    case 'throttled':
      return new ThrottledFailure(message, { ...details, key: parts.facts.budgetKey, ...(untilMs === undefined ? {} : { untilMs }) })
    case 'credential':
      return new CredentialFailure(message, details)
    case 'customer-data':
      return new CustomerDataFailure(message, details)
    case 'partner-down':
      return new PartnerDownFailure(message, details)
    case 'bug':
      return new BugFailure(message, details)
  }
}
