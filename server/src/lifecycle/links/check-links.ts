import { type Polling, startPolling } from '../../connections/index.ts'
import type { Database, Executor } from '../../database/index.ts'
import { createPools, type PoolOptions } from '../../gateway/index.ts'
import type { Log } from '../../observation/index.ts'
import type { IntegrationFacts } from '../../readiness/index.ts'
import type { Integration, Workspace } from '../../workspace/index.ts'
import { lookAtLink } from './look-at-link.ts'
import { claimDueLinks, listLinks, saveLook } from './queries.ts'

export interface LinkCheckParts {
  database: Database
  workspace(): Workspace
  log: Log
  /** As of the gateway. */
  pools?: PoolOptions
}

const turnEveryMs = 60_000
const usualMs = 86_400_000
/** Until a doubtful miss is looked at again. */
const soonMs = 3_600_000
const timeoutMs = 15_000
const perTurn = 20
/** All looks of a turn one after the other, so that no server is asked twice at once. */
const leaseMs = perTurn * timeoutMs + 30_000

/** Looks at every link once a day, in one process at a time. */
export function startLinkChecks({ database, workspace, log, pools = {} }: LinkCheckParts): Polling {
  const { dispatcher, close } = createPools({ ...pools, connectionsPerOrigin: 1 })
  let stopped = false
  const polling = startPolling(
    turnEveryMs,
    (err) => log.warn({ err }, 'links could not be checked; trying again'),
    async () => {
      const due = await claimDueLinks(database, linkedUrls(workspace()), leaseMs, perTurn)
      for (const url of due) {
        if (stopped) return
        await saveLook(database.executor, url, await lookAtLink(dispatcher, url, timeoutMs), { usualMs, soonMs })
      }
    },
  )
  return {
    now: polling.now,
    async stop() {
      stopped = true
      await polling.stop()
      await close()
    },
  }
}

const linksOf = ({ spec }: Integration): string[] => spec.documentation.flatMap(({ url }) => (url === undefined ? [] : [url]))

const linkedUrls = ({ integrations }: Workspace): string[] => [...new Set([...integrations.values()].flatMap(linksOf))]

/** What was found behind the links of each integration. Links that nobody has looked at yet are missing. */
export async function readLinkFacts(
  executor: Executor,
  { integrations }: Workspace,
): Promise<Map<string, NonNullable<IntegrationFacts['links']>>> {
  const known = new Map((await listLinks(executor)).map((row) => [row.url, row]))
  return new Map(
    [...integrations].map(([name, integration]) => [
      name,
      [...new Set(linksOf(integration))].flatMap((url) => {
        const row = known.get(url)
        return row ? [{ ...row, reachable: row.state === 'reachable' || row.state === 'private' }] : []
      }),
    ]),
  )
}
