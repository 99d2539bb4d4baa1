import type { Database } from '../../database/index.ts'
import type { Observation, Observer } from '../../gateway/index.ts'
import { recordNotice } from './queries.ts'
import { readDeprecationHeaders } from './read-deprecation-headers.ts'

const maxRemembered = 10_000
const dayOf = (at: Date): string => at.toISOString().slice(0, 10)

/**
 * Takes announcements out of the headers of live answers, the most trusted source. The same announcement of the same operation is one notice,
 * however many calls carry it; a new date moves it and keeps the old one in its history.
 */
export function harvestHeaders(database: Database, onProblem: (error: unknown) => void): { observer: Observer; settled(): Promise<void> } {
  const known = new Set<string>()
  const writing = new Set<Promise<unknown>>()
  const observe = (observation: Observation): void => {
    const said = readDeprecationHeaders(observation.responseHeaders)
    if (!said) return
    const { platform, method, path, startedMs } = observation
    const effectiveOn = said.sunsetAt ? dayOf(said.sunsetAt) : null
    const key = `${platform} ${method} ${path} ${effectiveOn} ${said.words}`
    if (known.has(key)) return
    if (known.size >= maxRemembered) known.clear()
    known.add(key)
    const written = recordNotice(database.executor, {
      platform,
      identity: `header ${method} ${path}`,
      rule: said.sunsetAt ? 'sunset-header' : 'deprecation-header',
      place: `${method} ${path}`,
      words: said.words,
      source: 'header',
      kind: 'removal',
      announcedAt: new Date(startedMs),
      effectiveOn,
      silent: false,
      evidence: { callId: observation.callId, deprecatedAt: said.deprecatedAt?.toISOString() ?? null, links: said.links },
      saidBy: `${platform}, in an answer's header`,
    })
      .catch((error) => {
        known.delete(key)
        onProblem(error)
      })
      .finally(() => writing.delete(written))
    writing.add(written)
  }
  return { observer: observe, settled: async () => void (await Promise.all(writing)) }
}
