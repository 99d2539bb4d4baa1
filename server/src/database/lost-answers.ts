import pg from 'pg'

/** Of a connection what tells whether it waits for an answer. The driver has no public word for the statement that is under way. */
interface Waiting {
  readonly processID: number | null
  readonly _activeQuery?: object | null
  end(): Promise<void>
}

/** An answer that is on its way is here before the next look. */
const lookEveryMs = 5_000
const answerWithinMs = 5_000

/**
 * Ends connections whose answer will never come: a network that lost its way, or a balancer that forgot a connection, breaks nothing, and the
 * driver would wait for ever, and with it whatever repeats that statement.
 *
 * There is no limit for the time of a statement, since a migration or a retention may take long: of one that has waited from one look to the next,
 * the server is asked on a connection of its own. Where it has long ended the statement, or knows nothing of it, the connection is ended on
 * both sides: over there it may hold locks. While the server can't be asked, as when it hangs itself, all wait. Costs a statement nothing.
 *
 * Behind a pooler the server knows connections by other numbers, and nothing is ended.
 *
 * @param onLost told of each connection that is ended
 * @returns ends the watch
 */
export function endLostConnections(pool: pg.Pool, onLost: (error: Error) => void): () => void {
  const all = new Set<Waiting>()
  let seen = new Map<Waiting, object>()
  let asking = false
  pool.on('connect', (client) => all.add(client as unknown as Waiting))
  pool.on('remove', (client) => all.delete(client as unknown as Waiting))

  const look = (): void => {
    const now = new Map<Waiting, object>()
    for (const client of all) if (client._activeQuery) now.set(client, client._activeQuery)
    const still = [...now].filter(([client, query]) => seen.get(client) === query)
    seen = now
    if (still.length > 0 && !asking) void ask(still)
  }
  const ask = async (still: readonly (readonly [Waiting, object])[]): Promise<void> => {
    asking = true
    const { options } = pool
    const server = new pg.Client({ ...options, connectionTimeoutMillis: answerWithinMs, query_timeout: answerWithinMs })
    server.on('error', () => {})
    try {
      await server.connect()
      const lost = await findLost(server, still)
      for (const client of lost) {
        onLost(new Error('the database has ended a statement whose answer never came, or does not know of it'))
        void client.end().catch(() => {})
      }
      if (lost.length > 0) await terminate(server, lost)
    } catch {
      // Asked again at the next look.
    } finally {
      void server.end().catch(() => {})
      asking = false
    }
  }
  const timer = setInterval(look, lookEveryMs)
  timer.unref()
  return () => clearInterval(timer)
}

async function findLost(server: pg.Client, still: readonly (readonly [Waiting, object])[]): Promise<Waiting[]> {
  const { rows } = await server.query<{ pid: number }>(
    `-- database.findLostAnswers
    select pid from unnest($1::int[]) as asked (pid)
    where pg_backend_pid() = $2 and not exists (
      select from pg_stat_activity a where a.pid = asked.pid
        and (a.state is null or a.state not like 'idle%' or a.state_change > now() - interval '5 seconds'))`,
    [still.map(([client]) => client.processID), (server as unknown as Waiting).processID],
  )
  const pids = new Set(rows.map(({ pid }) => pid))
  // What came while the server was asked is no longer waited for.
  return still.filter(([client, query]) => pids.has(client.processID ?? 0) && client._activeQuery === query).map(([client]) => client)
}

async function terminate(server: pg.Client, lost: readonly Waiting[]): Promise<void> {
  await server.query(
    `-- database.terminateLost
    select pg_terminate_backend(pid) from pg_stat_activity
    where pid = any($1::int[]) and state like 'idle%' and usename = current_user and datname = current_database()
      and application_name = current_setting('application_name')`,
    [lost.map(({ processID }) => processID)],
  )
}
