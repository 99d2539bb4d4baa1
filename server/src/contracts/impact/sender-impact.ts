import type { Finding } from '../finding.ts'
import type { Json } from '../json.ts'
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
  query: ReadonlySet<string> | undefined
  body: boolean
}

function sentByRequest(request: RecordedRequest): Sent {
  const fields = request.body === undefined ? new Map<string, Json[]>() : fieldsOf(request.body)
  return { fields, query: new Set(Object.keys(request.query ?? {})), body: request.body !== undefined }
}

function sentByUsage(usage: OperationUsage): Sent {
  const fields = new Map((usage.sends ?? []).map((item) => [item.field, item.values]))
  // Usage names what stands in a body. Whoever sends a part of one sends the body, and lacks what it must newly hold.
  if (!fields.has('') && [...fields.keys()].some((field) => !field.startsWith('query '))) fields.set('', undefined)
  return { fields, query: undefined, body: fields.size > 0 }
}

/** What was not needed is needed now: it touches those who leave it out. */
const demanding = /new-required-|became-required|-property-demanded$/

function judgeSent(sent: Sent, usage: OperationUsage, findings: readonly Finding[], proven: boolean): Reason[] {
  return findings.flatMap((finding): Reason[] => {
    const outcome = severityOf(finding, proven)
    if (outcome === 'none' || !touches(sent, finding, usage)) return []
    const lacks = finding.parameter === undefined && demanding.test(finding.rule)
    const why = lacks ? `The client does not send ${nameOf(finding)}.` : `The client sends ${nameOf(finding)}.`
    return [{ outcome, finding, why, ...(outcome === 'notice' ? {} : announcedBefore(finding)) }]
  })
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
  if (/^request-body-(removed|media-type-removed)/.test(finding.rule)) return sent.body
  if (demanding.test(finding.rule)) return sent.fields.has(parentOf(finding.field)) && !sent.fields.has(finding.field)
  if (finding.rule.endsWith('enum-value-removed')) return sendsValue(sent, finding)
  if (finding.rule.endsWith('demand-in-prose')) return touchesDemand(sent, finding)
  return [...sent.fields.keys()].some((used) => relate(used, finding.field, true) === 'at or below')
}

function sendsValue(sent: Sent, finding: Finding): boolean {
  if (!sent.fields.has(finding.field)) return false
  const values = sent.fields.get(finding.field)
  return values === undefined || values.some((value) => JSON.stringify(value) === JSON.stringify(finding.before))
}

/** Leaving a parameter out is what a changed default touches; every other change of one touches those who send it. */
function touchesParameter(sent: Sent, parameter: string, usage: OperationUsage | undefined, rule: string): boolean {
  const [place = '', name = ''] = [parameter.slice(0, parameter.indexOf(' ')), parameter.slice(parameter.indexOf(' ') + 1)]
  if (place === 'header') return Object.keys(usage?.requestHeaders ?? {}).some((header) => header.toLowerCase() === name.toLowerCase())
  if (place === 'path') return true
  const isSent = sent.query?.has(name) ?? sent.fields.has(`query ${name}`)
  return rule.includes('default-value') ? !isSent && sent.query !== undefined : isSent
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
    .filter((finding) =>
      /^new-required-request-(default-)?parameter|^request-parameter-became-required$|^request-body-(added|became)-?required$/.test(
        finding.rule,
      ),
    )
    .filter((finding) => !isCarried(after, usage, finding))
    .map((finding) => ({ outcome: 'break' as const, finding, why: `Calls without ${nameOf(finding)} are refused.` }))
}

function isCarried(after: Operation, usage: OperationUsage, finding: Finding): boolean {
  if (finding.parameter === undefined)
    return (usage.requests ?? []).length > 0 && usage.requests!.every((request) => request.body !== undefined)
  const name = finding.parameter.slice(finding.parameter.indexOf(' ') + 1)
  if (finding.parameter.startsWith('header '))
    return Object.keys(usage.requestHeaders ?? {}).some((header) => header.toLowerCase() === name.toLowerCase())
  const known = parametersOf(after).some((parameter) => parameter.name === name)
  return known && (usage.requests ?? []).length > 0 && usage.requests!.every((request) => Object.hasOwn(request.query ?? {}, name))
}

function parentOf(field: string): string {
  const dot = field.lastIndexOf('.')
  return dot < 0 ? (field.endsWith('[]') ? field.slice(0, -2) : field.startsWith('[]') ? '[]' : '') : field.slice(0, dot)
}

function leafOf(field: string): string {
  return field.slice(field.lastIndexOf('.') + 1)
}
