import { sql } from 'kysely'
import { type Executor, type Transaction, uuidv7 } from '../../database/index.ts'
import type { Workspace } from '../../workspace/index.ts'
import { type ExcusedTime, excusedTimes, type JudgedWindow, judgeMaintenance, type MaintenanceWindow } from './judge-maintenance.ts'

const columns = sql`id, platform, organization, ${iso('starts_at')} as "startsAt", ${iso('ends_at')} as "endsAt", reason,
  ${iso('announced_at')} as "announcedAt", announced_by as "announcedBy", ${iso('withdrawn_at')} as "withdrawnAt"`

function iso(column: string) {
  return sql`to_char(${sql.raw(column)} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`
}

export interface DeclaredWindow {
  platform: string
  organization: string
  fileId: string
  startsAt: string
  endsAt: string
  reason: string
}

/**
 * Keeps what the files declare: what is new is announced now, whatever day the file hopes for; what is gone or has moved before it began is
 * withdrawn. Twice is harmless.
 *
 * @returns what is new, and what was withdrawn
 */
export async function recordDeclared(
  tx: Transaction,
  declared: readonly DeclaredWindow[],
  now: Date,
): Promise<{ announced: MaintenanceWindow[]; withdrawn: MaintenanceWindow[] }> {
  const rows = JSON.stringify(declared.map((one) => ({ id: uuidv7(), ...one })))
  const withdrawn = await sql<MaintenanceWindow>`
    -- serviceLevels.withdrawUndeclared
    update maintenance_window w set withdrawn_at = ${now}
    where file_id is not null and withdrawn_at is null and starts_at > ${now} and not exists (
      select from jsonb_to_recordset(${rows}::jsonb) as r (platform text, "fileId" text, "startsAt" timestamptz, "endsAt" timestamptz)
      where r.platform = w.platform and r."fileId" = w.file_id and r."startsAt" = w.starts_at and r."endsAt" = w.ends_at)
    returning ${columns}`.execute(tx)
  const announced = await sql<MaintenanceWindow>`
    -- serviceLevels.recordDeclared
    insert into maintenance_window (id, platform, organization, file_id, starts_at, ends_at, reason, announced_at, announced_by)
    select id, platform, organization, "fileId", "startsAt", "endsAt", reason, ${now}::timestamptz, 'the file of the platform'
    from jsonb_to_recordset(${rows}::jsonb) as r (id uuid, platform text, organization text, "fileId" text, "startsAt" timestamptz,
      "endsAt" timestamptz, reason text)
    on conflict do nothing returning ${columns}`.execute(tx)
  return { announced: announced.rows, withdrawn: withdrawn.rows }
}

export async function insertWindow(
  tx: Transaction,
  window: Omit<MaintenanceWindow, 'id' | 'announcedAt' | 'withdrawnAt'>,
  now: Date,
): Promise<MaintenanceWindow> {
  const { platform, organization, startsAt, endsAt, reason, announcedBy } = window
  const { rows } = await sql<MaintenanceWindow>`
    -- serviceLevels.announceMaintenance
    insert into maintenance_window (id, platform, organization, starts_at, ends_at, reason, announced_at, announced_by)
    values (${uuidv7()}, ${platform}, ${organization}, ${startsAt}, ${endsAt}, ${reason}, ${now}, ${announcedBy})
    returning ${columns}`.execute(tx)
  return rows[0]!
}

/** @returns undefined when it began, was withdrawn before, is declared in a file, or is none of that platform */
export async function withdrawWindow(tx: Transaction, platform: string, id: string, now: Date): Promise<MaintenanceWindow | undefined> {
  const { rows } = await sql<MaintenanceWindow>`
    -- serviceLevels.withdrawMaintenance
    update maintenance_window set withdrawn_at = ${now}
    where id = ${id} and platform = ${platform} and file_id is null and withdrawn_at is null and starts_at > ${now}
    returning ${columns}`.execute(tx)
  return rows[0]
}

/** By beginning. */
export async function listWindows(executor: Executor, platforms: readonly string[], from: Date, to: Date): Promise<MaintenanceWindow[]> {
  const { rows } = await sql<MaintenanceWindow>`
    -- serviceLevels.listMaintenance
    select ${columns} from maintenance_window
    where platform = any(${[...platforms]}::text[]) and ends_at > ${from} and starts_at < ${to} order by starts_at, id`.execute(executor)
  return rows
}

/** Integration → its windows as its agreement sees them, from the beginning of the month of `from` on. */
export async function readMaintenance(
  executor: Executor,
  workspace: Workspace,
  names: readonly string[],
  from: Date,
  to: Date,
): Promise<Map<string, JudgedWindow[]>> {
  const integrations = names.flatMap((name) => workspace.integrations.get(name) ?? [])
  const platforms = [...new Set(integrations.flatMap(({ spec }) => spec.sides.flatMap((side) => side.platforms)))]
  // The limit is that of a whole month, so what came earlier in it counts, too.
  const month = new Date(Date.UTC(from.getUTCFullYear(), from.getUTCMonth(), 1))
  const windows = await listWindows(executor, platforms, month, to)
  return new Map(integrations.map((one) => [one.metadata.name, judgeMaintenance(one, workspace, windows)]))
}

export const excusedOf = (maintenance: ReadonlyMap<string, readonly JudgedWindow[]>): ExcusedTime[] =>
  [...maintenance].flatMap(([name, judged]) => excusedTimes(name, judged))
