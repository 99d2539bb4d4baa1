import { type Executor, storableText } from '../../database/index.ts'
import { type Announcement, announcementOf } from '../announcement.ts'
import type { Contract } from '../contract.ts'
import { type Finding, identityOf, sourceOf } from '../finding.ts'
import type { Change } from '../impact/judge-impact.ts'
import { announcedBefore } from '../impact/reader-impact.ts'
import { isObject, type JsonObject } from '../json.ts'
import { templateOf } from '../operations.ts'
import type { ContractVersion } from '../registry/queries.ts'
import { describeFinding, placeOf, positionOf } from '../report/describe-finding.ts'
import { type Endable, whatMayEnd } from '../standing-announcements.ts'
import { noticeKindOf } from './judge-notice.ts'
import { firstPublishedAt, listToldEnds, type NewNotice, recordNotice, settleNotices } from './queries.ts'
import type { ReachOf } from './reach.ts'

/** Rules about words on the end of something. Each such end is one notice of its own, made of what the two versions say. */
const aboutAnnouncements = /deprecat|sunset|retirement|reactivated|stability/
const removing = /removed/
const dayOf = (at: Date): string => at.toISOString().slice(0, 10)

/**
 * Makes notices of a version that came into force: what breaks, ends that are announced now or get another date, and ends that are no longer
 * announced. A removal that was announced is no notice of its own: it fulfils that of its announcement. For use in the transaction that
 * publishes the version.
 *
 * @param reach which integrations findings touch; without it, notices concern all that bridge the platform
 * @param version that came into force: how it came to be believed is evidence
 * @returns how many notices are new or moved
 */
export async function noticeChange(
  tx: Executor,
  platform: string,
  change: Change,
  at: Date,
  { reach, version }: { reach?: ReachOf; version?: ContractVersion } = {},
): Promise<number> {
  const steps = version && stepsOf(version)
  const more = (findings: readonly Finding[]) => ({
    ...(reach && findings.length > 0 ? { reach: reach(findings) } : {}),
    ...(steps ? { steps } : {}),
  })
  const [before, after] = [endsOf(change.before), endsOf(change.after)]
  const findingsOf = findingsByEnd(change, before, after)
  let recorded = 0
  for (const [identity, end] of after.announced) {
    const old = before.announced.get(identity)?.announcement
    if (old && old.date === end.announcement.date && old.version === end.announcement.version) continue
    const announced = announcedNotice(platform, identity, end, at)
    const notice = before.present.has(identity)
      ? { ...announced, takesDateBack: old?.date !== undefined, ...more(findingsOf.get(identity) ?? []) }
      : { ...announced, ...more([]), ...bornToEnd(announced, at) }
    const became = await recordNotice(tx, notice)
    if (became !== 'already recorded' && !notice.standing) recorded += 1
  }
  const gone = [...before.announced].filter(([identity]) => !after.announced.has(identity))
  const withdrawn = gone.filter(([identity]) => after.present.has(identity)).map(([identity]) => identity)
  await settleNotices(tx, platform, withdrawn, 'withdrawn', at, { withdrawn: 'The contract no longer says that it ends.' })
  const fulfilled = gone.filter(([identity]) => !after.present.has(identity))
  recorded += await fulfil(tx, platform, fulfilled, at, (identity) => more(findingsOf.get(identity) ?? []))
  const goneSilently = [...before.present].filter((identity) => !after.present.has(identity) && !before.announced.has(identity))
  const told = await fulfilTold(tx, platform, goneSilently, at, (identity) => more(findingsOf.get(identity) ?? []))
  for (const finding of change.findings) {
    if (finding.level !== 'ERR' || (aboutAnnouncements.test(finding.rule) && !removing.test(finding.rule))) continue
    const announcedAs = before.identities.get(sourceOf(finding)?.before?.node as JsonObject)
    if (announcedAs !== undefined && (before.announced.has(announcedAs) || told.has(announcedAs)) && !after.present.has(announcedAs))
      continue
    if ((await recordNotice(tx, { ...foundNotice(platform, finding, at), ...more([finding]) })) !== 'already recorded') recorded += 1
  }
  const back = change.findings.filter(({ rule }) => /^(endpoint|webhook)-added$/.test(rule)).map(placeOf)
  await settleNotices(tx, platform, { returned: back }, 'closed', at, { closed: 'It is there again.' })
  return recorded
}

