import { sql } from 'kysely'
import { type Executor, uuidv7 } from '../../database/index.ts'
import type { NoticeKind } from './judge-notice.ts'

export interface Notice {
  id: string
  platform: string
  identity: string
  rule: string
  place: string
  words: string
  source: 'header' | 'contract' | 'person'
  kind: NoticeKind
  announcedAt: Date
  /** `YYYY-MM-DD`; null while nobody has said. */
  effectiveOn: string | null
  silent: boolean
  state: 'noticed' | 'effective' | 'closed' | 'withdrawn'
  evidence: Record<string, unknown>
  answers: { organization: string; person: string; answer: Answer; note: string | null; answeredAt: string }[]
  /** Every date that was ever given, oldest first: one that slipped keeps its history. */
  dates: { effectiveOn: string | null; saidAt: string; saidBy: string }[]
}
export type Answer = 'acknowledged' | 'objected' | 'consented'

export type NewNotice = Omit<Notice, 'id' | 'state' | 'answers' | 'dates'> & { saidBy: string }

/**
 * Adds a notice, or, when the same is known, moves its date. What is silent stays so, and the first day of knowing stays.
 *
 * @returns whether anything is new: a notice or a date
 */
export async function recordNotice(executor: Executor, notice: NewNotice): Promise<'recorded' | 'moved' | 'already recorded'> {
  const { rows } = await sql<{ id: string; fresh: boolean; before: string | null }>`
    -- contracts.recordNotice
    with known as (select effective_on from contract_notice where platform = ${notice.platform} and identity = ${notice.identity})
    insert into contract_notice (id, platform, identity, rule, place, words, source, kind, announced_at, effective_on, silent, evidence)
    values (${uuidv7()}, ${notice.platform}, ${notice.identity}, ${notice.rule}, ${notice.place}, ${notice.words}, ${notice.source}, ${notice.kind},
      ${notice.announcedAt}, ${notice.effectiveOn}::date, ${notice.silent}, ${JSON.stringify(notice.evidence)}::jsonb)
    on conflict (platform, identity) do update set effective_on = coalesce(excluded.effective_on, contract_notice.effective_on)
    returning id, (xmax = 0) as fresh, (select to_char(effective_on, 'YYYY-MM-DD') from known) as before`.execute(executor)
  const { id, fresh, before } = rows[0]!
  if (!fresh && (notice.effectiveOn === null || notice.effectiveOn === before)) return 'already recorded'
  await sql`
    -- contracts.recordNoticeDate
    insert into contract_notice_date (notice_id, effective_on, said_at, said_by)
    values (${id}, ${notice.effectiveOn}::date, ${notice.announcedAt}, ${notice.saidBy}) on conflict do nothing`.execute(executor)
  return fresh ? 'recorded' : 'moved'
}

/** By day of effect, undated ones last. */
export async function listNotices(executor: Executor, platforms: readonly string[] | null): Promise<Notice[]> {
  const { rows } = await sql<Notice>`
    -- contracts.listNotices
    select id, platform, identity, rule, place, words, source, kind, announced_at as "announcedAt", to_char(effective_on, 'YYYY-MM-DD') as "effectiveOn",
      silent, state, evidence,
      coalesce((select jsonb_agg(jsonb_build_object('organization', organization, 'person', person, 'answer', answer, 'note', note, 'answeredAt', answered_at) order by answered_at)
        from contract_acknowledgement where notice_id = n.id), '[]') as answers,
      coalesce((select jsonb_agg(jsonb_build_object('effectiveOn', effective_on, 'saidAt', said_at, 'saidBy', said_by) order by said_at)
        from contract_notice_date where notice_id = n.id), '[]') as dates
    from contract_notice n where ${platforms}::text[] is null or platform = any(${platforms})
    order by effective_on nulls last, id`.execute(executor)
  return rows
}

/** A person's answer; the same again changes nothing. @returns false when there is no such notice */
export async function recordAnswer(
  executor: Executor,
  answer: { notice: string; organization: string; person: string; answer: Answer; note: string | null },
): Promise<boolean> {
  const { rows } = await sql`
    -- contracts.recordAnswer
    with known as (select id from contract_notice where id::text = ${answer.notice}),
      added as (insert into contract_acknowledgement (id, notice_id, organization, person, answer, note)
        select ${uuidv7()}, id, ${answer.organization}, ${answer.person}, ${answer.answer}, ${answer.note} from known on conflict do nothing)
    select id from known`.execute(executor)
  return rows.length > 0
}
