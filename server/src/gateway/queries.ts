import { sql } from 'kysely'
import type { Executor } from '../database/index.ts'

export interface CircuitRow {
  key: string
  reason: string
  opened_at: Date
  failed_probes: number
  retry_in_ms: number
  probe_in_ms: number | null
}

/** Times as distances by the database's clock, so that the processes' clocks don't matter. */
export async function openCircuits(executor: Executor): Promise<CircuitRow[]> {
  const { rows } = await sql<CircuitRow>`
    -- gateway.openCircuits
    select key, reason, opened_at, failed_probes,
           extract(epoch from retry_at - clock_timestamp())::float8 * 1000 as retry_in_ms,
           extract(epoch from probe_until - clock_timestamp())::float8 * 1000 as probe_in_ms
    from circuit`.execute(executor)
  return rows
}

/** @returns false when another process has opened it already */
export async function openCircuit(executor: Executor, key: string, reason: string, waitMs: number): Promise<boolean> {
  const { numAffectedRows } = await sql`
    -- gateway.openCircuit
    insert into circuit (key, reason, retry_at)
    values (${key}, ${reason}, clock_timestamp() + ${waitMs} * interval '1 millisecond')
    on conflict (key) do nothing`.execute(executor)
  return numAffectedRows === 1n
}

/** One caller in all processes gets the probe: the row's lock orders them, and the second finds the lease. */
export async function takeProbe(executor: Executor, key: string, probeId: string, leaseMs: number): Promise<boolean> {
  const { numAffectedRows } = await sql`
    -- gateway.takeProbe
    update circuit set probe_id = ${probeId}, probe_until = clock_timestamp() + ${leaseMs} * interval '1 millisecond'
    where key = ${key} and retry_at <= clock_timestamp() and (probe_until is null or probe_until <= clock_timestamp())`.execute(executor)
  return numAffectedRows === 1n
}

/**
 * Of these circuits the ones for which the caller may ask a waiting run to try: they are due, nobody tries, and nobody was asked within `gapMs`.
 * Each is given to one caller of all processes. Rows that another caller changes at this moment are left to it.
 */
export async function askForProbes(executor: Executor, keys: readonly string[], gapMs: number): Promise<string[]> {
  const { rows } = await sql<{ key: string }>`
    -- gateway.askForProbes
    update circuit set asked_at = clock_timestamp()
    where key in (
      select key from circuit
      where key = any(${[...keys]}::text[]) and retry_at <= clock_timestamp() and (probe_until is null or probe_until <= clock_timestamp())
        and (asked_at is null or asked_at <= clock_timestamp() - ${gapMs} * interval '1 millisecond')
      for update skip locked
    ) returning key`.execute(executor)
  return rows.map(({ key }) => key)
}

/** The id fences: a probe whose lease ran out has no say any more. */
export async function closeCircuit(executor: Executor, key: string, probeId: string): Promise<boolean> {
  const { numAffectedRows } = await sql`
    -- gateway.closeCircuit
    delete from circuit where key = ${key} and probe_id = ${probeId}`.execute(executor)
  return numAffectedRows === 1n
}

/** Doubles the wait with every failed probe. `jitter`: factor around 1, so that circuits that opened together part. */
export async function failProbe(
  executor: Executor,
  key: string,
  probeId: string,
  wait: { firstWaitMs: number; longestWaitMs: number; jitter: number },
): Promise<void> {
  await sql`
    -- gateway.failProbe
    update circuit
    set failed_probes = failed_probes + 1, probe_id = null, probe_until = null, asked_at = null,
        retry_at = clock_timestamp()
          + least(${wait.longestWaitMs}, ${wait.firstWaitMs} * power(2, least(failed_probes + 1, 30))) * ${wait.jitter} * interval '1 millisecond'
    where key = ${key} and probe_id = ${probeId}`.execute(executor)
}

/** Gives a probe back that came to no verdict. */
export async function releaseProbe(executor: Executor, key: string, probeId: string): Promise<void> {
  await sql`
    -- gateway.releaseProbe
    update circuit set probe_id = null, probe_until = null where key = ${key} and probe_id = ${probeId}`.execute(executor)
}

/** A person closes it. */
export async function resetCircuit(executor: Executor, key: string): Promise<boolean> {
  const { numAffectedRows } = await sql`
    -- gateway.resetCircuit
    delete from circuit where key = ${key}`.execute(executor)
  return numAffectedRows === 1n
}
