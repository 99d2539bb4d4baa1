import { isDeepStrictEqual } from 'node:util'
import { BridgekeeperError } from '../errors/index.ts'
import { credentialOf } from './authenticate.ts'
import { parseJsonBody, parseOtherBody, type Upload } from './bodies.ts'
import type { AnsweredCall } from './callbacks.ts'
import type { Operation } from './contract.ts'
import { applyChange, sendsRemovedValue } from './contract-change.ts'
import type { Change, Engine, Outcome } from './engine.ts'
import { errors } from './errors.ts'
import { type ActiveFault, type Faults, retryAfterOf } from './faults.ts'
import { fingerprintOf, type Ledger, type SentAnswer } from './idempotency.ts'
import type { PreparedOperation } from './prepared-operation.ts'
import { declaredStatus, problemAnswer } from './problem-answers.ts'
import { type Problem, sayProblem } from './problems.ts'
import { mediaTypeOf, type RawRequest } from './requests.ts'
import type { Match } from './router.ts'

/** What goes back to the client, or does not. */
export type Ending = { delayMs: number } & ({ kind: 'answer'; answer: SentAnswer } | { kind: 'drop' } | { kind: 'silence'; ms: number })

export interface Served {
  ending: Ending
  operation: string | undefined
  key: string | undefined
  faults: ActiveFault[]
  effect: boolean
  body: unknown
}

export interface Serving {
  engine: Engine
  faults: Faults
  ledger: Ledger
  preparedFor(match: Match, method: string): PreparedOperation | undefined
  onChange(change: Change): void
  /** An operation that declares callbacks has been performed. */
  onCallbacks(operation: Operation, call: AnsweredCall, change: Change | undefined): void
}

/** The requests of this sandbox from match to ending. Returns a promise only where a body must be awaited (forms). */
export function serve(serving: Serving, raw: RawRequest): Served | Promise<Served> {
  const { engine } = serving
  const match = engine.match(raw.path) ?? engine.match(withoutBase(engine, raw.path))
  if (!match) return refused(engine, raw, 404, errors.path_unknown({ method: raw.method, path: raw.path, ...nearest(engine, raw.path) }))
  const prepared = serving.preparedFor(match, raw.method.toLowerCase())
  if (!prepared) {
    const allowed = Object.keys(match.route.operations).map((method) => method.toUpperCase())
    const served = refused(engine, raw, 405, errors.method_unknown({ method: raw.method, path: match.route.template, allowed }))
    if (served.ending.kind === 'answer') served.ending.answer.headers.allow = allowed.join(', ')
    return served
  }
  const key = prepared.isWrite ? firstOf(raw.headers[prepared.keyHeader]) : undefined
  if (key !== undefined) serving.ledger.attempt(key)
  const { operation } = prepared
  const faults = serving.faults.isQuiet ? noFaults : serving.faults.strike({ operation, path: raw.path, credential: credentialOf(raw) })
  const delayMs = faults === noFaults ? 0 : delayOf(faults)
  const call: Call = { serving, raw, prepared, pathValues: match.values, key, faults, delayMs, changedBy: [] }
  const early = faults === noFaults ? undefined : beforeEffect(call)
  if (early) return { ending: early, operation: operation.id, key, faults: struckOf(call), effect: false, body: undefined }
  return admitted(call)
}

interface Call {
  serving: Serving
  raw: RawRequest
  prepared: PreparedOperation
  pathValues: string[]
  key: string | undefined
  faults: ActiveFault[]
  delayMs: number
  /** Changes of the contract that this answer shows; the others found nothing to change in it. */
  changedBy: ActiveFault[]
}

const noFaults: ActiveFault[] = []

