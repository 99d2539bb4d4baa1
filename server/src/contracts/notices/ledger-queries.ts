import { sql } from 'kysely'
import { type Executor, storableJson, type Transaction } from '../../database/index.ts'
import type { MovingNotice } from './due-move.ts'
import type { NoticeKind } from './judge-notice.ts'

export interface LedgerNotice extends MovingNotice {
  id: string
  platform: string
  place: string
  words: string
  kind: NoticeKind
  /** Integrations that the change touches; null: all that bridge the platform. */
  reach: string[] | null
}

export interface LedgerParty {
  noticeId: string
  organization: string
  integrations: string[]
  answerDueOn: string | null
  answeredAt: Date | null
  level: number
  escalateOn: string | null
}

export type NoticeStep =
  | 'observed'
  | 'quarantined'
  | 'confirmed'
  | 'noticed'
  | 'reminded'
  | 'acknowledged'
  | 'objected'
  | 'consented'
  | 'escalated'
  | 'moved'
  | 'effective'
  | 'closed'
  | 'withdrawn'

export interface NewStep {
  noticeId: string
  step: NoticeStep
  at: Date
  organization?: string
  evidence?: Record<string, unknown>
}

/** One mover at a time in all processes. The lock ends with its transaction, so a mover that is killed keeps nobody waiting. */
export async function tryToMove(tx: Transaction): Promise<boolean> {
  const { rows } = await sql<{ mine: boolean }>`
    -- contracts.tryToMove
    select pg_try_advisory_xact_lock(hashtextextended('contracts.moveNotices', 0)) as mine`.execute(tx)
  return rows[0]!.mine
}

/** Those whose time has come, oldest first. Read by an index over what will still move, so history costs nothing. */
export async function takeDueNotices(tx: Transaction, now: Date, limit: number): Promise<LedgerNotice[]> {
  const { rows } = await sql<LedgerNotice>`
    -- contracts.takeDueNotices
    select id, platform, place, words, kind, silent, state, to_char(effective_on, 'YYYY-MM-DD') as "effectiveOn", sequence,
      told_sequence as "toldSequence", reminded_days as "remindedDays", reach
    from contract_notice where next_move_at <= ${now} order by next_move_at, id limit ${limit} for update`.execute(tx)
  return rows
}

export async function listParties(executor: Executor, noticeIds: readonly string[]): Promise<LedgerParty[]> {
  const { rows } = await sql<LedgerParty>`
    -- contracts.listParties
    select notice_id as "noticeId", organization, integrations, to_char(answer_due_on, 'YYYY-MM-DD') as "answerDueOn", answered_at as "answeredAt",
      level, to_char(escalate_on, 'YYYY-MM-DD') as "escalateOn"
    from contract_notice_party where notice_id = any(${[...noticeIds]}::uuid[]) order by notice_id, organization`.execute(executor)
  return rows
}

/** Who answered before it was told has answered. Of who is known already, only the integrations change. */
export async function addParties(tx: Transaction, parties: readonly LedgerParty[], at: Date): Promise<void> {
  if (parties.length === 0) return
  await sql`
    -- contracts.addParties
    insert into contract_notice_party (notice_id, organization, integrations, told_at, answer_due_on, answered_at, escalate_on)
    select p."noticeId", p.organization, p.integrations, ${at}, p."answerDueOn", a.at, case when a.at is null then p."escalateOn" end
    from jsonb_to_recordset(${JSON.stringify(parties)}::jsonb)
        as p ("noticeId" uuid, organization text, integrations text[], "answerDueOn" date, "escalateOn" date)
      left join lateral (select min(answered_at) as at from contract_acknowledgement
        where notice_id = p."noticeId" and organization = p.organization) a on true
    on conflict (notice_id, organization) do update set integrations = excluded.integrations`.execute(tx)
}

export async function escalateParties(tx: Transaction, parties: readonly LedgerParty[]): Promise<void> {
  if (parties.length === 0) return
  await sql`
    -- contracts.escalateParties
    update contract_notice_party q set level = p.level, escalate_on = p."escalateOn"
    from jsonb_to_recordset(${JSON.stringify(parties)}::jsonb) as p ("noticeId" uuid, organization text, level int, "escalateOn" date)
    where q.notice_id = p."noticeId" and q.organization = p.organization`.execute(tx)
}

export async function saveMoves(
  tx: Transaction,
  moves: readonly (Pick<LedgerNotice, 'id' | 'state' | 'toldSequence' | 'remindedDays'> & { nextMoveAt: string | null })[],
): Promise<void> {
  await sql`
    -- contracts.saveMoves
    update contract_notice n set state = m.state, told_sequence = m."toldSequence", reminded_days = m."remindedDays", next_move_at = m."nextMoveAt"
    from jsonb_to_recordset(${JSON.stringify(moves)}::jsonb)
      as m (id uuid, state text, "toldSequence" int, "remindedDays" int, "nextMoveAt" timestamptz)
    where n.id = m.id`.execute(tx)
}

/** In the order given, after what is there. The caller holds the notices' rows, so numbers don't collide. */
export async function addSteps(tx: Executor, steps: readonly NewStep[]): Promise<void> {
  if (steps.length === 0) return
  const rows = steps.map((step, index) => ({ evidence: {}, ...step, index }))
  await sql`
    -- contracts.addSteps
    insert into contract_notice_step (notice_id, number, step, at, organization, evidence)
    select s."noticeId", coalesce((select max(number) from contract_notice_step o where o.notice_id = s."noticeId"), 0)
      + row_number() over (partition by s."noticeId" order by s.index), s.step, s.at, s.organization, s.evidence
    from jsonb_to_recordset(${storableJson(rows)}::jsonb)
      as s ("noticeId" uuid, step text, at timestamptz, organization text, evidence jsonb, index int)`.execute(tx)
}
