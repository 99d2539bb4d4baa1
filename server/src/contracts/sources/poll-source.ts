import type { Database, Transaction } from '../../database/index.ts'
import { failPoint } from '../../observation/index.ts'
import type { Contract } from '../contract.ts'
import { recordLook } from '../notices/watch.ts'
import { readContractAside } from '../read-aside.ts'
import { hashOfTexts, textsOf } from '../registry/contract-texts.ts'
import { addIncident, findQuarantined } from '../registry/queries.ts'
import type { Reception, Registry } from '../registry/registry.ts'
import { catalogUrl, descriptionIn } from './api-catalog.ts'
import { errors } from './errors.ts'
import type { FetchDocument, Fetched } from './fetch-document.ts'
import { type ClaimedSource, type SettledSource, settleSource } from './queries.ts'

/** What a reading found. `unreachable`: nothing was read; `reason` says why, and `fix` what to do. */
export interface PollResult extends Omit<Reception, 'outcome'> {
  outcome: Reception['outcome'] | 'unreachable'
  fix?: string
  nextReadAt: Date
}

export interface PollParts {
  database: Database
  registry: Registry
  fetchDocument: FetchDocument
}

const minuteMs = 60_000
const longestBackoffMs = 6 * 60 * minuteMs
const unreadableFix =
  'The version in force stays. Ask the owner to publish a whole document, or upload it: bridgekeeper contracts publish <platform> <file>.'

/**
 * Reads a claimed source once. Everything that follows from it commits together with the return of the lease, so that a process that dies or
 * is overtaken anywhere in between leaves nothing behind, and whoever comes next reads again.
 *
 * @throws contract-sources.source_changed when the lease was lost meanwhile
 */
export async function pollSource(parts: PollParts, source: ClaimedSource, at: Date): Promise<PollResult> {
  const { executor } = parts.database
  const waiting = await findQuarantined(executor, source.platform)
  failPoint('poll.after-claim')
  // What waits to be believed needs a reading, not a "not modified"; and of several files any may have changed.
  const conditional = !waiting && !source.severalFiles && source.lastHash !== null
  const fetched = await fetchEntry(parts.fetchDocument, source, conditional)
  failPoint('poll.after-fetch')
  if (fetched.kind === 'unreachable') return settleUnreachable(parts, source, fetched, at)
  if (fetched.kind === 'unchanged') return settleLook(parts, source, {}, at)
  const validators = { documentUrl: fetched.url, etag: fetched.etag, lastModified: fetched.lastModified }
  const isSame = (hash: string): boolean => !waiting && hash === source.lastHash
  // Most readings end here: a text that is known is not parsed again.
  if (isSame(hashOfTexts({ text: fetched.text, parts: new Map() }))) return settleLook(parts, source, validators, at)
  const reading = readFetched(parts.fetchDocument, fetched)
  const texts = await reading.then(textsOf, () => undefined)
  const hash = texts && hashOfTexts(texts)
  if (hash && isSame(hash)) return settleLook(parts, source, validators, at)
  return settleReading(parts, source, { text: fetched.text, reading, hash, severalFiles: (texts?.parts.size ?? 0) > 0, validators }, at)
}

/** The document itself, by way of the catalog where one names it. */
async function fetchEntry(fetchDocument: FetchDocument, source: ClaimedSource, conditional: boolean): Promise<Fetched> {
  const seen = conditional ? source : undefined
  if (source.kind === 'document') return fetchDocument(source.url, seen)
  const catalog = await fetchDocument(catalogUrl(source.url))
  if (catalog.kind !== 'document') return catalog
  const found = descriptionIn(catalog.text, catalog.url, source.baseUrl)
  if ('url' in found) return fetchDocument(found.url, found.url === source.documentUrl ? seen : undefined)
  const fix = 'Ask the owner to mend the catalog (RFC 9727), or name the contract itself in spec.contract.url.'
  return { kind: 'unreachable', reason: found.problem, fix, retryAfterMs: 0 }
}

