import { Hono } from 'hono'
import { sql } from 'kysely'
import { answerWithin, type Database } from '../database/index.ts'
import { type Authenticated, authenticate, identityErrors } from '../identity/index.ts'
import type { Metrics } from '../observation/index.ts'

export interface StatusParts {
  database: Database
  metrics: Metrics
  /** Roles of this process, and whether it takes work. */
  status(): { roles: readonly string[]; stopping: boolean }
  /** Metrics without a key: only for an address that nobody but the operator's own scraper reaches. */
  openMetrics?: boolean
}

/** Shorter than those who ask wait, so that they hear the reason. */
const readyWithinMs = 2_000

/** Health, readiness and metrics, for the platform the program runs on. */
export function statusRoutes({ database, metrics, status, openMetrics = false }: StatusParts): Hono<Authenticated> {
  const app = new Hono<Authenticated>()
  // Alive means: the event loop answers. A database that is away is no reason to restart this process.
  app.get('/healthz', (c) => c.json({ status: 'alive', ...status() }))
  app.get('/readyz', async (c) => {
    if (status().stopping) return c.json({ status: 'stopping' }, 503)
    try {
      await answerWithin(sql`select 1`.execute(database.executor), readyWithinMs)
      return c.json({ status: 'ready', ...status() })
    } catch {
      return c.json({ status: 'database away' }, 503, { 'retry-after': '5' })
    }
  })
  // Labels name integrations and flows of all parties, so only the operator's keys open it; Prometheus sends bearer tokens.
  app.get('/metrics', async (c) => {
    if (!openMetrics) {
      const caller = await authenticate(database.executor, c.req.header('authorization'))
      if (caller.organization !== null || caller.customer !== null) throw identityErrors.not_visible({ what: 'metrics' })
    }
    await countParked(database, metrics).catch(() => {})
    return c.body(await metrics.registry.metrics(), 200, { 'content-type': metrics.registry.contentType })
  })
  return app
}

/** Counted when asked: a scrape every few seconds is cheaper than counting at every change. */
async function countParked(database: Database, metrics: Metrics): Promise<void> {
  const { rows } = await sql<{ kind: string; runs: number }>`
    -- http.countParked
    select failure->>'kind' as kind, count(*)::int as runs from run where state in ('parked', 'blocked') group by 1`.execute(
    database.executor,
  )
  metrics.parked.reset()
  for (const { kind, runs } of rows) metrics.parked.set({ kind }, runs)
}