function admitted(call: Call): Served | Promise<Served> {
  const { raw, prepared } = call
  const refusal = prepared.authenticate(raw)
  if (refusal) return ended(call, problem(call, 401, errors.unauthenticated(refusal), [], { 'www-authenticate': refusal.challenge }), false)
  const { mediaTypes } = prepared.checker
  const sent = mediaTypeOf(raw)
  if (raw.body.length > 0 && mediaTypes.length > 0 && sent !== '' && !mediaTypes.some((declared) => accepts(declared, sent))) {
    return ended(call, problem(call, 415, errors.media_type_unsupported({ found: sent, expected: mediaTypes })), false)
  }
  let json: { body: unknown } | undefined
  try {
    json = parseJsonBody(raw)
  } catch (cause) {
    return malformed(call, cause)
  }
  if (json) return checked(call, json.body, undefined)
  return parseOtherBody(raw).then(
    ({ body, upload }) => checked(call, body, upload),
    (cause) => malformed(call, cause),
  )
}

/** Vendors take more JSON dialects than they declare, so one JSON type stands for all of them. */
function accepts(declared: string, sent: string): boolean {
  if (declared === sent || declared === '*/*') return true
  if (declared.endsWith('/*')) return sent.startsWith(declared.slice(0, -1))
  return /[/+]json$/.test(declared.split(';')[0]!) && /[/+]json$/.test(sent)
}

function malformed(call: Call, cause: unknown): Served {
  const problems: Problem[] = [
    { in: 'body', at: '', message: `cannot be read: ${(cause as Error).message}`, found: `${call.raw.body.length} bytes` },
  ]
  return invalid(call, [400, 422], problems)
}

function invalid(call: Call, statuses: number[], problems: Problem[], body?: unknown): Served {
  const { operation } = call.prepared
  const error = errors.request_invalid({ operation: operation.id, problems: problems.map(sayProblem) })
  return ended(call, problem(call, declaredStatus(operation, statuses), error, problems), false, body)
}

function checked(call: Call, body: unknown, upload: Upload | undefined): Served {
  const { raw, prepared, serving, pathValues, key } = call
  const { request, problems } = prepared.checker.check(raw, prepared.parameterNames, pathValues, body)
  if (problems.length > 0) return invalid(call, problems.some((each) => each.in === 'body') ? [422, 400] : [400, 422], problems, body)
  const removed = call.faults.find((fault) => fault.kind === 'contract-change' && sendsRemovedValue(fault.contract, body))
  if (removed?.kind === 'contract-change') {
    call.changedBy.push(removed)
    return invalid(
      call,
      [422, 400],
      [
        {
          in: 'body',
          at: `/${removed.contract.field.replaceAll('.', '/')}`,
          message: 'has a value that the changed contract no longer knows',
          found: 'the removed value',
        },
      ],
      body,
    )
  }
  const summary = `${raw.method} ${raw.path}`
  const fingerprint = key === undefined ? '' : fingerprintOf(raw.body)
  if (key !== undefined && prepared.honoursKey) {
    const known = serving.ledger.look(key, fingerprint, summary)
    if (known.kind === 'conflict')
      return ended(
        call,
        problem(
          call,
          declaredStatus(prepared.operation, [422, 409, 400]),
          errors.idempotency_key_reused({ key, first: known.first, now: summary }),
        ),
        false,
        body,
      )
    if (known.kind === 'repeat') return ended(call, repeated(prepared, known.answer), false, body)
  }
  let outcome: Outcome
  try {
    outcome = prepared.handle({
      ...request,
      path: raw.path,
      upload,
      origin: `http://${firstOf(raw.headers.host) ?? 'localhost'}`,
      queryText: raw.query,
    })
  } catch (error) {
    if (!(error instanceof BridgekeeperError)) throw error
    // Only a look at the state tells some problems apart, such as a cursor that was never given.
    if (Array.isArray(error.values.details)) return invalid(call, [400, 422], error.values.details as Problem[], body)
    return ended(
      call,
      problem(call, declaredStatus(prepared.operation, error.status === 409 ? [409, 422] : [error.status]), error),
      false,
      body,
    )
  }
  const answer = answerOf(call, outcome)
  if (prepared.isWrite) serving.ledger.effect(key, fingerprint, summary, answer)
  for (const change of outcome.changes) serving.onChange(change)
  if (prepared.operation.callbacks.length > 0) callBack(call, body, outcome, answer)
  return ended(call, answer, prepared.isWrite, body)
}

