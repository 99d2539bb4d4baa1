import { Temporal } from 'temporal-polyfill'
import type { Database } from '../../database/index.ts'
import { createPools, type PoolOptions } from '../../gateway/index.ts'
import type { Workspace } from '../../workspace/index.ts'
import type { Registry } from '../registry/registry.ts'
import { errors } from './errors.ts'
import { defaultFetchLimits, documentFetcher, type FetchLimits } from './fetch-document.ts'
import { type PollResult, pollSource } from './poll-source.ts'
import { type ClaimedSource, claimDue, claimSource, findSource, releaseSource, replaceSources, type SourceAddress } from './queries.ts'

export interface SourcesOptions extends Pick<PoolOptions, 'allowedHosts' | 'resolve' | 'certificateAuthorities'> {
  database: Database
  registry: Registry
  /** Told when a source could not be read, or only in an unexpected way. */
  onPolled?: (platform: string, result: PollResult) => void
  onProblem?: (platform: string, error: unknown) => void
  fetchLimits?: Partial<FetchLimits>
  /** Who dies while reading blocks the source for so long. Above the time that a reading may take. */
  leaseMs?: number
  /** People can't have a source read more often. */
  leastGapMs?: number
  now?: () => Date
}

/** The addresses that contracts are polled at, for all processes on one database. */
export interface Sources {
  /** Makes the sources of a workspace those that are polled. @param sandboxed platforms that a sandbox stands in for; they are not polled */
  replace(workspace: Workspace, sandboxed: readonly string[]): Promise<void>
  /** Reads what is due, one after the other. Processes that do so at once share the work. @returns how many were read */
  pollDue(): Promise<number>
  /**
   * Reads one source now and tells what it found.
   *
   * @throws contract-sources.no_source, contract-sources.being_read, contract-sources.too_soon, contract-sources.source_changed
   */
  poll(platform: string): Promise<PollResult>
  /** Breaks off what is being read, as if it had not begun. */
  close(): Promise<void>
}

const usualEvery = 'PT6H'
const afterBugMs = 60_000

export function createSources(options: SourcesOptions): Sources {
  const { database, registry, now = () => new Date(), leaseMs = 300_000, leastGapMs = 10_000 } = options
  const { dispatcher } = createPools({ ...options, connectionsPerOrigin: 4 })
  const limits = { ...defaultFetchLimits, ...options.fetchLimits }
  const reading = new Set<Promise<unknown>>()
  let closing = false

  const read = async (source: ClaimedSource): Promise<PollResult> => {
    const fetch = documentFetcher(dispatcher, limits)
    const fetchDocument: typeof fetch = async (url, seen) => {
      const fetched = await fetch(url, seen)
      // A connection that we broke ourselves says nothing about the source.
      if (closing) throw errors.source_changed({ platform: source.platform })
      return fetched
    }
    try {
      const result = await pollSource({ database, registry, fetchDocument }, source, now())
      options.onPolled?.(source.platform, result)
      return result
    } catch (error) {
      // At once after a stop; not at once after a bug, which would only meet it again.
      const nextReadAt = closing ? source.nextReadAt : new Date(now().getTime() + afterBugMs)
      await releaseSource(database.executor, source, nextReadAt).catch(() => {})
      throw error
    }
  }
  const tracked = <Result>(work: Promise<Result>): Promise<Result> => {
    const settled = work.catch(() => {}).finally(() => reading.delete(settled))
    reading.add(settled)
    return work
  }

  return {
    replace: (workspace, sandboxed) => replaceSources(database.executor, addressesOf(workspace, sandboxed), now()),
    async pollDue() {
      let count = 0
      for (; !closing; count += 1) {
        const source = await claimDue(database.executor, now(), leaseMs)
        if (!source) break
        await tracked(read(source)).catch((error) => {
          if (!closing) options.onProblem?.(source.platform, error)
        })
      }
      return count
    },
    async poll(platform) {
      const before = await findSource(database.executor, platform)
      if (!before) throw errors.no_source({ platform })
      const at = now()
      if (before.lastTriedAt && at.getTime() - before.lastTriedAt.getTime() < leastGapMs)
        throw errors.too_soon({ platform, seconds: leastGapMs / 1000 })
      const source = await claimSource(database.executor, platform, at, leaseMs)
      if (!source) throw errors.being_read({ platform, until: (before.leasedUntil ?? at).toISOString() })
      return tracked(read(source))
    },
    async close() {
      closing = true
      await dispatcher.destroy()
      await Promise.all(reading)
    },
  }
}

function addressesOf(workspace: Workspace, sandboxed: readonly string[]): SourceAddress[] {
  return [...workspace.platforms].flatMap(([platform, { spec }]) => {
    const { url, catalog, pollEvery } = spec.contract ?? {}
    const address = url ?? catalog
    if (address === undefined || sandboxed.includes(platform)) return []
    const kind = url === undefined ? 'catalog' : 'document'
    return [
      {
        platform,
        kind,
        url: withoutCredentials(address),
        baseUrl: spec.baseUrl ?? null,
        pollEverySeconds: secondsOf(pollEvery ?? usualEvery),
      },
    ]
  })
}

/** Addresses are shown to both sides, and contracts are read without a login. */
function withoutCredentials(address: string): string {
  const url = new URL(address)
  url.username = url.password = ''
  return url.href
}

/** A month is taken as one of 31 days: nobody polls by the calendar. */
function secondsOf(duration: string): number {
  const seconds = Temporal.Duration.from(duration).total({ unit: 'seconds', relativeTo: '2026-01-01T00:00[UTC]' })
  return Math.min(2_147_483_647, Math.max(1, Math.ceil(seconds)))
}