function readFetched(fetchDocument: FetchDocument, { text, url }: Fetched & { kind: 'document' }): Promise<Contract> {
  const fetchRemote = async (part: URL): Promise<string> => {
    const fetched = await fetchDocument(part.href)
    if (fetched.kind === 'document') return fetched.text
    throw new Error(fetched.kind === 'unreachable' ? fetched.reason : 'not modified')
  }
  const reading = readContractAside({ text, name: url }, { fetchRemote })
  // Awaited twice; the second time is in the registry, which tells what is wrong.
  reading.catch(() => {})
  return reading
}

async function settle(tx: Transaction, source: ClaimedSource, facts: Partial<SettledSource>, at: Date): Promise<void> {
  failPoint('poll.before-commit')
  if (!(await settleSource(tx, source, { ...source, ...facts }, at))) throw errors.source_changed({ platform: source.platform })
}

const good = { failures: 0, error: null, fix: null }
const later = (at: Date, ms: number): Date => new Date(at.getTime() + ms)

/** The same as last time: that somebody looked is all there is to keep. */
async function settleLook({ database }: PollParts, source: ClaimedSource, found: Partial<SettledSource>, at: Date): Promise<PollResult> {
  const nextReadAt = later(at, source.pollEverySeconds * 1000)
  await database.transaction(async (tx) => {
    await recordLook(tx, source.platform, at)
    await settle(tx, source, { ...found, ...good, lastReadAt: at, lastOutcome: 'unchanged', nextReadAt }, at)
  })
  failPoint('poll.after-commit')
  return { outcome: 'unchanged', nextReadAt }
}

async function settleUnreachable(
  { database }: PollParts,
  source: ClaimedSource,
  { reason, fix, retryAfterMs }: Fetched & { kind: 'unreachable' },
  at: Date,
): Promise<PollResult> {
  const nextReadAt = later(at, Math.max(backoffMs(source), Math.min(retryAfterMs, longestBackoffMs)))
  const { platform, url } = source
  await database.transaction(async (tx) => {
    await addIncident(tx, { platform, kind: 'unreachable', detail: `${url}: ${reason.replace(/\.+$/, '')}.`, origin: url }, at)
    await settle(tx, source, { failures: source.failures + 1, error: reason, fix, lastOutcome: 'unreachable', nextReadAt }, at)
  })
  failPoint('poll.after-commit')
  return { outcome: 'unreachable', reason, fix, nextReadAt }
}

interface Read {
  text: string
  reading: Promise<Contract>
  /** Undefined: no contract could be made of it. */
  hash: string | undefined
  severalFiles: boolean
  validators: Partial<SettledSource>
}

async function settleReading({ registry }: PollParts, source: ClaimedSource, read: Read, at: Date): Promise<PollResult> {
  let nextReadAt = later(at, source.pollEverySeconds * 1000)
  const reception = await registry.receive({
    platform: source.platform,
    text: read.text,
    read: () => read.reading,
    source: 'url',
    origin: source.url,
    at,
    async settle(tx, { outcome, reason, readAgainAt }) {
      if (outcome === 'unreadable') {
        nextReadAt = later(at, backoffMs(source))
        const failed = { failures: source.failures + 1, error: reason ?? 'unreadable', fix: unreadableFix }
        return settle(tx, source, { ...failed, lastOutcome: outcome, nextReadAt }, at)
      }
      if (readAgainAt && readAgainAt < nextReadAt) nextReadAt = readAgainAt
      const { hash = null, severalFiles, validators } = read
      const changedAt = hash === source.lastHash ? source.lastChangedAt : at
      const facts = {
        ...validators,
        ...good,
        lastHash: hash,
        severalFiles,
        lastReadAt: at,
        lastChangedAt: changedAt,
        lastOutcome: outcome,
        nextReadAt,
      }
      return settle(tx, source, facts, at)
    },
  })
  failPoint('poll.after-commit')
  return { ...reception, nextReadAt }
}

/** A minute, doubled with each failure in a row, never rarer than the source is read anyway. */
function backoffMs({ failures, pollEverySeconds }: ClaimedSource): number {
  return Math.min(pollEverySeconds * 1000, longestBackoffMs, minuteMs * 2 ** Math.min(failures, 20))
}
