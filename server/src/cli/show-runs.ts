import { setTimeout as delay } from 'node:timers/promises'
import type { Executor } from '../database/index.ts'
import type { Observation } from '../gateway/index.ts'
import type { Metrics } from '../observation/index.ts'
import { listRuns, type RunSummary } from '../runtime/index.ts'
import { type DeliverySummary, listDeliveries, listRefused, type RefusedSummary } from '../webhooks/index.ts'
import type { Io } from './io.ts'
import { followAnswers } from './show-answers.ts'

interface Call {
  platform: string
  text: string
}

/** Remembers the writes of each run until they have been shown. */
export function followCalls(): { observe(observation: Observation): void; take(runId: string): readonly Call[] } {
  const calls = new Map<string, Call[]>()
  return {
    observe({ run, method, path, status, platform }) {
      if (!run || method === 'GET' || method === 'HEAD') return
      calls.set(run.id, [...(calls.get(run.id) ?? []), { platform, text: `${method} ${path} ${status ?? 'no answer'}` }])
    },
    take(runId) {
      const taken = calls.get(runId) ?? []
      calls.delete(runId)
      return taken
    },
  }
}

export interface RunsShown {
  /** Shows what has ended since the last look. */
  look(): Promise<void>
  /** Looks again and again until the signal. */
  keepLooking(stopped: AbortSignal): Promise<void>
  /** How many ends have been shown. */
  count(): number
}

const settled = ['succeeded', 'skipped', 'parked', 'blocked', 'discarded']
/** States in which a delivery makes no run, or not yet. */
const unused: readonly DeliverySummary['state'][] = ['ignored', 'account-unknown', 'unparsable', 'held']
const betweenLooksMs = 500
/** Newest runs and deliveries that are looked at. */
const lookedAt = 500

/**
 * Shows runs in the terminal as they end, and again when they were replayed; what has ended before is not shown.
 *
 * @param arrivals also webhooks that make no run, with the reason: else an author waits for what does not come. Counts those of this process
 */
export async function showRuns(
  io: Io,
  executor: Executor,
  { calls, arrivals }: { calls: ReturnType<typeof followCalls>; arrivals?: Metrics['deliveries'] },
): Promise<RunsShown> {
  const shown = new Set<string>()
  const answers = arrivals && followAnswers(io, arrivals)
  let count = 0
  const newest = async (): Promise<{ moment: string; line(): string }[]> => {
    const runs = await listRuns(executor, {}, { limit: lookedAt })
    const ended = runs.filter(({ status }) => settled.includes(status))
    const found = ended.map((run) => ({
      moment: `${run.id} ${run.attempt} ${run.status}`,
      line: () => lineOf(io, run, calls.take(run.id)),
    }))
    if (!arrivals) return found.reverse()
    const without = (await listDeliveries(executor, {}, { limit: lookedAt })).filter(({ state }) => unused.includes(state))
    const refused = await listRefused(executor, {}, { limit: lookedAt })
    return [
      ...found,
      ...without.map((one) => ({ moment: `${one.id} ${one.state}`, line: () => deliveryLineOf(io, one) })),
      ...refused.map((one) => ({ moment: one.id, line: () => refusedLineOf(io, one) })),
    ].reverse()
  }
  for (const { moment } of await newest()) shown.add(moment)
  const look = async (): Promise<void> => {
    for (const { moment, line } of await newest()) {
      if (shown.has(moment)) continue
      shown.add(moment)
      count += 1
      if (!io.json) io.print(line())
    }
    for (const line of (await answers?.()) ?? []) if (!io.json) io.print(line)
    // What fell out of the newest is not looked at again.
    for (const old of shown) if (shown.size > 10 * lookedAt) shown.delete(old)
  }
  return {
    look,
    async keepLooking(stopped) {
      while (!stopped.aborted) {
        await delay(betweenLooksMs, undefined, { ref: false })
        // A database that is away is told in the log; this goes on when it is back.
        await look().catch(() => {})
      }
    },
    count: () => count,
  }
}

function lineOf(io: Io, run: RunSummary, calls: readonly Call[]): string {
  const mark = run.status === 'succeeded' ? io.green('✓') : ['skipped', 'discarded'].includes(run.status) ? io.dim('–') : io.red('✗')
  const effects = calls.map(({ platform, text }) => `${platform} ${text}`)
  const what =
    run.status === 'succeeded' ? effects.join(', ') || io.dim('nothing to do') : `${io.red(run.status)}: ${run.failure?.message ?? ''}`
  return `  ${mark} ${run.customer.padEnd(8)} ${run.flow.padEnd(20)} ${what}`
}

function refusedLineOf(io: Io, { source, detail }: RefusedSummary): string {
  return `  ${io.red('✗')} ${source.padEnd(8)} ${'a webhook'.padEnd(20)} ${io.red('refused with 401')}: ${detail}`
}

function deliveryLineOf(io: Io, { source, event, state, problem }: DeliverySummary): string {
  const what = state === 'ignored' ? io.dim(problem ?? state) : `${io.yellow(state)}: ${problem ?? ''}`
  return `  ${io.dim('–')} ${source.padEnd(8)} ${(event ?? 'a webhook').padEnd(20)} ${what}`
}
