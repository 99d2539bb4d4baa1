import { setTimeout as delay } from 'node:timers/promises'
import type { Database } from '../database/index.ts'
import type { Runtime } from '../runtime/index.ts'
import { endWaits, holdSchedules, listUnfinished } from './queries.ts'

/** Waits are ended, so what does not move for so long has nothing that moves it. */
const stuckMs = 8_000

/**
 * Resolves when nothing is left to do, or when what is left has stopped moving.
 *
 * @param resumeConnections ends the pauses that partners asked for
 */
export async function settle(database: Database, runtime: Runtime, resumeConnections: () => Promise<void>): Promise<void> {
  let [before, changedAtMs] = ['', Date.now()]
  for (;;) {
    await holdSchedules(database)
    if ((await endWaits(database)).throttled) await resumeConnections()
    const unfinished = await listUnfinished(database)
    if (unfinished.length === 0 && runtime.activeCount === 0) return
    const now = unfinished.join()
    if (now !== before) [before, changedAtMs] = [now, Date.now()]
    else if (Date.now() - changedAtMs > stuckMs) return
    await delay(10)
  }
}
