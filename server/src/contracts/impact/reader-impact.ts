import { type Announcement, announcementOf } from '../announcement.ts'
import { childObject, type Spot } from '../contract.ts'
import { type Finding, sourceOf } from '../finding.ts'
import { isObject, type Json, type JsonObject, own, ownObject } from '../json.ts'
import { contains } from '../media-types.ts'
import type { Operation } from '../operations.ts'
import { relate, valuesAt } from './field-paths.ts'
import { describes, readBodies } from './find-field.ts'
import type { Reason } from './judge-impact.ts'
import type { Outcome } from './usage.ts'

/** Changes after which a reader finds nothing, or something of another kind, every time. Other bad news shows up only in some answers. */
const always =
  /-property-(removed|withdrawn)$|-header-removed$|-type-changed$|-const-(changed|removed)$|media-type-removed$|media-type-name-generalized$|content-(media-type|encoding)-changed$|^response-(body|property)-(un)?wrapped-/
const announcing = /-(deprecated(-with-sunset|-sunset-missing|-sunset-invalid)?|sunset-date-too-small|retirement-announced)$/

/** A reader of one operation's answers, or of one webhook, and what was recorded of it. */
export interface Reader {
  readonly before: Operation
  readonly after: Operation | undefined
  readonly reads: readonly string[] | undefined
  readonly recorded: readonly Json[]
  /** Media types and statuses that came, where they were counted. */
  readonly accepts?: readonly string[] | undefined
  readonly statuses?: Readonly<Record<string, number>> | undefined
}

/** What findings about answers mean for one reader. */
export function judgeReader(reader: Reader, findings: readonly Finding[]): Reason[] {
  return findings
    .filter((finding) => finding.direction === 'response' && isRead(finding))
    .flatMap((finding) => judgeFinding(reader, finding))
}

/** Failures are read by their status; what their bodies say is for people. */
function isRead(finding: Finding): boolean {
  return finding.status === undefined || /^2|^default$/.test(finding.status)
}

function judgeFinding(reader: Reader, finding: Finding): Reason[] {
  const severity = severityOf(finding)
  if (severity === 'none') return []
  if (finding.parameter !== undefined || wholeBody(finding)) return judgeSurface(reader, finding, severity)
  if (reader.reads === undefined)
    return severity === 'notice'
      ? []
      : [{ outcome: 'warn', finding, why: 'It is not known which fields this client reads.', uncertain: true }]
  const touched = reader.reads.flatMap((used) => {
    const outcome = touch(reader, used, finding, severity)
    return outcome === 'none' ? [] : [{ outcome, finding, why: `The client reads ${used}.`, ...announcedBefore(finding) }]
  })
  return touched.map((reason) => weighEvidence(reader, reason))
}

function severityOf(finding: Finding): Outcome {
  if (announcing.test(finding.rule)) return isNewlyAnnounced(finding) ? 'notice' : 'none'
  if (finding.level === 'INFO') return 'none'
  return always.test(finding.rule) ? 'break' : 'warn'
}

/** A reworded announcement is no news; a date that was not there or moved is. */
export function isNewlyAnnounced(finding: Finding): boolean {
  if (!finding.rule.endsWith('-retirement-announced') || !isObject(finding.before)) return true
  return own(finding.after, 'date') !== undefined && own(finding.before, 'date') !== own(finding.after, 'date')
}

function wholeBody(finding: Finding): boolean {
  return /status-|media-type-/.test(finding.rule)
}

/** Statuses, headers and media types: whoever calls meets them, but only headers that are read can be missed. */
function judgeSurface(reader: Reader, finding: Finding, severity: Outcome): Reason[] {
  const readsBody = reader.reads === undefined || reader.reads.length > 0
  if (finding.parameter !== undefined) {
    const header = finding.parameter.replace(/^header /, '').toLowerCase()
    const used = reader.reads?.some((field) => field.toLowerCase() === `header ${header}`)
    return used ? [{ outcome: severity, finding, why: `The client reads the header ${header}.` }] : []
  }
  if (finding.rule.includes('media-type-removed') && !isAccepted(reader, String(finding.before))) return []
  if (finding.rule === 'response-success-status-removed') return [judgeStatus(reader, finding, severity)]
  return readsBody || finding.rule.includes('status') ? [{ outcome: severity, finding, why: 'The client waits for this answer.' }] : []
}

