import type { Database } from '../../database/index.ts'
import type { Observation, Observer } from '../../gateway/index.ts'
import { templateOf } from '../operations.ts'
import { joinReach, recordNotice } from './queries.ts'
import { type HeaderAnnouncement, readDeprecationHeaders } from './read-deprecation-headers.ts'

const maxRemembered = 10_000
const dayOf = (at: Date): string => at.toISOString().slice(0, 10)

export interface HarvestParts {
  database: Database
  onProblem(error: unknown): void
}

/**
 * Takes announcements out of the headers of live answers, the most trusted source. The same announcement of the same operation is one notice,
 * however many calls carry it, and the same one that the contract makes; a new date moves it and keeps the old one in its history. It concerns the
 * integrations that called, and the next ones as soon as they call.
 */
export function harvestHeaders({ database, onProblem }: HarvestParts): { observer: Observer; settled(): Promise<void> } {
  const known = new Set<string>()
  const writing = new Set<Promise<unknown>>()

  const keep = async (observation: Observation, said: HeaderAnnouncement, caller: string | undefined): Promise<void> => {
    const notice = noticeOf(observation, said)
    const reach = caller === undefined ? null : [caller]
    await database.transaction(async (tx) => {
      await recordNotice(tx, { ...notice, reach })
      if (reach) await joinReach(tx, notice, reach, notice.announcedAt)
    })
  }
  const observe = (observation: Observation): void => {
    const said = readDeprecationHeaders(observation.responseHeaders)
    if (!said) return
    const { platform, method, path, run } = observation
    const caller = run?.integration
    // Words may differ with every call; what is told does not.
    const key = [platform, method, path, said.sunsetAt && dayOf(said.sunsetAt), caller].join(' ')
    if (known.has(key)) return
    if (known.size >= maxRemembered) known.clear()
    known.add(key)
    const written = keep(observation, said, caller)
      .catch((error) => {
        known.delete(key)
        onProblem(error)
      })
      .finally(() => writing.delete(written))
    writing.add(written)
  }
  return { observer: observe, settled: async () => void (await Promise.all(writing)) }
}

function noticeOf(
  { platform, method, path, startedMs, callId }: Observation,
  { words, sunsetAt, deprecatedAt, links }: HeaderAnnouncement,
) {
  const announcedAt = new Date(startedMs)
  const day = sunsetAt && dayOf(sunsetAt)
  // A day that has passed, on something that answers still, says nothing about when it goes.
  const isStale = day !== undefined && day < dayOf(announcedAt)
  const advised = deprecatedAt && deprecatedAt > announcedAt ? ` It is advised against from ${dayOf(deprecatedAt)} on.` : ''
  return {
    platform,
    identity: `end of operation ${method} ${templateOf(path)}`,
    rule: sunsetAt ? 'sunset-header' : 'deprecation-header',
    place: `${method} ${path}`,
    words: `${words}${advised}${isStale ? ` That day, ${day}, has passed, and it still answers.` : ''}`,
    source: 'header' as const,
    kind: 'removal' as const,
    announcedAt,
    effectiveOn: isStale ? null : (day ?? null),
    silent: false,
    evidence: { callId, sunsetAt: sunsetAt?.toISOString() ?? null, deprecatedAt: deprecatedAt?.toISOString() ?? null, links },
    saidBy: `${platform}, in an answer's header`,
  }
}