function findingsByEnd({ findings }: Change, before: Ends, after: Ends): Map<string | undefined, Finding[]> {
  return Map.groupBy(findings, (finding) => {
    const source = sourceOf(finding)
    return after.identities.get(source?.after?.node as JsonObject) ?? before.identities.get(source?.before?.node as JsonObject)
  })
}

/** The findings of a change by the identity of the notice that they are told as. */
export function findingsByNotice(change: Change): ReadonlyMap<string | undefined, readonly Finding[]> {
  const ends = findingsByEnd(change, endsOf(change.before), endsOf(change.after))
  return new Map([...change.findings.map((finding): [string, Finding[]] => [identityOf(finding), [finding]]), ...ends])
}

/**
 * Makes notices of the ends that the first version we know announces. They were said before anybody looked: what has a day to come is told like
 * any other, the rest stands, and is told to whoever is seen to use it ({@link widenNotices}).
 *
 * @returns how many will be told at once
 */
export async function noticeFirst(
  tx: Executor,
  platform: string,
  contract: Contract,
  at: Date,
  version?: ContractVersion,
): Promise<number> {
  const steps = version ? { steps: stepsOf(version) } : {}
  let told = 0
  for (const [identity, end] of endsOf(contract).announced) {
    const notice = { ...announcedNotice(platform, identity, end, at), ...steps }
    const isDated = hasDayToCome(notice, at)
    await recordNotice(tx, isDated ? notice : { ...notice, ...standing(notice) })
    if (isDated) told += 1
  }
  return told
}

/** What is announced to end in the version that brings it is used by nobody yet. */
function bornToEnd(notice: NewNotice, at: Date): Pick<NewNotice, 'standing' | 'reach'> {
  return hasDayToCome(notice, at) ? { reach: [] } : standing(notice)
}

const hasDayToCome = ({ effectiveOn }: NewNotice, at: Date): boolean => effectiveOn !== null && effectiveOn >= dayOf(at)

/** A day that has passed on something that still stands there says nothing about when it goes. */
function standing({ effectiveOn, words }: NewNotice): Pick<NewNotice, 'standing' | 'reach' | 'effectiveOn' | 'words'> {
  const passed = effectiveOn === null ? '' : ` That day, ${effectiveOn}, has passed, and it is still there.`
  return { standing: true, reach: [], effectiveOn: null, words: `${words}${passed}` }
}

/**
 * Identity under which the ledger keeps the end of the thing that a finding is about, as the older version names it; undefined for what no
 * contract announces the end of.
 */
export function endIdentityOf(before: Contract, finding: Finding): string | undefined {
  return identitiesOf(before).get(sourceOf(finding)?.before?.node as JsonObject)
}

const remembered = new WeakMap<Contract, ReadonlyMap<JsonObject, string>>()

function identitiesOf(contract: Contract): ReadonlyMap<JsonObject, string> {
  const known = remembered.get(contract) ?? endsOf(contract).identities
  remembered.set(contract, known)
  return known
}

type End = Endable & { announcement: Announcement }
interface Ends {
  announced: Map<string, End>
  present: Set<string>
  identities: Map<JsonObject, string>
}

function endsOf(contract: Contract): Ends {
  const ends: Ends = { announced: new Map(), present: new Set(), identities: new Map() }
  for (const item of whatMayEnd(contract)) {
    // As the ledger keeps it, where it is looked up again.
    const identity = storableText(`end of ${item.kind} ${templateOf(item.what)}`)
    ends.present.add(identity)
    ends.identities.set(item.node, identity)
    const announcement = announcementOf(item.node)
    if (announcement) ends.announced.set(identity, { ...item, announcement })
  }
  return ends
}

