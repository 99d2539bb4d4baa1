import { circuitName, type OpenCircuit } from '../gateway/index.ts'
import { isBehindCircuit } from './decide.ts'
import type { RunSummary } from './run-listing.ts'

/** A partner that can't be reached, as the runs that wait for it show it. */
export interface Outage {
  /** `connection:<id>`, `platform:<name>`, or `platform:<name>@<host>`. */
  circuit: string
  reason: string
  since: Date
  /** Calls that have tried in vain since. */
  failedTries: number
  /** When one call tries again; now, where it is due or under way. */
  nextTryAt: Date
}

export type RunWithOutage = RunSummary & { outage: Outage | null }

/**
 * Says of runs that wait behind an open circuit since when the partner is away and when it is tried next: they are not touched meanwhile, so only
 * the circuit knows. They go on by themselves then at the earliest; behind one that has just closed, at any moment.
 *
 * @param openCircuits asked only if one of the runs waits behind a circuit
 */
export async function withOutages(runs: readonly RunSummary[], openCircuits: () => Promise<OpenCircuit[]>): Promise<RunWithOutage[]> {
  const waits = ({ status, failure }: RunSummary): boolean => status === 'partner-down' && failure !== null && isBehindCircuit(failure)
  if (!runs.some(waits)) return runs.map((run) => ({ ...run, outage: null }))
  const open = new Map((await openCircuits()).map((circuit) => [circuitName(circuit), outageOf(circuit)]))
  return runs.map((run) => {
    if (!waits(run)) return { ...run, outage: null }
    const outage = open.get(run.failure!.waitsFor!) ?? null
    return { ...run, outage, dueAt: outage?.nextTryAt ?? null }
  })
}

function outageOf({ key, reason, openedAt, failedProbes, retryMs }: OpenCircuit): Outage {
  return { circuit: key, reason, since: openedAt, failedTries: failedProbes, nextTryAt: new Date(Math.max(retryMs, Date.now())) }
}
