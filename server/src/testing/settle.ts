import { setTimeout as delay } from 'node:timers/promises'
import type { Database } from '../database/index.ts'
import type { Runtime } from '../runtime/index.ts'
import { countUnrouted, endWaits, holdSchedules, listOpenRuns } from './queries.ts'

/** Longer than any wait that a partner asks for in the suite, its spread included. */
const stuckMs = 8_000

/** Resolves when nothing is left to do, or when what is left has not moved for so long that nothing will move it. */
export async function settle(database: Database, runtime: Runtime): Promise<void> {
  let [before, changedAtMs] = ['', Date.now()]
  for (;;) {
    await holdSchedules(database)
    await endWaits(database)
    const [runs, unrouted] = await Promise.all([listOpenRuns(database), countUnrouted(database)])
    if (runs.length === 0 && unrouted === 0 && runtime.activeCount === 0) return
    const now = JSON.stringify([runs, unrouted])
    if (now !== before) [before, changedAtMs] = [now, Date.now()]
    else if (Date.now() - changedAtMs > stuckMs) return
    await delay(10)
  }
}