function callBack({ serving, raw, prepared, pathValues }: Call, body: unknown, outcome: Outcome, { headers }: SentAnswer): void {
  const named = Object.fromEntries(prepared.parameterNames.map((name, at) => [name, pathValues[at] ?? '']))
  const answer = { status: outcome.status, headers, body: outcome.body }
  serving.onCallbacks(prepared.operation, { raw, pathValues: named, body, answer }, outcome.changes[0])
}

function repeated(prepared: PreparedOperation, answer: SentAnswer | undefined): SentAnswer {
  const mark = { [prepared.replayedHeader]: 'true' }
  // In bounded memory old first answers are gone; the effect still does not happen twice.
  if (!answer)
    return {
      status: 409,
      headers: { ...mark, 'content-type': 'application/problem+json' },
      body: '{"title":"Conflict","status":409,"detail":"The key was used; its first answer is no longer kept (keepState: bounded)."}',
    }
  return { ...answer, headers: { ...answer.headers, ...mark } }
}

function answerOf(call: Call, outcome: Outcome): SentAnswer {
  const { faults, prepared } = call
  let { body } = outcome
  for (const fault of faults) {
    if (fault.kind !== 'contract-change') continue
    const changed = applyChange(fault.contract, body)
    if (!isDeepStrictEqual(changed, body)) call.changedBy.push(fault)
    body = changed
  }
  const mediaType = outcome.mediaType ?? 'application/json'
  const text = body === undefined ? '' : typeof body === 'string' && !/json/.test(mediaType) ? body : JSON.stringify(body)
  const headers: Record<string, string> = body === undefined ? {} : { 'content-type': mediaType === '*/*' ? 'application/json' : mediaType }
  for (const { name, means, usual } of prepared.rateHeaders) headers[name] = String(rateValue(call.serving.faults, means) ?? usual)
  if (outcome.headers) Object.assign(headers, outcome.headers)
  return { status: outcome.status, headers, body: text }
}

function rateValue(faults: Faults, means: 'limit' | 'remaining' | 'reset'): number | undefined {
  const rule = faults.isQuiet ? undefined : faults.list().find((fault) => fault.kind === 'rate-limit')
  if (rule?.kind !== 'rate-limit') return undefined
  return { limit: rule.limit, remaining: Math.max(0, rule.limit - (rule.used ?? 0)), reset: Math.ceil(rule.windowSec) }[means]
}

function problem(
  call: Call,
  status: number,
  error: BridgekeeperError,
  problems: Problem[] = [],
  headers: Record<string, string> = {},
): SentAnswer {
  const said = problemAnswer(call.serving.engine, call.prepared.operation, status, error, problems)
  return { status, headers: { 'content-type': said.mediaType, ...headers }, body: JSON.stringify(said.body) }
}

function refused(engine: Engine, raw: RawRequest, status: number, error: BridgekeeperError): Served {
  const said = problemAnswer(engine, undefined, status, error)
  const answer = { status, headers: { 'content-type': said.mediaType }, body: JSON.stringify(said.body) }
  return {
    ending: { kind: 'answer', answer, delayMs: 0 },
    operation: undefined,
    key: undefined,
    faults: [],
    effect: false,
    body: raw.body.length > 0 ? '…' : undefined,
  }
}

const delayOf = (faults: ActiveFault[]) =>
  faults.reduce((sum, fault) => sum + (fault.kind === 'latency' ? fault.ms + jitterOf(fault) : 0), 0)
const jitterOf = (fault: ActiveFault) =>
  fault.kind === 'latency' && fault.jitterMs ? (((fault.hits * 7919) % 1000) / 1000) * fault.jitterMs : 0

