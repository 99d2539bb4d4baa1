import { sql } from 'kysely'
import { type Executor, uuidv7 } from '../database/index.ts'
import type { DrillFact } from './facts.ts'

export interface NewDrill {
  integration: string
  kind: DrillFact['kind']
  side: string
  heldAt: Date
  /** Absent: no human answered. */
  answer?: { by: string; afterMs: number }
  evidence?: string
  note?: string
  recordedBy: string
}

export interface Drill {
  id: string
  kind: DrillFact['kind']
  side: string
  heldAt: string
  answeredBy: string | null
  answeredAfterMs: number | null
  evidence: string | null
  note: string | null
  recordedBy: string
}

export async function insertDrill(executor: Executor, drill: NewDrill, now: Date): Promise<string> {
  const id = uuidv7()
  await sql`
    -- readiness.insertDrill
    insert into drill (id, integration, kind, side, held_at, answered_by, answered_after_ms, evidence, note, recorded_by, recorded_at)
    values (${id}::uuid, ${drill.integration}, ${drill.kind}, ${drill.side}, ${drill.heldAt}::timestamptz, ${drill.answer?.by ?? null},
            ${drill.answer?.afterMs ?? null}::bigint, ${drill.evidence ?? null}, ${drill.note ?? null}, ${drill.recordedBy}, ${now}::timestamptz)`.execute(
    executor,
  )
  return id
}

/** Newest first. @param page before: only what comes after this drill in the order */
export async function listDrills(
  executor: Executor,
  integration: string,
  { limit, before }: { limit: number; before?: string | undefined },
): Promise<Drill[]> {
  const older = before
    ? sql`(held_at, id) < (select held_at, id from drill where id = ${before}::uuid and integration = ${integration})`
    : sql`true`
  const { rows } = await sql<Omit<Drill, 'heldAt'> & { heldAt: Date }>`
    -- readiness.listDrills
    select id, kind, side, held_at as "heldAt", answered_by as "answeredBy", answered_after_ms::float8 as "answeredAfterMs", evidence, note,
      recorded_by as "recordedBy"
    from drill where integration = ${integration} and ${older} order by held_at desc, id desc limit ${limit}`.execute(executor)
  return rows.map(({ heldAt, ...row }) => ({ ...row, heldAt: heldAt.toISOString() }))
}

/** Drills of the last year; no check looks further back. An entry for each name given, empty where nobody was called. */
export async function readDrillFacts(executor: Executor, names: readonly string[], now: Date): Promise<Map<string, DrillFact[]>> {
  const { rows } = await sql<{ integration: string; kind: DrillFact['kind']; side: string; on: string; answeredAfterMs: number | null }>`
    -- readiness.readDrillFacts
    select integration, kind, side, to_char(held_at at time zone 'UTC', 'YYYY-MM-DD') as on, answered_after_ms::float8 as "answeredAfterMs"
    from drill where integration = any(${[...names]}::text[]) and held_at >= ${now}::timestamptz - interval '365 days'
    order by held_at, id`.execute(executor)
  const facts = new Map<string, DrillFact[]>(names.map((name) => [name, []]))
  for (const { integration, answeredAfterMs, ...drill } of rows)
    facts.get(integration)!.push(answeredAfterMs === null ? drill : { ...drill, answeredAfterMs })
  return facts
}
