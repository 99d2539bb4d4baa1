import { sql } from 'kysely'
import type { Executor } from '../../database/index.ts'

/** A change that came and went between two looks so far apart may have been seen by nobody. */
export const watchGapDays = 7

/**
 * Keeps that a platform's contract was looked at where its owner publishes it, changed or not. After a gap the watch begins anew.
 * Whoever asks by ETag and is answered 304 has looked too.
 */
export async function recordLook(executor: Executor, platform: string, at: Date): Promise<void> {
  await sql`
    -- contracts.recordLook
    insert into contract_watch (platform, since, last_at) values (${platform}, ${at}::timestamptz, ${at}::timestamptz)
    on conflict (platform) do update set last_at = excluded.last_at,
      since = case when excluded.last_at - contract_watch.last_at > make_interval(days => ${watchGapDays}) then excluded.last_at else contract_watch.since end
    where excluded.last_at > contract_watch.last_at`.execute(executor)
}

/** Platforms that have been watched without a break for so many days, until now. */
export async function listWatched(executor: Executor, days: number, now: Date): Promise<Set<string>> {
  const { rows } = await sql<{ platform: string }>`
    -- contracts.listWatched
    select platform from contract_watch
    where since <= ${now}::timestamptz - make_interval(days => ${days}) and last_at >= ${now}::timestamptz - make_interval(days => ${watchGapDays})`.execute(
    executor,
  )
  return new Set(rows.map(({ platform }) => platform))
}