/** Without knowledge of what came, JSON is what clients take. */
function isAccepted(reader: Reader, mediaType: string): boolean {
  return reader.accepts?.some((name) => contains(mediaType, name)) ?? mediaType.includes('json')
}

/** A status that came is waited for; one that did not come in many answers may still be the one for a rare day. */
function judgeStatus(reader: Reader, finding: Finding, severity: Outcome): Reason {
  const came = Object.entries(reader.statuses ?? {})
  const times = came.filter(([status]) => status === finding.status).reduce((sum, [, seen]) => sum + seen, 0)
  if (times > 0) return { outcome: 'break', finding, why: `The client got ${finding.status} ${times} times.` }
  const answers = came.reduce((sum, [, seen]) => sum + seen, 0)
  const why =
    answers >= leastAnswers ? `The client never got ${finding.status} in ${answers} answers.` : 'The client waits for this answer.'
  return { outcome: severity, finding, why }
}

/** Fewer answers say nothing about what did not come. */
const leastAnswers = 20

function touch(reader: Reader, used: string, finding: Finding, severity: Outcome): Outcome {
  const known = readBodies(reader.before).some((body) => describes(body.side, used))
  const relation = relate(used, finding.field, known)
  if (relation === 'apart') return 'none'
  if (relation === 'similar') return severity === 'break' ? 'warn' : severity
  if (relation === 'above') return severity === 'break' ? 'warn' : 'none'
  // One branch of a union or one part lost the field, and another still has it.
  const kept =
    finding.rule.endsWith('-property-removed') &&
    reader.after &&
    readBodies(reader.after).some((body) => describes(body.side, finding.field))
  return kept && severity === 'break' ? 'warn' : severity
}

/** Recorded payloads outweigh the document; its own examples weaken it. */
function weighEvidence(reader: Reader, reason: Reason): Reason {
  const { finding } = reason
  if (!finding?.rule.endsWith('-type-changed') || !namesTypes(finding.before) || !namesTypes(finding.after)) return reason
  const seen = reader.recorded.flatMap((payload) => valuesAt(payload, finding.field))
  if (seen.length > 0) {
    const fits = seen.filter((value) => hasType(value, finding.after)).length
    if (fits === seen.length)
      return {
        ...reason,
        outcome: 'none',
        why: `${reason.why} All ${seen.length} recorded values are already of the new type: the document was corrected.`,
      }
    const old = seen.filter((value) => hasType(value, finding.before)).length
    return {
      ...reason,
      outcome: old === seen.length ? 'break' : 'warn',
      why: `${reason.why} ${old} of ${seen.length} recorded values are of the old type.`,
    }
  }
  const examples = readBodies(reader.before)
    .flatMap((body) => examplesOf(reader.before, body.media))
    .flatMap((example) => valuesAt(example, finding.field))
  const corrected = examples.length > 0 && examples.every((value) => hasType(value, finding.after) && !hasType(value, finding.before))
  return corrected
    ? {
        ...reason,
        outcome: 'warn',
        why: `${reason.why} The examples of the older version are already of the new type: probably a correction of the document.`,
      }
    : reason
}

const typeNames = new Set(['any', 'null', 'boolean', 'string', 'number', 'integer', 'object', 'array'])

/** A format that changed stands under the same rule. */
function namesTypes(value: Json | undefined): boolean {
  return [value].flat().every((name) => typeNames.has(String(name)))
}

function hasType(value: Json, types: Json | undefined): boolean {
  const names = Array.isArray(types) ? types : [types]
  const type = value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value
  return names.some(
    (name) =>
      name === 'any' || name === type || (type === 'number' && (name === 'number' || (name === 'integer' && Number.isInteger(value)))),
  )
}

function examplesOf(operation: Operation, media: Spot): Json[] {
  const direct = own(media.node, 'example')
  const named = childObject(operation.contract, media, 'examples')
  const values = named
    ? Object.keys(ownObject(media.node, 'examples')).flatMap(
        (name) => own(childObject(operation.contract, named, name)?.node, 'value') ?? [],
      )
    : []
  return direct === undefined ? values : [direct, ...values]
}

/** What the older version said about the end of the thing that is gone. */
export function announcedBefore(finding: Finding): { announced?: Announcement } {
  const spot = sourceOf(finding)?.before
  const node = spot && (isObject(spot.node) ? spot.node : undefined)
  const announced = node && announcementOf(node as JsonObject)
  return announced ? { announced } : {}
}
