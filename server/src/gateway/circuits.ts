import { startPolling } from '../connections/index.ts'
import { type Database, uuidv7 } from '../database/index.ts'
import { failPoint } from '../observation/index.ts'
import { errors } from './errors.ts'
import { type CircuitPolicy, OutcomeWindow } from './outcome-window.ts'
import * as queries from './queries.ts'

/** One circuit that is not closed. */
export interface OpenCircuit {
  /** `connection:<id>`, `platform:<name>`, or `platform:<name>@<host>` for connections with an address of their own. */
  key: string
  reason: string
  openedAt: Date
  failedProbes: number
  /** When the next call may try, or might have since, by this process's clock in milliseconds since 1970 UTC. */
  retryMs: number
}

/** The answer to "may this call go out?". */
export type Admission = { admitted: true; probes: readonly Probe[] } | { admitted: false; circuit: OpenCircuit; untilMs: number }

/** The right of one call to try an open circuit. */
export interface Probe {
  key: string
  id: string
}

export interface Circuits {
  /** The circuit that stops calls under these keys now, from memory; undefined: none, or one is due for a probe. */
  blocking(keys: readonly string[], nowMs: number): OpenCircuit | undefined
  /** Asks for all keys at once. Costs nothing while all are closed; takes the probe of those that are due. */
  admit(keys: readonly string[], leaseMs: number): Promise<Admission> | Admission
  /** Of these the ones for which this caller may ask a waiting run to try, one caller of all processes each: they are due, and nobody tries. */
  askForProbes(keys: readonly string[]): Promise<string[]>
  /** What became of an admitted call. */
  ended(keys: readonly string[], probes: readonly Probe[], verdict: Verdict, connectionId: string): void
  list(): Promise<OpenCircuit[]>
  /** A person closes one. @throws gateway.circuit_unknown */
  reset(key: string): Promise<void>
  close(): Promise<void>
}

/** `undecided`: the call never tried the partner, or was stopped by ourselves. */
export type Verdict = 'reached' | 'down' | 'undecided'

export interface CircuitsOptions {
  database: Database
  policy: CircuitPolicy
  pollIntervalMs: number
  onProblem: (error: unknown, doing: string) => void
  /** Told once per change seen in this process. */
  onChange?: ((circuit: OpenCircuit, state: 'open' | 'closed') => void) | undefined
  /** Told when the wait of an open one is over, and a call may try. */
  onDue?: (() => void) | undefined
}

/** How long others wait when a probe is under way. */
const PROBE_PAUSE_MS = 1000
/** Who was asked to try and did not within this time has something else to do before, or is dead. */
const ASK_AGAIN_MS = 5000
/** A timer may be a millisecond early. */
const DUE_GRACE_MS = 2

/**
 * Circuit breakers whose state is a row, so that all processes stop together, one caller in all of them probes, and a
 * restart forgets nothing. The counting stays in each process: a write per call would cost more than the call.
 *
 * A library was not taken: those at hand (cockatiel, opossum) keep the state in the process, where each of many workers
 * would have to find out by itself that a partner is away, and each would probe.
 */
