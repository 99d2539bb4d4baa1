import { sql } from 'kysely'
import { type Executor, storableJson, storableText, uuidv7 } from '../../database/index.ts'
import type { NoticeState } from './due-move.ts'
import type { NoticeKind } from './judge-notice.ts'
import { addSteps, type NewStep, type NoticeStep } from './ledger-queries.ts'

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
  state: NoticeState
  evidence: Record<string, unknown>
  /** Grows with every date that moves, and when the notice is withdrawn or comes back. */
  sequence: number
  /** When that happened last. */
  changedAt: Date
  answers: { organization: string; person: string; answer: Answer; note: string | null; answeredAt: string }[]
  /** Whom it concerns; the owner of the platform is told, and asked for no answer. */
  parties: NoticeParty[]
  /** What happened to it, in order. */
  steps: { step: NoticeStep; at: string; organization: string | null; evidence: Record<string, unknown> }[]
  /** Every date that was ever given, oldest first: one that slipped keeps its history. */
  dates: { effectiveOn: string | null; saidAt: string; saidBy: string }[]
}
export interface NoticeParty {
  organization: string
  integrations: string[]
  toldAt: string
  answerDueOn: string | null
  answeredAt: string | null
  level: number
}
export type Answer = 'acknowledged' | 'objected' | 'consented'

export type NewNotice = Omit<Notice, 'id' | 'state' | 'answers' | 'dates' | 'sequence' | 'changedAt' | 'parties' | 'steps'> & {
  saidBy: string
  /** Without a date of its own it takes back the date that was given; else a notice without a date says nothing about dates. */
  takesDateBack?: boolean
  /** When it was said; left out: when it was announced. */
  saidAt?: Date
  /** Integrations that it touches; left out: it is not known. */
  reach?: readonly string[] | null
  /** It was said before anybody looked: it is kept, and told to nobody until somebody is seen to use it, a day is given, or it goes. */
  standing?: boolean
  /** How it came to be believed; left out: seen and believed at once, as what a partner says on our own traffic is. */
  steps?: readonly Omit<NewStep, 'noticeId'>[]
}

/**
 * Adds a notice, or, when the same is known, moves its date, also back into force when it was withdrawn. What is silent stays so, and the
 * first day of knowing stays.
 *
 * @returns whether anything is new: a notice or a date
 */
export async function recordNotice(executor: Executor, said: NewNotice): Promise<'recorded' | 'moved' | 'already recorded'> {
  const notice = storable(said)
  const { saidAt = notice.announcedAt } = notice
  const { rows } = await sql<{ id: string; fresh: boolean; moved: boolean }>`
    -- contracts.recordNotice
    with known as (select effective_on, state from contract_notice where platform = ${notice.platform} and identity = ${notice.identity} for update),
      moving as (select coalesce((select state = 'withdrawn' or (${notice.effectiveOn}::date is distinct from effective_on
        and (${notice.effectiveOn}::date is not null or ${notice.takesDateBack ?? false})) from known), false) as moved)
    insert into contract_notice as n (id, platform, identity, rule, place, words, source, kind, announced_at, effective_on, silent, evidence, changed_at,
      next_move_at, reach, state)
    values (${uuidv7()}, ${notice.platform}, ${notice.identity}, ${notice.rule}, ${notice.place}, ${notice.words}, ${notice.source}, ${notice.kind},
      ${notice.announcedAt}, ${notice.effectiveOn}::date, ${notice.silent}, ${storableJson(notice.evidence)}::jsonb, ${saidAt},
      ${notice.standing ? null : saidAt}, ${notice.reach ? [...notice.reach] : null}::text[], ${notice.standing ? 'standing' : 'confirmed'})
    on conflict (platform, identity) do update set
      effective_on = case when (select moved from moving) then excluded.effective_on else n.effective_on end,
      words = case when (select moved from moving) then excluded.words else n.words end,
      state = case when (select moved from moving) then 'confirmed' else n.state end,
      reach = case when (select moved from moving) then excluded.reach else n.reach end,
      next_move_at = case when (select moved from moving) then excluded.next_move_at else n.next_move_at end,
      sequence = n.sequence + (select moved from moving)::int,
      changed_at = case when (select moved from moving) then greatest(excluded.changed_at, n.changed_at) else n.changed_at end
    returning id, (xmax = 0) as fresh, (select moved from moving) as moved`.execute(executor)
  const { id, fresh, moved } = rows[0]!
  if (!fresh && !moved) return 'already recorded'
  await sql`
    -- contracts.recordNoticeDate
    insert into contract_notice_date (notice_id, effective_on, said_at, said_by)
    values (${id}, ${notice.effectiveOn}::date, ${saidAt}, ${notice.saidBy}) on conflict do nothing`.execute(executor)
  const { announcedAt: at, evidence, steps = ['observed' as const, 'confirmed' as const].map((step) => ({ step, at, evidence })) } = notice
  if (fresh)
    await addSteps(
      executor,
      steps.map((step) => ({ ...step, noticeId: id })),
    )
  return fresh ? 'recorded' : 'moved'
}

