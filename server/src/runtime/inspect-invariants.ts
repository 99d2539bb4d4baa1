import { sql } from 'kysely'
import type { Executor } from '../database/index.ts'

/** What the checker of a running program would find and mend, looked at without touching anything. */
export interface Violations {
  /** Queued runs whose job is gone. */
  jobless: number
  /** Waiting runs with nobody before them in their lane. */
  forgotten: number
  unfinished: number
}

/** For looking from outside, also while no program runs. Runs younger than ten seconds are left out: their job may be on its way. */
export async function inspectInvariants(executor: Executor): Promise<Violations> {
  const { rows } = await sql<Violations>`
    -- runtime.inspectInvariants
    select
      count(*) filter (where state = 'queued' and created_at < now() - interval '10 seconds' and not exists (
        select 1 from pgboss.job where job.name = 'run' and job.id = run.job_id and job.state in ('created', 'retry', 'active')))::int as jobless,
      count(*) filter (where state = 'waiting' and created_at < now() - interval '10 seconds' and not exists (
        select 1 from run earlier where earlier.lane = run.lane and earlier.state in ('queued', 'blocked')
          or earlier.lane = run.lane and earlier.state = 'waiting' and earlier.id < run.id))::int as forgotten,
      count(*)::int as unfinished
    from run`.execute(executor)
  return rows[0]!
}
