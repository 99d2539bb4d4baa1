import { sql } from 'kysely'
import { type Day, isInForce } from '../../agreements/index.ts'
import type { Executor } from '../../database/index.ts'
import type { IntegrationFacts } from '../../readiness/index.ts'
import type { Integration, Workspace } from '../../workspace/index.ts'
import { judgeNotice, type NoticeKind } from './judge-notice.ts'
import { listWatched } from './watch.ts'

type NoticeFact = NonNullable<IntegrationFacts['notices']>[number]

/** As long as readiness asks that no side changed anything without a word. */
const watchedDays = 90

interface Row {
  platform: string
  words: string
  kind: NoticeKind
  announcedOn: Day
  effectiveOn: Day | null
  silent: boolean
}

/**
 * Changes of the last 365 days, per integration and by the side that brings the platform, judged by the agreement that is in force. A
 * silent change is one under any agreement and under none; what was told is left out where no agreement says how early, or no day is known.
 */
export async function readNoticeFacts(executor: Executor, workspace: Workspace, now: Date): Promise<Map<string, NoticeFact[]>> {
  const { rows } = await sql<Row>`
    -- contracts.readNoticeFacts
    select platform, words, kind, to_char(announced_at at time zone 'UTC', 'YYYY-MM-DD') as "announcedOn",
      to_char(effective_on, 'YYYY-MM-DD') as "effectiveOn", silent
    from contract_notice
    where state <> 'withdrawn' and coalesce(effective_on, announced_at::date) >= (${now}::timestamptz - interval '365 days')::date
    order by coalesce(effective_on, announced_at::date), id`.execute(executor)
  const today = now.toISOString().slice(0, 10)
  const factsOf = (integration: Integration) => {
    const { notice: periods } =
      workspace.agreementsOf(integration.metadata.name).find((agreement) => isInForce(agreement, today))?.spec.changes ?? {}
    return integration.spec.sides.flatMap(({ organization, platforms }) =>
      rows.filter(({ platform }) => platforms.includes(platform)).flatMap((row) => judged(row, organization, periods?.[row.kind])),
    )
  }
  return new Map([...workspace.integrations.values()].map((integration) => [integration.metadata.name, factsOf(integration)]))
}

function judged({ words, announcedOn, effectiveOn, silent }: Row, party: string, period: string | undefined): NoticeFact[] {
  const change = { party, title: words, on: effectiveOn ?? announcedOn }
  if (silent) return [{ ...change, verdict: 'silent' }]
  if (period === undefined || effectiveOn === null) return []
  const judgement = judgeNotice(announcedOn, effectiveOn, period, silent)
  return [judgement.verdict === 'late' ? { ...change, verdict: 'late', lateByDays: judgement.lateDays } : { ...change, verdict: 'on-time' }]
}

/** Per integration the sides of which every platform has been watched for 90 days without a break. */
export async function readWatchedSides(executor: Executor, workspace: Workspace, now: Date): Promise<Map<string, string[]>> {
  const watched = await listWatched(executor, watchedDays, now)
  return new Map(
    [...workspace.integrations.values()].map(({ metadata, spec }) => [
      metadata.name,
      spec.sides
        .filter(({ platforms }) => platforms.length > 0 && platforms.every((platform) => watched.has(platform)))
        .map(({ organization }) => organization),
    ]),
  )
}