function announcedNotice(platform: string, identity: string, { what, kind, announcement }: End, at: Date): NewNotice {
  const { date, version, words, source, confidence } = announcement
  const unsure = confidence === 'read' ? ' Read out of a sentence: please confirm.' : ''
  return {
    platform,
    identity,
    rule: `${kind}-end-announced`,
    place: what,
    words: `Its end is announced${version === undefined ? '' : ` with version ${version}`}: ${words.replace(/\.$/, '')}.${unsure}`,
    source: 'contract',
    kind: 'removal',
    announcedAt: at,
    effectiveOn: date ?? null,
    silent: false,
    evidence: { announced: { source, confidence, words, ...(date ? { date } : {}), ...(version === undefined ? {} : { version }) } },
    saidBy: `${platform}'s contract (${source})`,
  }
}

/** What was announced and is gone now. An announcement that stood there before anybody looked was known at least since the first version. */
async function fulfil(
  tx: Executor,
  platform: string,
  fulfilled: readonly [string, End][],
  at: Date,
  more: (identity: string) => Pick<NewNotice, 'reach' | 'steps'>,
): Promise<number> {
  if (fulfilled.length === 0) return 0
  const first = await firstPublishedAt(tx, platform)
  let recorded = 0
  for (const [identity, end] of fulfilled) {
    // Gone before its day, or long after one that had passed when we first looked: the day that counts is the one on which it went.
    const { date = dayOf(at) } = end.announcement
    const early = date > dayOf(at) || (first !== undefined && date < dayOf(first))
    const notice = {
      ...announcedNotice(platform, identity, end, first ?? at),
      ...more(identity),
      ...(early ? { saidAt: at } : {}),
      effectiveOn: early ? dayOf(at) : date,
    }
    if ((await recordNotice(tx, notice)) !== 'already recorded') recorded += 1
  }
  const identities = fulfilled.map(([identity]) => identity)
  await settleNotices(tx, platform, identities, 'effective', at, { goneOn: dayOf(at) })
  return recorded
}

/**
 * What the contract never said would end, and a header or a person did, is gone as it was told: by the day that was told, or by that of its going
 * when that was earlier or none was told.
 *
 * @returns identities that somebody was told of
 */
async function fulfilTold(
  tx: Executor,
  platform: string,
  gone: readonly string[],
  at: Date,
  more: (identity: string) => Pick<NewNotice, 'reach'>,
): Promise<Set<string>> {
  const told = await listToldEnds(tx, platform, gone)
  for (const { steps: _, ...notice } of told) {
    const early = notice.effectiveOn === null || notice.effectiveOn > dayOf(at)
    const { reach } = more(notice.identity)
    const gone = { effectiveOn: dayOf(at), saidAt: at, saidBy: `${platform}'s contract` }
    if (early) await recordNotice(tx, { ...notice, ...gone, ...(reach ? { reach } : {}) })
  }
  const identities = told.map(({ identity }) => identity)
  await settleNotices(tx, platform, identities, 'effective', at, { goneOn: dayOf(at) })
  return new Set(identities)
}

function foundNotice(platform: string, finding: Finding, at: Date): NewNotice {
  const { announced } = announcedBefore(finding)
  const position = positionOf(finding)
  return {
    platform,
    identity: identityOf(finding),
    rule: finding.rule,
    place: `${placeOf(finding)}${position === '' ? '' : `, ${position}`}`,
    words: describeFinding(finding),
    source: 'contract',
    kind: noticeKindOf(finding),
    announcedAt: at,
    effectiveOn: dayOf(at),
    silent: announced === undefined,
    evidence: announced && isObject(announced as never) ? { announced } : {},
    saidBy: `${platform}'s contract`,
  }
}

/** How the version that carries a change came to be believed. */
function stepsOf({ id, hash, firstReadAt, publishedAt, reads, source, origin }: ContractVersion): NonNullable<NewNotice['steps']> {
  const evidence = { version: id, hash, source, origin }
  const at = publishedAt ?? firstReadAt
  return [
    { step: 'observed', at: firstReadAt, evidence },
    ...(firstReadAt < at ? [{ step: 'quarantined' as const, at: firstReadAt, evidence }] : []),
    { step: 'confirmed', at, evidence: { ...evidence, reads } },
  ]
}
