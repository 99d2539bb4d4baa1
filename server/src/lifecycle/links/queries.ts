import { sql } from 'kysely'
import type { Database, Executor } from '../../database/index.ts'
import type { LinkState, Look } from './look-at-link.ts'

/**
 * Takes links that are due, each for one process; new ones are due at once, and what no file links any more is forgotten.
 *
 * @param urls all that the files link
 */
export async function claimDueLinks(database: Database, urls: readonly string[], leaseMs: number, limit: number): Promise<string[]> {
  return database.transaction(async (tx) => {
    await sql`
      -- lifecycle.forgetLinks
      delete from link_check where url <> all(${[...urls]}::text[])`.execute(tx)
    await sql`
      -- lifecycle.planLinks
      insert into link_check (url) select * from unnest(${[...urls]}::text[]) on conflict do nothing`.execute(tx)
    const { rows } = await sql<{ url: string }>`
      -- lifecycle.claimDueLinks
      update link_check set leased_until = now() + ${leaseMs} * interval '1 millisecond'
      where url in (
        select url from link_check where next_at <= now() and (leased_until is null or leased_until < now())
        order by next_at limit ${limit} for update skip locked)
      returning url`.execute(tx)
    return rows.map(({ url }) => url)
  })
}

/**
 * Keeps what was found. A doubtful miss is believed when it is the second in a row; until then the link is unknown and looked at again soon.
 *
 * @param next when to look again: after a usual look, and after a doubtful one
 */
export async function saveLook(executor: Executor, url: string, look: Look, next: { usualMs: number; soonMs: number }): Promise<void> {
  const doubtful = look.doubtful === true
  await sql`
    -- lifecycle.saveLook
    update link_check set
      state = case when ${doubtful} and misses = 0 then 'unknown' else ${look.state} end,
      status = ${look.status ?? null}::int, detail = ${look.detail}, checked_at = now(), leased_until = null,
      last_reachable_at = case when ${look.state} in ('reachable', 'private') then now() else last_reachable_at end,
      misses = case when ${look.state} = 'broken' then misses + 1 else 0 end,
      next_at = now() + (case when ${doubtful} and misses = 0 then ${next.soonMs}::float8 else ${next.usualMs}::float8 end) * interval '1 millisecond'
    where url = ${url}`.execute(executor)
}

export interface LinkRow {
  url: string
  state: LinkState
  detail: string
  checkedOn: string
}

/** Those that somebody has looked at. */
export async function listLinks(executor: Executor): Promise<LinkRow[]> {
  const { rows } = await sql<LinkRow>`
    -- lifecycle.listLinks
    select url, state, detail, to_char(checked_at at time zone 'UTC', 'YYYY-MM-DD') as "checkedOn"
    from link_check where checked_at is not null`.execute(executor)
  return rows
}
