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
  // One parameter for all rows: a timesheet of ten thousand lines has more values than a statement can have parameters.
  const rows = entries.map((entry) => ({ id: uuidv7(), ...entry }))
  const { numAffectedRows } = await sql`
    -- planning.insertHours
    insert into work_hours
      (id, organization, plan, integration, activity, sourcing, hours, worked_on, change, incident, person, note, import_key, recorded_by)
    select id, organization, plan, integration, activity, sourcing, hours, "workedOn", change, incident, person, note, "importKey", ${recordedBy}
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as entry (
      id uuid, organization text, plan text, integration text, activity text, sourcing text, hours numeric, "workedOn" date,
      change text, incident text, person text, note text, "importKey" text)
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

/** Newest work first. @param page before: only what comes after this entry in the order */
export async function listHours(
  executor: Executor,
  filter: HoursFilter,
  { limit, before }: { limit: number; before?: string | undefined },
): Promise<RecordedHours[]> {
  const { rows } = await sql<Record<keyof RecordedHours, unknown>>`
    -- planning.listHours
    select id, organization, plan, integration, activity, sourcing, hours::float8 as hours, to_char(worked_on, 'YYYY-MM-DD') as "workedOn",
      change, incident, person, note, recorded_by as "recordedBy", recorded_at as "recordedAt"
    from work_hours
    where ${conditions(filter)}
      and (${before ?? null}::uuid is null or (worked_on, id) < (select worked_on, id from work_hours where id = ${before ?? null}::uuid))
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

export interface LaunchedHours {
  /** Until the day of the launch: maintenance after it is no build. */
  buildHours: number
  /** After the day of the launch. */
  maintenanceHours: number
}

/** Hours of launched plans, or of their integrations where an entry names no plan. @returns by name of the plan */
export async function sumHoursOfPlans(
  executor: Executor,
  plans: readonly { name: string; integration: string | undefined; launchedOn: string }[],
  untilDay: string,
): Promise<ReadonlyMap<string, LaunchedHours>> {
  if (plans.length === 0) return new Map()
  const { rows } = await sql<LaunchedHours & { plan: string }>`
    -- planning.sumHoursOfPlans
    select launched.name as plan,
      coalesce(sum(hours) filter (where activity = 'build' and worked_on <= launched_on), 0)::float8 as "buildHours",
      coalesce(sum(hours) filter (where activity = 'maintenance' and worked_on > launched_on and worked_on <= ${untilDay}::date), 0)::float8
        as "maintenanceHours"
    from unnest(
      ${plans.map(({ name }) => name)}::text[],
      ${plans.map(({ integration }) => integration ?? null)}::text[],
      ${plans.map(({ launchedOn }) => launchedOn)}::date[]
    ) as launched (name, of_integration, launched_on)
    left join work_hours on plan = name or (plan is null and integration = of_integration)
    group by launched.name`.execute(executor)
  return new Map(rows.map(({ plan, ...hours }) => [plan, hours]))
}