/**
 * Lets a notice concern integrations that were seen to use what it is about. What stood there before anybody looked is told now.
 *
 * @param which by id, or by platform and identity
 * @returns whether it concerns more than before
 */
export async function joinReach(
  executor: Executor,
  which: { id: string } | Pick<Notice, 'platform' | 'identity'>,
  integrations: readonly string[],
  at: Date,
): Promise<boolean> {
  const wanted = 'id' in which ? sql`id = ${which.id}` : sql`platform = ${which.platform} and identity = ${storableText(which.identity)}`
  const { numAffectedRows } = await sql`
    -- contracts.joinReach
    update contract_notice set reach = array(select distinct unnest(reach || ${[...integrations]}::text[]) order by 1),
      state = case when state = 'standing' then 'confirmed' else state end,
      next_move_at = least(coalesce(next_move_at, ${at}::timestamptz), ${at}::timestamptz)
    where ${wanted} and reach is not null and state in ('standing', 'confirmed', 'noticed') and not reach @> ${[...integrations]}::text[]`.execute(
    executor,
  )
  return numAffectedRows === 1n
}

/** Ends that somebody was told of otherwise than by the contract, and that have not come. */
export async function listToldEnds(executor: Executor, platform: string, identities: readonly string[]): Promise<Notice[]> {
  if (identities.length === 0) return []
  const open = await listNotices(executor, [platform], { identities: identities.map(storableText) })
  return open.filter(({ silent, state }) => !silent && state !== 'withdrawn' && state !== 'closed')
}

/** What PostgreSQL can't keep must not keep a version from being published. */
function storable(notice: NewNotice): NewNotice {
  const { identity, place, words, saidBy } = notice
  return {
    ...notice,
    identity: storableText(identity),
    place: storableText(place),
    words: storableText(words),
    saidBy: storableText(saidBy),
  }
}

/** Integrations that somebody sees, and platforms that are theirs. */
interface Seen {
  integrations: readonly string[]
  platforms: readonly string[]
}

export interface NoticeFilter {
  /** Leaves out what took effect longer ago. */
  recentDays?: number
  id?: string
  identities?: readonly string[]
  /** Only what touches one of these integrations, or is about one of these platforms; what is not known to touch nobody touches all. */
  touching?: Seen
  /** Leaves out what was learned from calls of others only: that they call it is theirs to tell. */
  seenBy?: Seen
}

/**
 * By day of effect, undated ones last.
 *
 * @param platforms only theirs; null: all
 */
