import { type Database, storableText } from '../../database/index.ts'
import { addRecordings, type RecordingRow } from '../recordings/queries.ts'
import type { Recording } from '../recordings/record-message.ts'
import type { Checked } from './check-message.ts'
import { type Deviation, type DriftPlace, identityOfDeviation } from './deviation.ts'
import { addCoverage, addSightings, type CoverageRow, closeDrift, type SightingRow } from './queries.ts'

/** Fewer clean messages say nothing. */
export const leastChecked = 20
const quietMs = 86_400_000
const closeEveryMs = 60_000
const maxRows = 10_000
/** What the database refuses again and again is forgotten: samples are not worth more. */
const maxAttempts = 10

type At = DriftPlace & Pick<CoverageRow, 'instanceId' | 'contract'>

/** Collects what was received, checked and found, and adds it to what is stored. Memory is bounded; what the database refuses is tried again. */
export interface Flush {
  received(key: string, at: At): void
  checked(key: string, at: At, checked: Checked, recordings?: readonly Recording[]): void
  write(): Promise<void>
}

export function createFlush(parts: { database: Database; onProblem(error: unknown): void; now(): number }): Flush {
  const { database, onProblem, now } = parts
  let coverage = new Map<string, CoverageRow>()
  let sightings = new Map<string, SightingRow>()
  let recorded = new Map<string, RecordingRow>()
  let closedMs = 0
  let failures = 0
  let writing: Promise<void> = Promise.resolve()

  const rowOf = (key: string, at: At): CoverageRow | undefined => {
    const known = coverage.get(key)
    if (known) return known
    if (coverage.size >= maxRows) return undefined
    const fresh = { ...at, described: true, received: 0, checked: 0, lastAt: new Date(now()) }
    coverage.set(key, fresh)
    return fresh
  }
  const see = (key: string, at: At, deviation: Deviation): void => {
    const identity = identityOfDeviation(at, deviation)
    const known = sightings.get(`${key}\n${identity}`)
    if (known) {
      known.seen += 1
      known.lastAt = new Date(now())
    } else if (sightings.size < maxRows) {
      const { kind, keyword, detail, expected, example } = deviation
      const [mediaType, field] = [storableText(deviation.mediaType), storableText(deviation.field).slice(0, 500)]
      const moment = new Date(now())
      const told = { identity, kind, mediaType, field, keyword, detail, expected, example, seen: 1, firstAt: moment, lastAt: moment }
      sightings.set(`${key}\n${identity}`, { ...at, ...told })
    }
  }
  const keep = (key: string, at: At, recording: Recording): void => {
    const { instanceId, contract: _, ...place } = at
    if (instanceId === null) return
    const moment = new Date(now())
    const row = {
      ...place,
      ...recording,
      instanceId,
      mediaType: storableText(recording.mediaType),
      seen: 1,
      firstAt: moment,
      lastAt: moment,
    }
    const known = recorded.get(`${key} ${recording.digest}`)
    if (known ?? recorded.size < maxRows) recorded.set(`${key} ${recording.digest}`, added(known, row))
  }
  const store = async (): Promise<void> => {
    const [seenCoverage, seenSightings, seenRecorded] = [coverage, sightings, recorded]
    ;[coverage, sightings, recorded] = [new Map(), new Map(), new Map()]
    try {
      if (seenCoverage.size > 0)
        await database.transaction(async (tx) => {
          await addCoverage(tx, [...seenCoverage.values()])
          if (seenSightings.size > 0) await addSightings(tx, [...seenSightings.values()])
          if (seenRecorded.size > 0) await addRecordings(tx, [...seenRecorded.values()])
        })
      failures = 0
      if (now() - closedMs < closeEveryMs) return
      closedMs = now()
      await closeDrift(database.executor, new Date(now()), { leastClean: leastChecked, quietMs })
    } catch (error) {
      onProblem(error)
      failures += 1
      if (failures >= maxAttempts) return
      for (const [key, row] of coverage) seenCoverage.set(key, added(seenCoverage.get(key), row))
      for (const [key, row] of sightings) seenSightings.set(key, added(seenSightings.get(key), row))
      for (const [key, row] of recorded) seenRecorded.set(key, added(seenRecorded.get(key), row))
      ;[coverage, sightings, recorded] = [seenCoverage, seenSightings, seenRecorded]
    }
  }
  return {
    received(key, at) {
      const row = rowOf(key, at)
      if (!row) return
      row.received += 1
      row.lastAt = new Date(now())
    },
    checked(key, at, { described, unchecked, deviations }, recordings = []) {
      const row = rowOf(key, at)
      if (!row) return
      if (unchecked === undefined) row.checked += 1
      row.contract = at.contract
      row.described = described
      for (const deviation of deviations) see(key, at, deviation)
      for (const recording of recordings) keep(key, at, recording)
    },
    write() {
      writing = writing.then(store)
      return writing
    },
  }
}

function added<Row extends CoverageRow | SightingRow | RecordingRow>(before: Row | undefined, row: Row): Row {
  if (!before) return row
  if ('received' in before && 'received' in row)
    return { ...row, received: before.received + row.received, checked: before.checked + row.checked }
  if ('seen' in before && 'seen' in row) return { ...row, seen: before.seen + row.seen, firstAt: before.firstAt }
  return row
}