/** Faults that strike on the way in: the platform does nothing. */
function beforeEffect(call: Call): Ending | undefined {
  const { faults, delayMs } = call
  for (const fault of faults) {
    switch (fault.kind) {
      case 'drop-connection':
        return { kind: 'drop', delayMs }
      case 'timeout':
        if (fault.after === 'nothing') return { kind: 'silence', ms: fault.ms, delayMs }
        break
      case 'status':
      case 'throttle':
      case 'rate-limit':
      case 'token-expired':
        return { kind: 'answer', answer: faultAnswer(call, fault), delayMs }
    }
  }
  return undefined
}

function faultAnswer(call: Call, fault: ActiveFault): SentAnswer {
  if (fault.kind === 'token-expired') {
    const error = errors.unauthenticated({ expected: 'a credential that is not expired', found: 'one that expired (fault rule)' })
    return problem(call, 401, error, [], {
      'www-authenticate': 'Bearer error="invalid_token", error_description="The access token expired"',
    })
  }
  const status = fault.kind === 'status' ? fault.status : 429
  const retryAfterSec = retryAfterOf(fault)
  const headers: Record<string, string> = retryAfterSec > 0 || status === 429 ? { 'retry-after': String(retryAfterSec) } : {}
  if (status === 429)
    for (const { name, means } of call.prepared.rateHeaders)
      headers[name] = String(means === 'remaining' ? 0 : means === 'reset' ? retryAfterSec : fault.kind === 'rate-limit' ? fault.limit : 0)
  return problem(call, status, errors.fault_played({ status, rule: fault.id }), [], headers)
}

/** Faults that strike on the way back: the effect stands, the client does not learn of it. */
/** A rule that changes a field strikes where there is one: whoever counts on it must not read a hit where nothing was changed. */
function struckOf({ faults, changedBy, serving }: Call): ActiveFault[] {
  const missed = faults.filter((fault) => fault.kind === 'contract-change' && !changedBy.includes(fault))
  for (const fault of missed) serving.faults.missed(fault)
  return missed.length === 0 ? faults : faults.filter((fault) => !missed.includes(fault))
}

function ended(call: Call, answer: SentAnswer, effect: boolean, body?: unknown): Served {
  const { delayMs, key, prepared } = call
  const faults = struckOf(call)
  const result = (ending: Ending): Served => ({ ending, operation: prepared.operation.id, key, faults, effect, body })
  for (const fault of faults) {
    if (fault.kind === 'lost-answer') return result({ kind: 'drop', delayMs })
    if (fault.kind === 'timeout') return result({ kind: 'silence', ms: fault.ms, delayMs })
    if (fault.kind === 'malformed-json')
      return result({
        kind: 'answer',
        delayMs,
        answer: { ...answer, body: `${answer.body.slice(0, Math.max(1, answer.body.length - 2))}` || '{' },
      })
  }
  return result({ kind: 'answer', answer, delayMs })
}

const firstOf = (value: string | string[] | undefined) => (Array.isArray(value) ? value[0] : value)

/** Clients that only swap the host still send the path of the contract's server (`/v1`). */
function withoutBase(engine: Engine, path: string): string {
  const base = new URL(engine.contract.serverUrl).pathname.replace(/\/$/, '')
  return base !== '' && path.startsWith(`${base}/`) ? path.slice(base.length) : '/\u0000'
}

function nearest(engine: Engine, path: string): { near?: string } {
  const wanted = path.split('/')
  const scored = engine.templates.map((template) => {
    const parts = template.split('/')
    const same = parts.filter((part, i) => part === wanted[i] || (part.startsWith('{') && wanted[i])).length
    return { template, score: same * 2 - Math.abs(parts.length - wanted.length) }
  })
  const best = scored.sort((a, b) => b.score - a.score)[0]
  return best ? { near: best.template } : {}
}
