import type { Finding } from '../finding.ts'
import { type Json, sameJson } from '../json.ts'
import { contains } from '../media-types.ts'
import { type Operation, parametersOf } from '../operations.ts'
import { fieldSegments, fieldsOf, relate } from './field-paths.ts'
import type { Reason } from './judge-impact.ts'
import { announcedBefore, isNewlyAnnounced } from './reader-impact.ts'
import { replayRequest, type Validity } from './replay.ts'
import type { OperationUsage, Outcome, RecordedRequest } from './usage.ts'

/** Changes that no validator sees in a payload: a person or the field's presence decides. */
const invisible =
  /-property-(removed|withdrawn)$|-demand-in-prose$|request-parameter-(removed|default-value|style-changed|sunset)|^request-body-removed$|request-body-media-type-removed$/
const announcing = /^request-.*-(deprecated(-with-sunset|-sunset-missing|-sunset-invalid)?|sunset-date-too-small|retirement-announced)$/
/** Demands on every call, whatever it sends. */
const unconditional = /^api-access-narrowed$|^new-request-path-parameter$/

/** What findings about requests mean for one client of one operation. Recorded requests are proof; without them, the rule decides by sent fields. */
export function judgeSender(before: Operation, after: Operation, usage: OperationUsage, findings: readonly Finding[]): Reason[] {
  const about = findings.filter((finding) => finding.direction === 'request')
  const always = about.filter((finding) => unconditional.test(finding.rule)).map(judgeEveryCall)
  const rest = about.filter((finding) => !unconditional.test(finding.rule))
  const requests = usage.requests ?? []
  const byProof = requests.flatMap((request) => [
    ...replay(before, after, request, rest),
    ...judgeSent(sentByRequest(request), usage, rest, true),
  ])
  const byRule = requests.length === 0 ? judgeSent(sentByUsage(usage), usage, rest, false) : []
  return [...always, ...parameterDemands(after, usage, rest), ...byProof, ...byRule]
}

/** Where the older version asked for nothing, it was most likely silent about what everybody sends. */
function judgeEveryCall(finding: Finding): Reason {
  const silentBefore = finding.rule === 'api-access-narrowed' && finding.before === 'none'
  return silentBefore
    ? { outcome: 'warn', finding, why: 'The older version did not say how calls are authenticated; this one does.' }
    : { outcome: 'break', finding, why: 'Every call is touched.' }
}

/** The same request, checked against both versions: new errors break it. */
function replay(before: Operation, after: Operation, request: RecordedRequest, findings: readonly Finding[]): Reason[] {
  const { before: old, after: now } = replayRequest(before, after, request)
  if (now === 'undetermined' || old === 'undetermined') {
    const bad = findings.filter((finding) => finding.level === 'ERR')
    return now === old && bad.length > 0 ? judgeSent(sentByRequest(request), { method: '', path: '' }, bad, false) : []
  }
  const errors = newErrors(old, now)
  if (errors.length === 0) return []
  return [
    {
      outcome: 'break',
      finding: likelyCause(findings, errors, request),
      why: `A recorded request that was accepted is refused: ${errors.slice(0, 3).join('; ')}.`,
    },
  ]
}

/** A request that was refused before counts only when something outside its unions is refused newly: inside, every branch complains. */
function newErrors(before: Exclude<Validity, 'undetermined'>, after: Exclude<Validity, 'undetermined'>): string[] {
  if (after.valid) return []
  if (before.valid) return [...after.errors]
  const known = new Set(before.errors)
  return after.errors
    .filter((error) => !known.has(error) && !/ (oneOf|anyOf|if) /.test(error))
    .filter(() => !before.errors.some((error) => / (oneOf|anyOf) /.test(error)))
}

/** The finding that best explains the errors: one about a sent field, the deepest first. */
function likelyCause(findings: readonly Finding[], errors: readonly string[], request: RecordedRequest): Finding | undefined {
  const sent = sentByRequest(request)
  const bad = findings.filter((finding) => finding.level !== 'INFO')
  const named = bad.filter((finding) =>
    errors.some(
      (error) =>
        error.includes(`"${fieldSegments(finding.field).at(-1) ?? ''}"`) ||
        error.includes(`/${fieldSegments(finding.field).at(-1) ?? ''} `),
    ),
  )
  const touched = bad.filter((finding) => sent.fields.has(finding.field) || sent.fields.has(parentOf(finding.field)))
  return [...named, ...touched, ...bad].sort((a, b) => (a.level === b.level ? 0 : a.level === 'ERR' ? -1 : 1))[0]
}

interface Sent {
  fields: ReadonlyMap<string, readonly Json[] | undefined>
  /** Fields that some calls leave out, with the share of those that have them. */
  shares: ReadonlyMap<string, number>
  query: ReadonlySet<string> | undefined
  body: boolean
}

function sentByRequest(request: RecordedRequest): Sent {
  const fields = request.body === undefined ? new Map<string, Json[]>() : fieldsOf(request.body)
  return { fields, shares: new Map(), query: new Set(Object.keys(request.query ?? {})), body: request.body !== undefined }
}

