import type { Database, Executor } from '../../database/index.ts'
import type { Observation, Observer } from '../../gateway/index.ts'
import { identityOf } from '../finding.ts'
import type { Change } from '../impact/judge-impact.ts'
import { announcedBefore } from '../impact/reader-impact.ts'
import { describeFinding, placeOf, positionOf } from '../report/describe-finding.ts'
import { noticeKindOf } from './judge-notice.ts'
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

/**
 * Makes notices of a version that came into force: what breaks, with the announcement that the older version carried or none (silent), and ends
 * that are announced now. For use in the transaction that publishes the version.
 */
export async function noticeChange(tx: Executor, platform: string, change: Change, at: Date): Promise<number> {
  let recorded = 0
  for (const finding of change.findings) {
    const announcing = /sunset|retirement-announced|deprecated/.test(finding.rule) && finding.level !== 'ERR'
    if (finding.level !== 'ERR' && !announcing) continue
    const { announced } = announcedBefore(finding)
    const position = positionOf(finding)
    const outcome = await recordNotice(tx, {
      platform,
      identity: identityOf(finding),
      rule: finding.rule,
      place: `${placeOf(finding)}${position === '' ? '' : `, ${position}`}`,
      words: describeFinding(finding),
      source: 'contract',
      kind: announcing ? 'removal' : noticeKindOf(finding),
      announcedAt: at,
      effectiveOn: announcing ? dateOf(finding.after) : dayOf(at),
      silent: !announcing && announced === undefined,
      evidence: announced ? { announced } : {},
      saidBy: `${platform}'s contract`,
    })
    if (outcome !== 'already recorded') recorded += 1
  }
  return recorded
}

function dateOf(value: unknown): string | null {
  const text = typeof value === 'object' && value !== null ? (value as { date?: unknown }).date : value
  return typeof text === 'string' && /^\d{4}-\d{2}-\d{2}/.test(text) && !Number.isNaN(Date.parse(text.slice(0, 10)))
    ? text.slice(0, 10)
    : null
}