export function createCircuits(options: CircuitsOptions): Circuits {
  const { database, policy, onProblem } = options
  const { executor } = database
  const windows = new Map<string, OutcomeWindow>()
  /** Keys that a call of this process probes or asks to probe: the others need not ask the database. */
  const probing = new Set<string>()
  let open = new Map<string, OpenCircuit>()
  let dueTimer: NodeJS.Timeout | undefined
  const expectDue = (): void => {
    clearTimeout(dueTimer)
    if (open.size === 0 || !options.onDue) return
    const nowMs = Date.now()
    let nextMs = Number.POSITIVE_INFINITY
    for (const { retryMs } of open.values()) if (retryMs > nowMs) nextMs = Math.min(nextMs, retryMs)
    if (Number.isFinite(nextMs)) dueTimer = setTimeout(options.onDue, nextMs - nowMs + DUE_GRACE_MS).unref()
  }
  const polling = startPolling(
    options.pollIntervalMs,
    (error) => onProblem(error, 'read circuits'),
    async () => {
      const before = open
      open = new Map((await queries.openCircuits(executor)).map((row) => [row.key, circuitOf(row)]))
      for (const [key, circuit] of open) if (!before.has(key)) options.onChange?.(circuit, 'open')
      for (const [key, circuit] of before) {
        if (open.has(key)) continue
        // What failed before the partner came back must not open it again.
        windows.delete(key)
        options.onChange?.(circuit, 'closed')
      }
      expectDue()
    },
  )
  /** What a call does not wait for, but the end of the program does. */
  const background = new Set<Promise<void>>()
  const inBackground = (doing: string, work: () => Promise<unknown>): void => {
    const running = work()
      .then(() => polling.now())
      .catch((error) => onProblem(error, doing))
      .finally(() => background.delete(running))
    background.add(running)
  }
  const blocking = (keys: readonly string[], nowMs: number): OpenCircuit | undefined => {
    if (open.size === 0) return undefined
    return keys.map((key) => open.get(key)).find((circuit) => circuit !== undefined && circuit.retryMs > nowMs)
  }
  const refusedBy = (circuit: OpenCircuit): Admission => {
    return { admitted: false, circuit, untilMs: Math.max(circuit.retryMs, Date.now() + PROBE_PAUSE_MS) }
  }
  const giveBack = async (probe: Probe): Promise<void> => {
    await queries.releaseProbe(executor, probe.key, probe.id).finally(() => probing.delete(probe.key))
  }
  const takeProbes = async (due: readonly OpenCircuit[], leaseMs: number): Promise<Admission> => {
    const probes: Probe[] = []
    for (const circuit of due) {
      if (probing.has(circuit.key)) {
        await Promise.all(probes.map(giveBack))
        return refusedBy(circuit)
      }
      const probe = { key: circuit.key, id: uuidv7() }
      probing.add(probe.key)
      const taken = await queries.takeProbe(executor, probe.key, probe.id, leaseMs).catch((error) => onProblem(error, 'take a probe'))
      if (taken) {
        probes.push(probe)
        continue
      }
      probing.delete(probe.key)
      await Promise.all(probes.map(giveBack))
      await polling.now()
      // Closed or put off meanwhile, or a caller of another process probes.
      const now = open.get(circuit.key)
      return now ? refusedBy(now) : ADMITTED
    }
    return { admitted: true, probes }
  }
  const settle = async (probe: Probe, verdict: Verdict): Promise<unknown> => {
    if (verdict === 'reached') return queries.closeCircuit(executor, probe.key, probe.id).finally(() => failPoint('circuit.after-close'))
    if (verdict === 'undecided') return queries.releaseProbe(executor, probe.key, probe.id)
    return queries.failProbe(executor, probe.key, probe.id, { ...policy, jitter: 0.8 + Math.random() * 0.4 })
  }
  const count = (key: string, down: boolean, connectionId: string): void => {
    let window = windows.get(key)
    // Counting begins with a first failure and ends when none is left: a healthy connection costs one look-up and no memory.
    if (!window) {
      if (!down) return
      window = new OutcomeWindow(policy, key.startsWith('platform:') ? policy.minimumConnections : 1)
      windows.set(key, window)
    } else if (!down && window.isClean(Date.now())) {
      windows.delete(key)
      return
    }
    if (!window.record(down, connectionId, Date.now()) || open.has(key)) return
    window.clear()
    const reason = `at least ${Math.round(policy.downShare * 100)} % of ${policy.minimumCalls} or more calls did not reach the partner`
    inBackground('open a circuit', () => queries.openCircuit(executor, key, reason, policy.firstWaitMs))
  }

  return {
    blocking,
    admit(keys, leaseMs) {
      if (open.size === 0) return ADMITTED
      const nowMs = Date.now()
      const circuit = blocking(keys, nowMs)
      if (circuit) return { admitted: false, circuit, untilMs: circuit.retryMs }
      const due = keys.map((key) => open.get(key)).filter((known) => known !== undefined)
      return due.length === 0 ? ADMITTED : takeProbes(due, leaseMs)
    },
    async askForProbes(keys) {
      const nowMs = Date.now()
      const due = keys.filter((key) => (open.get(key)?.retryMs ?? Number.POSITIVE_INFINITY) <= nowMs && !probing.has(key))
      return due.length === 0 ? [] : queries.askForProbes(executor, due, ASK_AGAIN_MS)
    },
    ended(keys, probes, verdict, connectionId) {
      for (const probe of probes) inBackground('settle a probe', () => settle(probe, verdict).finally(() => probing.delete(probe.key)))
      if (verdict === 'undecided') return
      for (const key of keys) if (!open.has(key)) count(key, verdict === 'down', connectionId)
    },
    async list() {
      return (await queries.openCircuits(executor)).map(circuitOf).sort((a, b) => (a.key < b.key ? -1 : 1))
    },
    async reset(key) {
      if (!(await queries.resetCircuit(executor, key))) throw errors.circuit_unknown({ key })
      await polling.now()
    },
    async close() {
      await Promise.all(background)
      await polling.stop()
      clearTimeout(dueTimer)
    },
  }
}

const ADMITTED: Admission = { admitted: true, probes: [] }

function circuitOf(row: queries.CircuitRow): OpenCircuit {
  const now = Date.now()
  // While somebody probes, nobody else needs to ask before the lease ends.
  const probing = row.probe_in_ms !== null && row.probe_in_ms > 0
  const retryMs = Math.round(now + (probing ? Math.max(row.retry_in_ms, Math.min(row.probe_in_ms!, PROBE_PAUSE_MS)) : row.retry_in_ms))
  return { key: row.key, reason: row.reason, openedAt: row.opened_at, failedProbes: row.failed_probes, retryMs }
}