function sentByUsage(usage: OperationUsage): Sent {
  const fields = new Map((usage.sends ?? []).map((item) => [item.field, item.values]))
  // Usage names what stands in a body. Whoever sends a part of one sends the body, and lacks what it must newly hold.
  if (!fields.has('') && [...fields.keys()].some((field) => !field.startsWith('query '))) fields.set('', undefined)
  const shares = new Map(
    (usage.sends ?? []).flatMap(({ field, share }) => (share !== undefined && share < 1 ? [[field, share] as const] : [])),
  )
  return { fields, shares, query: undefined, body: fields.size > 0 }
}

/** What was not needed is needed now: it touches those who leave it out. */
const demanding = /new-required-|became-required|-property-demanded$/

/** Demands on what stands beside the body, or on the body as a whole: judged call by call. */
const demandsOfCalls =
  /^new-required-request-(default-)?parameter|^request-parameter-became-required$|^request-body-(added-required|became-required)$/

/** Of a header that is sent already and demanded only now, nobody knows whether its values are the right ones. */
function isJudgedByCall({ rule, parameter }: Finding): boolean {
  return demandsOfCalls.test(rule) && !(rule.startsWith('new-required-') && parameter?.startsWith('header '))
}

function judgeSent(sent: Sent, usage: OperationUsage, findings: readonly Finding[], proven: boolean): Reason[] {
  return findings.flatMap((finding): Reason[] => {
    const severity = isJudgedByCall(finding) ? 'none' : severityOf(finding, proven)
    if (severity === 'none' || !touches(sent, finding, usage)) return []
    const lacks = finding.parameter === undefined && demanding.test(finding.rule)
    const share = lacks ? sent.shares.get(finding.field) : undefined
    const outcome = share !== undefined && share > nearlyAlways && severity === 'break' ? 'warn' : severity
    const why = lacks ? leftOut(nameOf(finding), share) : `The client sends ${nameOf(finding)}.`
    return [{ outcome, finding, why, ...(outcome === 'notice' ? {} : announcedBefore(finding)) }]
  })
}

/** Above this share, what was left out may be a slip of counting: a person looks at it. */
const nearlyAlways = 0.98

function leftOut(name: string, share: number | undefined): string {
  if (share === undefined) return `The client does not send ${name}.`
  const percent = (1 - share) * 100
  return `The client leaves ${name} out in ${percent < 1 ? 'under 1' : Math.round(percent)} % of its calls.`
}

/** What a change means for somebody who sends the field. A parameter that is gone breaks whoever relied on it, announced or not. */
function severityOf(finding: Finding, proven: boolean): Outcome {
  if (announcing.test(finding.rule)) return isNewlyAnnounced(finding) ? 'notice' : 'none'
  if (/^request-parameter-removed/.test(finding.rule)) return 'break'
  if (finding.level === 'INFO') return 'none'
  // Values of headers and paths are not replayed, and those in paths mostly came from the provider itself.
  const unseen = finding.parameter !== undefined && !finding.parameter.startsWith('query ')
  if (unseen || finding.rule.includes('default-value')) return 'warn'
  if (proven && !invisible.test(finding.rule)) return 'none'
  return finding.level === 'ERR' ? 'break' : 'warn'
}

function nameOf(finding: Finding): string {
  return finding.parameter ?? (finding.field === '' ? 'the body' : finding.field)
}

function touches(sent: Sent, finding: Finding, usage?: OperationUsage): boolean {
  if (finding.parameter !== undefined) return touchesParameter(sent, finding.parameter, usage, finding.rule)
  if (finding.rule === 'request-body-media-type-removed') return sent.body && sendsAs(usage, finding)
  if (finding.rule === 'request-body-removed') return sent.body
  if (demanding.test(finding.rule)) {
    const isAlways = sent.fields.has(finding.field) && !sent.shares.has(finding.field)
    return sent.fields.has(parentOf(finding.field)) && !isAlways
  }
  if (valueRules.test(finding.rule)) return sendsValue(sent, finding)
  if (finding.rule.endsWith('demand-in-prose')) return touchesDemand(sent, finding)
  return [...sent.fields.keys()].some((used) => relate(used, finding.field, true) === 'at or below')
}

const valueRules =
  /-(enum-value-removed|became-enum|const-(added|changed)|became-not-nullable|(exclusive-)?(max|min)(-length)?-(set|increased|decreased))$/

/** Who is known to send other values than the change takes away goes on as before. */
function sendsValue(sent: Sent, finding: Finding): boolean {
  if (!sent.fields.has(finding.field)) return false
  const values = sent.fields.get(finding.field)
  return values === undefined || values.some((value) => isRefused(value, finding))
}

