import { type Day, termState } from '../../agreements/index.ts'
import type { Agreement, Integration, Workspace } from '../../workspace/index.ts'
import type { CalendarEvent } from './calendar.ts'

/** So long before its end an agreement reminds. */
const renewalDays = [90, 30, 7]

/**
 * What an organization's files put on its calendar: freezes and ends of its agreements, the last days on which one of them can be kept from renewing,
 * and reviews of known gaps. A day that is changed in a file is another event, so no file has to count its versions.
 *
 * @param organization sees agreements that it is a party of, and gaps of integrations of which it is a side; null: all
 * @param from leaves out what is over before
 */
export function agreedDays(
  workspace: Pick<Workspace, 'integrations' | 'agreements'>,
  organization: string | null,
  from: Day,
  today: Day,
): CalendarEvent[] {
  const agreements = [...workspace.agreements.values()].filter(
    ({ spec }) => spec.status === 'signed' && (organization === null || spec.parties.some((party) => party.organization === organization)),
  )
  const integrations = [...workspace.integrations.values()].filter(
    ({ spec }) => organization === null || spec.sides.some((side) => side.organization === organization),
  )
  return [...agreements.flatMap((one) => daysOfAgreement(one, today)), ...integrations.flatMap(reviewsOf)].filter(
    ({ time }) => 'from' in time && (time.to ?? time.from) >= from,
  )
}

function daysOfAgreement(agreement: Agreement, today: Day): CalendarEvent[] {
  const { metadata, spec } = agreement
  const { runsUntil, noticeBy } = termState(agreement, today)
  const at = new Date(`${spec.term.start}T00:00:00Z`)
  const base = (what: string, from: Day) => ({ ...plain(`agreement:${metadata.name}:${what}:${from}`, at), time: { from } })
  const freezes = spec.changes.freezes.map(({ from, until, reason }) => ({
    ...base(`freeze:${until}`, from),
    time: { from, to: until },
    summary: `No changes: ${reason}`,
    description: `Agreed in ${metadata.name}: nobody changes what the others rely on from ${from} to ${until}.`,
    category: 'FREEZE',
    remindDays: [14, 1],
  }))
  const renews = noticeBy !== undefined
  const end = {
    summary: `${metadata.name} ${renews ? 'renews unless somebody has said no' : 'ends'}`,
    description: renews ? `Last day to say that it does not renew: ${noticeBy}.` : 'The last day of its term.',
    category: 'RENEWAL',
    remindDays: renewalDays,
  }
  const sayNo = {
    summary: `${metadata.name}: last day to say that it does not renew`,
    description: `It renews after ${runsUntil}, for ${spec.term.renewsFor}.`,
    category: 'RENEWAL',
    remindDays: renewalDays,
  }
  return [
    ...freezes,
    ...(runsUntil === undefined ? [] : [{ ...base('end', runsUntil), ...end }]),
    ...(noticeBy === undefined || noticeBy === runsUntil ? [] : [{ ...base('say-no', noticeBy), ...sayNo }]),
  ]
}

function reviewsOf({ metadata, spec }: Integration): CalendarEvent[] {
  return spec.knownGaps
    .filter(({ closedOn }) => closedOn === undefined)
    .map(({ id, title, owner, risk, openedOn, reviewOn }) => ({
      ...plain(`gap:${metadata.name}:${id}:${reviewOn}`, new Date(`${openedOn ?? reviewOn}T00:00:00Z`)),
      time: { from: reviewOn },
      summary: `${metadata.name}: review of a known gap: ${title}`,
      description: `${risk}\nOwner: ${owner}.`,
      category: 'REVIEW',
      remindDays: [7],
    }))
}

const plain = (uid: string, at: Date) => ({ uid, sequence: 0, createdAt: at, changedAt: at, cancelled: false })
