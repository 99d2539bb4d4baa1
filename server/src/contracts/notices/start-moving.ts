import { type Polling, startPolling } from '../../connections/index.ts'
import type { Database } from '../../database/index.ts'
import type { Log } from '../../observation/index.ts'
import type { Workspace } from '../../workspace/index.ts'
import { moveNotices } from './move-notices.ts'
import type { ReachParts } from './reach.ts'
import { type WidenMemory, widenNotices } from './widen-notices.ts'

/** Dates come nearer and answers fall due by time alone. */
const moveEveryMs = 60_000
/** Who begins to use what will change learns of it within so long. */
const widenEveryMs = 600_000

/** Moves notices as long as the process works; any number of processes may. */
export function startMovingNotices({ database, workspace, clients, log }: StartMovingParts): Polling {
  const onError = (err: unknown) => log.warn({ err }, 'notices could not be moved; trying again later')
  let widenAtMs = 0
  const memory: WidenMemory = new Map()
  return startPolling(moveEveryMs, onError, async () => {
    if (Date.now() >= widenAtMs) {
      widenAtMs = Date.now() + widenEveryMs
      await widenNotices(database, { workspace, clients }, new Date(), memory)
    }
    const moved = await moveNotices(database, workspace, new Date())
    if (moved > 0) log.info({ moved }, 'moved notices of contract changes')
  })
}

export interface StartMovingParts extends Pick<ReachParts, 'clients'> {
  database: Database
  workspace: Workspace
  log: Log
}