function isRefused(value: Json, { rule, before, after }: Finding): boolean {
  if (rule.endsWith('enum-value-removed')) return sameJson(value, before)
  if (rule.endsWith('became-enum')) return !Array.isArray(after) || !after.some((listed) => sameJson(listed, value))
  if (/-const-(added|changed)$/.test(rule)) return !sameJson(value, after)
  if (rule.endsWith('became-not-nullable')) return value === null
  const size = rule.includes('-length-') ? (typeof value === 'string' ? [...value].length : undefined) : value
  if (typeof size !== 'number' || typeof after !== 'number') return typeof after !== 'number'
  const isUpper = /-max(-length)?-/.test(rule)
  return rule.includes('-exclusive-') && size === after ? true : isUpper ? size > after : size < after
}

function sendsAs(usage: OperationUsage | undefined, finding: Finding): boolean {
  const sent = usage?.sendsAs
  return sent === undefined || finding.mediaType === undefined || sent.some((name) => contains(finding.mediaType!, name))
}

/** Leaving a parameter out is what a changed default touches; every other change of one touches those who send it. */
function touchesParameter(sent: Sent, parameter: string, usage: OperationUsage | undefined, rule: string): boolean {
  const [place = '', name = ''] = [parameter.slice(0, parameter.indexOf(' ')), parameter.slice(parameter.indexOf(' ') + 1)]
  if (place === 'header') return Object.keys(usage?.requestHeaders ?? {}).some((header) => header.toLowerCase() === name.toLowerCase())
  if (place === 'path') return true
  const isSent = sent.query?.has(name) ?? sent.fields.has(`query ${name}`)
  if (!rule.includes('default-value')) return isSent
  // Whose query is not known at all may send it always.
  const isKnown = sent.query !== undefined || usage?.sends !== undefined
  return isKnown && (!isSent || sent.shares.has(`query ${name}`))
}

/** A sentence concerns whoever sends the field, or a neighbour that the sentence names. */
function touchesDemand(sent: Sent, finding: Finding): boolean {
  if (finding.field !== '' && sent.fields.has(finding.field)) return true
  const words = new Set(String(finding.after).match(/[A-Za-z_][A-Za-z0-9_]{3,}/g) ?? [])
  const parent = parentOf(finding.field)
  return [...sent.fields.keys()].some(
    (used) => parentOf(used) === parent && used !== '' && /[A-Z_]/.test(leafOf(used)) && words.has(leafOf(used)),
  )
}

/** Required parameters that came new: touched is every call that does not carry them already. */
function parameterDemands(after: Operation, usage: OperationUsage, findings: readonly Finding[]): Reason[] {
  return findings
    .filter((finding) => demandsOfCalls.test(finding.rule))
    .flatMap((finding): Reason[] => {
      const share = carriedShare(after, usage, finding)
      if (share === 'unknown')
        return [{ outcome: 'warn', finding, why: `It is not known whether the client sends ${nameOf(finding)}.`, uncertain: true }]
      if (share >= 1) return []
      const why = share > 0 ? leftOut(nameOf(finding), share) : `Calls without ${nameOf(finding)} are refused.`
      return [{ outcome: share > nearlyAlways ? 'warn' : 'break', finding, why }]
    })
}

/** Of all calls, those that carry what is needed now. What could be sent before and was not looked at is unknown; what is new was sent by nobody. */
function carriedShare(after: Operation, usage: OperationUsage, finding: Finding): number | 'unknown' {
  const requests = usage.requests ?? []
  const couldBeSent = finding.rule.endsWith('became-required')
  const of = (carried: (request: RecordedRequest) => boolean) => requests.filter(carried).length / requests.length
  if (finding.parameter === undefined) {
    if (requests.length > 0) return of((request) => request.body !== undefined)
    if (usage.sends === undefined) return couldBeSent ? 'unknown' : 0
    return sentByUsage(usage).body ? (usage.bodyShare ?? 1) : 0
  }
  const name = finding.parameter.slice(finding.parameter.indexOf(' ') + 1)
  if (finding.parameter.startsWith('header ')) {
    if (usage.requestHeaders === undefined) return couldBeSent && requests.length === 0 ? 'unknown' : 0
    return Object.keys(usage.requestHeaders).some((header) => header.toLowerCase() === name.toLowerCase()) ? 1 : 0
  }
  if (requests.length > 0) {
    const known = parametersOf(after).some((parameter) => parameter.name === name)
    return known ? of((request) => Object.hasOwn(request.query ?? {}, name)) : 0
  }
  const sent = usage.sends?.find(({ field }) => field === `query ${name}`)
  if (usage.sends === undefined || !finding.parameter.startsWith('query ')) return couldBeSent ? 'unknown' : 0
  return sent ? (sent.share ?? 1) : 0
}

function parentOf(field: string): string {
  const dot = field.lastIndexOf('.')
  return dot < 0 ? (field.endsWith('[]') ? field.slice(0, -2) : field.startsWith('[]') ? '[]' : '') : field.slice(0, dot)
}

function leafOf(field: string): string {
  return field.slice(field.lastIndexOf('.') + 1)
}
