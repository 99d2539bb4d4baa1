import { sql } from 'kysely'
import { type Executor, storableJson, type Transaction } from '../../database/index.ts'
import type { Alert } from './alert.ts'

/** One watcher at a time in all processes; the lock ends with its transaction. */
export async function tryToWatch(tx: Transaction): Promise<boolean> {
  const { rows } = await sql<{ mine: boolean }>`
    -- serviceLevels.tryToWatch
    select pg_try_advisory_xact_lock(hashtextextended('serviceLevels.watchBudgets', 0)) as mine`.execute(tx)
  return rows[0]!.mine
}

export interface AlertQuery {
  integrations: readonly string[]
  /** Left out: open ones alone. */
  endedSince?: Date
  id?: string
  limit?: number
}

/** Open ones first, then newest first. */
export async function listAlerts(executor: Executor, { integrations, endedSince, id, limit }: AlertQuery): Promise<Alert[]> {
  const { rows } = await sql<{ alert: Alert }>`
    -- serviceLevels.listAlerts
    select jsonb_build_object('id', a.id, 'integration', a.integration, 'subject', a.subject, 'severity', a.severity, 'state', a.state,
      'startedAt', ${iso('a.started_at')}, 'seenAt', ${iso('a.seen_at')}, 'endedAt', ${iso('a.ended_at')}, 'endedBecause', a.ended_because,
      'evidence', a.evidence, 'parties', (
        select coalesce(jsonb_agg(jsonb_build_object('organization', organization, 'called', called, 'level', level,
          'escalateAt', ${iso('escalate_at')}, 'acknowledgedAt', ${iso('acknowledged_at')}, 'acknowledgedBy', acknowledged_by, 'note', note)
          order by organization), '[]') from service_level_alert_party where alert_id = a.id)) as alert
    from service_level_alert a
    where a.integration = any(${[...integrations]}::text[]) and (${id ?? null}::uuid is null or a.id = ${id ?? null})
      and (a.ended_at is null or a.ended_at >= ${endedSince ?? null}::timestamptz)
    order by a.ended_at is null desc, a.started_at desc, a.id limit ${limit ?? null}::int`.execute(executor)
  return rows.map(({ alert }) => alert)
}

const iso = (column: string) => sql`to_char(${sql.raw(column)} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`

/** Writes alerts and their parties as they stand now. What a person has answered meanwhile is kept. */
export async function saveAlerts(tx: Transaction, alerts: readonly Alert[]): Promise<void> {
  if (alerts.length === 0) return
  await sql`
    -- serviceLevels.saveAlerts
    insert into service_level_alert as a (id, integration, subject, severity, state, started_at, seen_at, ended_at, ended_because, evidence)
    select * from jsonb_to_recordset(${storableJson(alerts)}::jsonb) as r (id uuid, integration text, subject text, severity text, state text,
      "startedAt" timestamptz, "seenAt" timestamptz, "endedAt" timestamptz, "endedBecause" text, evidence jsonb)
    on conflict (id) do update set severity = excluded.severity, state = excluded.state, seen_at = excluded.seen_at,
      ended_at = excluded.ended_at, ended_because = excluded.ended_because, evidence = excluded.evidence`.execute(tx)
  const parties = alerts.flatMap(({ id, parties: all }) => all.map((party) => ({ alert: id, ...party })))
  await sql`
    -- serviceLevels.saveAlertParties
    insert into service_level_alert_party as p (alert_id, organization, called, level, escalate_at)
    select * from jsonb_to_recordset(${storableJson(parties)}::jsonb)
      as r (alert uuid, organization text, called boolean, level int, "escalateAt" timestamptz)
    on conflict (alert_id, organization) do update set called = p.called or excluded.called, level = excluded.level,
      escalate_at = case when p.acknowledged_at is null then excluded.escalate_at end`.execute(tx)
}

/** Ends the calling at one side. @returns false when somebody there had answered before */
export async function saveAcknowledgement(
  tx: Transaction,
  { alert, organization, by, note, at }: { alert: string; organization: string; by: string; note: string | null; at: Date },
): Promise<boolean> {
  const { rows } = await sql`
    -- serviceLevels.acknowledgeAlert
    insert into service_level_alert_party as p (alert_id, organization, called, acknowledged_at, acknowledged_by, note)
    values (${alert}, ${organization}, false, ${at}, ${by}, ${note})
    on conflict (alert_id, organization) do update
    set acknowledged_at = excluded.acknowledged_at, acknowledged_by = excluded.acknowledged_by, note = excluded.note, escalate_at = null
    where p.acknowledged_at is null returning 1`.execute(tx)
  return rows.length > 0
}

/** Of the newest self-test of each integration. */
export interface AlertTest {
  integration: string
  testedAt: Date
  outcome: 'raised' | 'not-raised' | 'nobody-to-call'
  detail: string | null
}

export async function listAlertTests(executor: Executor, integrations: readonly string[]): Promise<AlertTest[]> {
  const { rows } = await sql<AlertTest>`
    -- serviceLevels.listAlertTests
    select integration, tested_at as "testedAt", outcome, detail from service_level_alert_test
    where integration = any(${[...integrations]}::text[])`.execute(executor)
  return rows
}

export async function saveAlertTest(tx: Transaction, { integration, testedAt, outcome, detail }: AlertTest): Promise<void> {
  await sql`
    -- serviceLevels.saveAlertTest
    insert into service_level_alert_test (integration, tested_at, outcome, detail) values (${integration}, ${testedAt}, ${outcome}, ${detail})
    on conflict (integration) do update set tested_at = excluded.tested_at, outcome = excluded.outcome, detail = excluded.detail`.execute(
    tx,
  )
}
