import { addDays, type Day, daysBetween } from '../../agreements/index.ts'
import { type Database, uuidv7 } from '../../database/index.ts'
import type { Workspace } from '../../workspace/index.ts'
import { errors } from '../errors.ts'
import { compareRecords, type Difference, type SideRecord } from './compare-records.ts'
import {
  keptSince,
  listDifferences,
  listReconciliations,
  ownRecords,
  type Reconciliation,
  type Span,
  saveReconciliation,
} from './queries.ts'

const maxDays = 31

export interface HandIn extends Span {
  organization: string
  by: string
  records: readonly SideRecord[]
}

/**
 * Takes a side's own records of some whole days (UTC), holds them against what the bridge has recorded, and keeps what both agree on and where
 * they differ. Handed in again, the same days are compared anew and count once.
 *
 * @throws service-levels.records_of_other_days, records_too_old, records_of_today
 */
export async function handIn(database: Database, wanted: HandIn, now: Date): Promise<Reconciliation & { differences: Difference[] }> {
  const { integration, organization, platform, kind, from, until, by, records } = wanted
  const today = now.toISOString().slice(0, 10)
  const outside = records.find(({ day }) => day < from || day > until)
  if (outside || until < from || daysBetween(from, until) >= maxDays)
    throw errors.records_of_other_days({ from, until, found: outside?.day ?? `${from} to ${until}`, maxDays })
  if (until >= today) throw errors.records_of_today({ until, yesterday: addDays(today, -1) })
  const since = await keptSince(database.executor, kind)
  const oldest: Day | undefined = since?.toISOString().slice(0, 10)
  if (oldest === undefined || from < oldest) throw errors.records_too_old({ from, oldest: oldest ?? 'none' })
  const keyed = records.some(({ key }) => key !== undefined)
  const allKeyed = records.every(({ key }) => key !== undefined)
  return database.transaction(async (tx) => {
    const ours = [
      ...(keyed ? await ownRecords(tx, wanted, true, false) : []),
      // Where every record has a key, only calls with one can be found among them.
      ...(keyed && (allKeyed || kind === 'webhooks') ? [] : await ownRecords(tx, wanted, false, !keyed)),
    ]
    const found = compareRecords(kind === 'webhooks' ? records.map((one) => ({ ...one, status: null })) : records, ours)
    const row = { id: uuidv7(), integration, organization, platform, kind, from, until, handedInBy: by }
    await saveReconciliation(tx, row, found, now)
    const [saved] = await listReconciliations(tx, integration, { id: row.id })
    return { ...saved!, differences: await listDifferences(tx, row.id) }
  })
}

/** Who may hand in records of a platform: its owner, as a side of the integration. */
export const ownerOf = (workspace: Workspace, integration: string, platform: string): string | undefined =>
  workspace.integrations.get(integration)?.spec.sides.some((side) => side.platforms.includes(platform))
    ? workspace.platforms.get(platform)?.spec.owner
    : undefined
