import { sql } from 'kysely'
import { type Executor, uuidv7 } from '../database/index.ts'
import type { ImportedHours } from './import-hours.ts'
import type { Activity, RecordedHours, WorkHours } from './work-hours.ts'

/** Adds rows; those with an import key that is there already are left out. @returns how many were new */
export async function insertHours(
  executor: Executor,
  entries: readonly (WorkHours & Partial<Pick<ImportedHours, 'importKey'>>)[],
  recordedBy: string,
): Promise<number> {
  if (entries.length === 0) return 0
  const rows = entries.map(
    (entry) => sql`(${uuidv7()}::uuid, ${entry.organization}, ${entry.plan ?? null}, ${entry.integration ?? null}, ${entry.activity},
      ${entry.sourcing}, ${entry.hours}::numeric, ${entry.workedOn}::date, ${entry.change ?? null}, ${entry.incident ?? null},
      ${entry.person ?? null}, ${entry.note ?? null}, ${entry.importKey ?? null}, ${recordedBy})`,
  )
  const { numAffectedRows } = await sql`
    -- planning.insertHours
    insert into work_hours
      (id, organization, plan, integration, activity, sourcing, hours, worked_on, change, incident, person, note, import_key, recorded_by)
    values ${sql.join(rows)}
    on conflict (import_key) do nothing`.execute(executor)
  return Number(numAffectedRows ?? 0)
}

export interface HoursFilter {
  /** null: of every organization. */
  organization: string | null
  plan?: string | undefined
  integration?: string | undefined
}

const conditions = ({ organization, plan, integration }: HoursFilter) => sql`
  (${organization}::text is null or organization = ${organization})
  and (${plan ?? null}::text is null or plan = ${plan ?? null})
  and (${integration ?? null}::text is null or integration = ${integration ?? null})`

/** Newest work first. */
export async function listHours(executor: Executor, filter: HoursFilter, limit: number): Promise<RecordedHours[]> {
  const { rows } = await sql<Record<keyof RecordedHours, unknown>>`
    -- planning.listHours
    select id, organization, plan, integration, activity, sourcing, hours::float8 as hours, to_char(worked_on, 'YYYY-MM-DD') as "workedOn",
      change, incident, person, note, recorded_by as "recordedBy", recorded_at as "recordedAt"
    from work_hours
    where ${conditions(filter)}
    order by worked_on desc, id desc
    limit ${limit}`.execute(executor)
  return rows.map((row) => Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null)) as unknown as RecordedHours)
}

/** Hours of one organization, bridge, activity and sourcing. */
export interface HoursSum {
  organization: string
  plan: string | null
  integration: string | null
  activity: Activity
  sourcing: 'internal' | 'outsourced'
  hours: number
  firstOn: string
  lastOn: string
}

export async function sumHours(executor: Executor, filter: HoursFilter): Promise<HoursSum[]> {
  const { rows } = await sql<HoursSum>`
    -- planning.sumHours
    select organization, plan, integration, activity, sourcing, sum(hours)::float8 as hours,
      to_char(min(worked_on), 'YYYY-MM-DD') as "firstOn", to_char(max(worked_on), 'YYYY-MM-DD') as "lastOn"
    from work_hours
    where ${conditions(filter)}
    group by organization, plan, integration, activity, sourcing
    order by coalesce(integration, plan), activity, organization, sourcing`.execute(executor)
  return rows
}

/** Build hours of a plan, or of its integration, until the day of its launch. Maintenance after it is no build. */
export async function sumBuildHours(executor: Executor, plan: string, integration: string | undefined, untilDay: string): Promise<number> {
  const { rows } = await sql<{ hours: number }>`
    -- planning.sumBuildHours
    select coalesce(sum(hours), 0)::float8 as hours
    from work_hours
    where activity = 'build' and worked_on <= ${untilDay}::date
      and (plan = ${plan} or (plan is null and integration = ${integration ?? null}))`.execute(executor)
  return rows[0]!.hours
}
