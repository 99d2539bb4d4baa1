import { sql } from 'kysely'
import { checkKeyRing, type KeyRing } from '../../connections/index.ts'
import { checkServer, type Database, pendingMigrations } from '../../database/index.ts'
import { BridgekeeperError } from '../../errors/index.ts'
import { inspectInvariants } from '../../runtime/index.ts'
import { bad, type Finding, ok, unknown, warning } from './finding.ts'

interface ServerFacts {
  version: string
  encoding: string
  maxConnections: number
  synchronousCommit: string
  autovacuum: string
  now: Date
}

/** Everything that only the database can tell. Without it each check says that it could not look. */
export async function checkDatabase(database: Database, keyRing: KeyRing | undefined): Promise<Finding[]> {
  try {
    await checkServer(database)
  } catch (error) {
    const { message, fix } = error as BridgekeeperError
    const blind = ['clock', 'migrations', 'sealed secrets', 'unfinished work']
    return [
      bad('database', message, fix),
      ...blind.map((check) => unknown(check, 'the database cannot be asked', 'Mend the database first.')),
    ]
  }
  const sentMs = Date.now()
  const facts = await readFacts(database)
  const skewMs = facts.now.getTime() - (sentMs + Date.now()) / 2
  const pending = await pendingMigrations(database).catch((error: unknown) => error)
  const migrated = Array.isArray(pending) && pending.length === 0
  const later = (check: string) => unknown(check, 'not looked at while migrations are pending', 'Start the server once: it migrates.')
  return [
    ...judgeServer(facts),
    judgeClock(skewMs),
    judgeMigrations(pending),
    migrated ? await checkSealed(database, keyRing) : later('sealed secrets'),
    migrated ? await checkWork(database) : later('unfinished work'),
  ]
}

async function readFacts(database: Database): Promise<ServerFacts> {
  const { rows } = await sql<ServerFacts>`
    -- cli.readServerFacts
    select current_setting('server_version') as version, current_setting('server_encoding') as encoding,
      current_setting('max_connections')::int as "maxConnections", current_setting('synchronous_commit') as "synchronousCommit",
      current_setting('autovacuum') as autovacuum, clock_timestamp() as now`.execute(database.executor)
  return rows[0]!
}

/** Each process takes up to 20 connections, and somebody must still get in to look. */
const lowestMaxConnections = 50

export function judgeServer(facts: Omit<ServerFacts, 'now'>): Finding[] {
  const findings = [ok('database', `PostgreSQL ${facts.version}; no extensions are needed`)]
  if (facts.encoding !== 'UTF8')
    findings.push(bad('database encoding', facts.encoding, 'Make a database with encoding UTF8 and name it in DATABASE_URL.'))
  if (facts.maxConnections < lowestMaxConnections)
    findings.push(
      warning(
        'database connections',
        `max_connections is ${facts.maxConnections}`,
        `Set it to ${lowestMaxConnections} or more: each process takes up to 20.`,
      ),
    )
  if (facts.autovacuum !== 'on')
    findings.push(bad('database autovacuum', facts.autovacuum, 'Switch it on: without it a backlog makes every claim slow.'))
  if (facts.synchronousCommit === 'off')
    findings.push(
      warning(
        'database durability',
        'synchronous_commit is off',
        'Switch it on. Deliveries are made durable all the same; steps and meters of the last moment could be lost.',
      ),
    )
  return findings
}

/** Senders' timestamps are believed within minutes, so a clock that is wrong by minutes refuses good webhooks. */
export function judgeClock(skewMs: number): Finding {
  const seconds = Math.abs(skewMs) / 1000
  const found = `${seconds.toFixed(2)} s between this machine and the database`
  const fix = 'Synchronise both clocks (NTP).'
  if (seconds > 60) return bad('clock', found, `${fix} Webhooks with timestamps are refused by a wrong clock.`)
  return seconds > 2 ? warning('clock', found, fix) : ok('clock', found)
}

function judgeMigrations(pending: unknown): Finding {
  if (pending instanceof BridgekeeperError) return bad('migrations', pending.message, pending.fix)
  if (!Array.isArray(pending)) throw pending
  if (pending.length === 0) return ok('migrations', 'none is pending')
  return warning(
    'migrations',
    `${pending.length} pending: ${pending.slice(0, 3).join(', ')}${pending.length > 3 ? ', …' : ''}`,
    'Start the server: it applies them before it does anything else. Back up first where it matters.',
  )
}

async function checkSealed(database: Database, keyRing: KeyRing | undefined): Promise<Finding> {
  if (!keyRing) return unknown('sealed secrets', 'there is no key ring to compare with', 'Mend the key ring first.')
  try {
    const uses = await checkKeyRing(database, keyRing)
    const secrets = uses.reduce((sum, use) => sum + use.secrets, 0)
    const old = uses.filter((use) => use.keyId !== keyRing.newest.id).reduce((sum, use) => sum + use.secrets, 0)
    if (old > 0) return warning('sealed secrets', `${old} of ${secrets} are under an older key`, 'Run: bridgekeeper keys rotate')
    return ok('sealed secrets', `${secrets}, all under the newest key`)
  } catch (error) {
    if (!(error instanceof BridgekeeperError)) throw error
    return bad('sealed secrets', error.message, error.fix)
  }
}

async function checkWork(database: Database): Promise<Finding> {
  const { jobless, forgotten, unfinished } = await inspectInvariants(database.executor)
  if (jobless + forgotten === 0) return ok('unfinished work', `${unfinished} runs, each leased, scheduled or parked with a reason`)
  return bad(
    'unfinished work',
    `${jobless + forgotten} of ${unfinished} runs would never be picked up`,
    'A running worker mends this within half a minute. If it stays, report it as a bug.',
  )
}
