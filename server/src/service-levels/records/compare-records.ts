import type { Day } from '../../agreements/index.ts'

export type RecordKind = 'calls' | 'webhooks'

/** What one side has written down: so many of an operation with a status on a day, or one item by a key that both know. */
export interface SideRecord {
  day: Day
  /** As the contract names it: POST /orders, or the name of an event. */
  operation: string
  /** Of the answer; null: not known, or asked. */
  status: number | null
  count: number
  /** Idempotency key of a call, or the sender's id of a webhook. */
  key?: string | undefined
}

/** Of ours; `uncertain`: sent, and no answer came. */
export interface OwnRecord extends SideRecord {
  uncertain: boolean
  /** Arrived, and why it came no further. */
  problem?: string | null
}

export interface Difference {
  day: Day
  operation: string
  status: number | null
  key: string | null
  theirs: number
  ours: number
  says: string
}

export interface Comparison {
  theirs: number
  ours: number
  agreed: number
  differing: number
  uncertain: number
  differences: Difference[]
  /** Day → how many differ. */
  byDay: Map<Day, number>
}

/**
 * Holds one side's records against ours. Items that carry a key are compared one by one, the others as counts by day, operation and status; an
 * event whose status alone differs differs once. A call that was sent and never answered may have arrived or not: it explains a surplus of theirs,
 * and is never a difference of its own.
 *
 * @param ours of the same days; where theirs has keys, with keys
 */
export function compareRecords(theirs: readonly SideRecord[], ours: readonly OwnRecord[]): Comparison {
  const parts = [
    compareItems(
      theirs.filter(({ key }) => key !== undefined),
      ours.filter(({ key }) => key !== undefined),
    ),
    compareCounts(
      theirs.filter(({ key }) => key === undefined),
      ours.filter(({ key }) => key === undefined),
    ),
  ]
  const sum = (read: (part: Part) => number) => parts.reduce((total, part) => total + read(part), 0)
  const byDay = new Map<Day, number>()
  for (const { byDay: days } of parts) for (const [day, count] of days) byDay.set(day, (byDay.get(day) ?? 0) + count)
  return {
    theirs: total(theirs),
    ours: total(ours.filter(({ uncertain }) => !uncertain)),
    agreed: sum(({ agreed }) => agreed),
    differing: [...byDay.values()].reduce((a, b) => a + b, 0),
    uncertain: sum(({ uncertain }) => uncertain),
    differences: parts
      .flatMap(({ differences }) => differences)
      .sort((a, b) => compareText(a.day, b.day) || compareText(a.operation, b.operation) || compareText(a.key ?? '', b.key ?? '')),
    byDay,
  }
}

interface Part {
  agreed: number
  uncertain: number
  byDay: Map<Day, number>
  differences: Difference[]
}

const total = (records: readonly { count: number }[]): number => records.reduce((sum, { count }) => sum + count, 0)
const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

function compareCounts(theirs: readonly SideRecord[], ours: readonly OwnRecord[]): Part {
  const part: Part = { agreed: 0, uncertain: 0, byDay: new Map(), differences: [] }
  const place = ({ day, operation }: SideRecord) => JSON.stringify([day, operation])
  const [mine, yours] = [Map.groupBy(ours, place), Map.groupBy(theirs, place)]
  for (const at of new Set([...mine.keys(), ...yours.keys()])) {
    const [day, operation] = JSON.parse(at) as [Day, string]
    const [own, other] = [mine.get(at) ?? [], yours.get(at) ?? []]
    const sure = own.filter(({ uncertain }) => !uncertain)
    let unanswered = total(own.filter(({ uncertain }) => uncertain))
    part.uncertain += unanswered
    const statuses = [...new Set([...sure, ...other].map(({ status }) => status))].sort((a, b) => (a ?? 0) - (b ?? 0))
    let [surplus, missing] = [0, 0]
    for (const status of statuses) {
      const count = (some: readonly SideRecord[]) => total(some.filter((one) => one.status === status))
      const [here, there] = [count(sure), count(other)]
      part.agreed += Math.min(here, there)
      const explained = Math.min(unanswered, Math.max(0, there - here))
      unanswered -= explained
      const more = there - here - explained
      if (more > 0) surplus += more
      else missing -= more
      if (more !== 0) part.differences.push({ day, operation, status, key: null, theirs: there, ours: here, says: inWords(more) })
    }
    const differing = Math.max(surplus, missing)
    if (differing > 0) part.byDay.set(day, (part.byDay.get(day) ?? 0) + differing)
  }
  return part
}

const inWords = (more: number): string =>
  more > 0
    ? `${more} more in the records handed in than went or came through the bridge`
    : `${-more} more at the bridge than in the records handed in`

/** By key: whether both know it, and whether its last status is the same. */
function compareItems(theirs: readonly SideRecord[], ours: readonly OwnRecord[]): Part {
  const part: Part = { agreed: 0, uncertain: 0, byDay: new Map(), differences: [] }
  if (theirs.length === 0) return part
  const keyOf = ({ key }: SideRecord) => key!
  const [mine, yours] = [Map.groupBy(ours, keyOf), Map.groupBy(theirs, keyOf)]
  const differ = (record: SideRecord, counts: { theirs: number; ours: number }, says: string) => {
    const { day, operation, status, key } = record
    part.byDay.set(day, (part.byDay.get(day) ?? 0) + 1)
    part.differences.push({ day, operation, status, key: key!, ...counts, says })
  }
  for (const [key, records] of yours) {
    const [last, own] = [records.at(-1)!, mine.get(key)]
    if (!own) differ(last, { theirs: records.length, ours: 0 }, 'the bridge knows nothing of it')
    else if (own.at(-1)!.problem)
      differ(last, { theirs: records.length, ours: own.length }, `it arrived, and came no further: ${own.at(-1)!.problem}`)
    else if (own.at(-1)!.uncertain) part.uncertain += 1
    else if (last.status !== null && own.at(-1)!.status !== null && last.status !== own.at(-1)!.status)
      differ(
        last,
        { theirs: records.length, ours: own.length },
        `the records handed in say ${last.status}, the bridge saw ${own.at(-1)!.status}`,
      )
    else part.agreed += 1
  }
  for (const [key, own] of mine) {
    if (yours.has(key)) continue
    if (own.at(-1)!.uncertain) part.uncertain += 1
    else differ(own.at(-1)!, { theirs: 0, ours: own.length }, 'the records handed in know nothing of it')
  }
  return part
}