export async function listNotices(
  executor: Executor,
  platforms: readonly string[] | null,
  { recentDays, id, identities, touching, seenBy }: NoticeFilter = {},
): Promise<Notice[]> {
  const { rows } = await sql<Notice>`
    -- contracts.listNotices
    select id, platform, identity, rule, place, words, source, kind, announced_at as "announcedAt", to_char(effective_on, 'YYYY-MM-DD') as "effectiveOn",
      silent, state, evidence, sequence, changed_at as "changedAt",
      coalesce((select jsonb_agg(jsonb_build_object('organization', organization, 'person', person, 'answer', answer, 'note', note, 'answeredAt', answered_at) order by answered_at)
        from contract_acknowledgement where notice_id = n.id), '[]') as answers,
      coalesce((select jsonb_agg(jsonb_build_object('effectiveOn', effective_on, 'saidAt', said_at, 'saidBy', said_by) order by said_at)
        from contract_notice_date where notice_id = n.id), '[]') as dates,
      coalesce((select jsonb_agg(jsonb_build_object('organization', organization, 'integrations', integrations, 'toldAt', told_at, 'answerDueOn', answer_due_on,
        'answeredAt', answered_at, 'level', level) order by organization) from contract_notice_party where notice_id = n.id), '[]') as parties,
      coalesce((select jsonb_agg(jsonb_build_object('step', step, 'at', at, 'organization', organization, 'evidence', evidence) order by number)
        from contract_notice_step where notice_id = n.id), '[]') as steps
    from contract_notice n where (${platforms}::text[] is null or platform = any(${platforms}))
      and (${recentDays ?? null}::int is null or effective_on is null or effective_on > current_date - ${recentDays ?? null}::int)
      and (${id ?? null}::text is null or id::text = ${id ?? null})
      and (${touching?.integrations ?? null}::text[] is null or reach is null or reach && ${touching?.integrations ?? null}::text[]
        or platform = any(${touching?.platforms ?? null}::text[]))
      and (${seenBy?.integrations ?? null}::text[] is null or source <> 'header' or reach is null or reach && ${seenBy?.integrations ?? null}::text[]
        or platform = any(${seenBy?.platforms ?? null}::text[]))
      and (${identities ?? null}::text[] is null or identity = any(${identities ?? null}::text[]))
    order by effective_on nulls last, id`.execute(executor)
  return rows
}

/**
 * Moves notices on for good: withdrawn (taken back before it took effect), effective, or closed (what was gone is there again).
 *
 * @param which identities, or places of what came back
 * @param evidence merged into what is kept
 */
export async function settleNotices(
  executor: Executor,
  platform: string,
  which: readonly string[] | { returned: readonly string[] },
  state: 'withdrawn' | 'effective' | 'closed',
  at: Date,
  evidence: Record<string, unknown>,
): Promise<void> {
  const [identities, places] = ('returned' in which ? [[], which.returned] : [which, []]).map((texts) => texts.map(storableText))
  if (identities!.length + places!.length === 0) return
  const { rows } = await sql<{ noticeId: string }>`
    -- contracts.settleNotices
    update contract_notice set state = case when state = 'closed' and ${state} = 'effective' then 'closed' else ${state} end, evidence = evidence || ${storableJson({ ...evidence, at: at.toISOString() })}::jsonb,
      sequence = sequence + (${state} = 'withdrawn')::int, changed_at = greatest(changed_at, ${at}::timestamptz), next_move_at = ${at}
    where platform = ${platform} and state <> 'withdrawn' and not (state = 'closed' and ${state} = 'closed')
      and (identity = any(${identities}::text[]) or (rule ~ 'removed' and place = any(${places}::text[])))
    returning id as "noticeId"`.execute(executor)
  await addSteps(
    executor,
    rows.map(({ noticeId }) => ({ noticeId, step: state, at, evidence })),
  )
}

/** Since when the platform's contract has been known at all. */
export async function firstPublishedAt(executor: Executor, platform: string): Promise<Date | undefined> {
  const { rows } = await sql<{ at: Date | null }>`
    -- contracts.firstPublishedAt
    select min(published_at) as at from contract_version where platform = ${platform}`.execute(executor)
  return rows[0]?.at ?? undefined
}
