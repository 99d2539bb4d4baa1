import { createHash } from 'node:crypto'
import type { Database, Transaction } from '../../database/index.ts'
import { BridgekeeperError } from '../../errors/index.ts'
import { compareContracts } from '../compare-contracts.ts'
import type { Contract } from '../contract.ts'
import type { Change } from '../impact/judge-impact.ts'
import { suspectPublication } from '../impact/publication.ts'
import { own, ownString } from '../json.ts'
import { recordLook } from '../notices/watch.ts'
import { readContract } from '../read-contract.ts'
import { type PublicationOutcome, type PublicationState, type QuarantinePolicy, readDocument } from './publication-state.ts'
import {
  addIncident,
  type ContractVersion,
  countFlaps,
  findPublished,
  findQuarantined,
  insertVersion,
  keepText,
  lockPlatform,
  readText,
  settleQuarantined,
  type VersionSource,
} from './queries.ts'

export interface ReceivedDocument {
  platform: string
  text: string
  source: VersionSource
  /** File, address, or who uploaded it. */
  origin: string
  /** A person who may speak for the platform stands for this document, however strange it looks. */
  vouched?: boolean
  at?: Date
}

export interface Reception {
  outcome: PublicationOutcome | 'proposed'
  version?: ContractVersion
  /** What is wrong with the document, or strange about it. */
  reason?: string
  /** Against the version that was in force; only when this one is now, or is proposed. */
  change?: Change
}

export interface RegistryOptions {
  database: Database
  quarantine?: QuarantinePolicy
  /** Told inside the transaction that puts a version in force, so that a crash neither loses nor doubles what follows from it. */
  onPublished?: (tx: Transaction, version: ContractVersion, change: Change) => Promise<void>
}

/** The versions of every platform's contract, and what to believe of a document that comes in. */
export interface Registry {
  /** Takes in what was read or uploaded. A bad document becomes an incident and never replaces a good one; nothing is thrown for it. */
  receive(document: ReceivedDocument): Promise<Reception>
  /** Keeps a version that is only shown for judgement. Bad documents are refused. @throws what `readContract` throws */
  propose(document: ReceivedDocument): Promise<Reception>
  /** The contract in force. */
  current(platform: string): Promise<{ version: ContractVersion; contract: Contract } | undefined>
}

const flapsCountForMs = 30 * 86_400_000

export function createRegistry({ database, quarantine, onPublished }: RegistryOptions): Registry {
  const load = async (version: ContractVersion): Promise<Contract> =>
    readContract({ text: (await readText(database.executor, version.hash))!, name: `${version.platform} ${version.label ?? version.hash}` })

  const receiveParsed = async (document: ReceivedDocument, contract: Contract): Promise<Reception> => {
    const { platform, source, origin, vouched = false, at = new Date() } = document
    const hash = hashOf(document.text)
    return database.transaction(async (tx) => {
      await lockPlatform(tx, platform)
      // A copy in the workspace is our own file: reading it again tells nothing of what its owner does.
      if (source !== 'workspace') await recordLook(tx, platform, at)
      const [published, quarantined] = [await findPublished(tx, platform), await findQuarantined(tx, platform)]
      const flaps = await countFlaps(tx, platform, new Date(at.getTime() - flapsCountForMs))
      const before = published && published.hash !== hash ? await load(published) : undefined
      const suspicion = before && suspectPublication(before, contract)
      const { outcome, state: next } = readDocument(
        {
          published: published?.hash ?? null,
          quarantined: quarantined
            ? {
                hash: quarantined.hash,
                sinceMs: quarantined.firstReadAt.getTime(),
                reads: quarantined.reads,
                suspicious: quarantined.reason !== null,
              }
            : null,
          flaps,
        },
        { hash, judgement: suspicion ? 'suspicious' : 'plausible', atMs: at.getTime(), vouched },
        quarantine,
      )
      if (outcome === 'unchanged') return { outcome, version: published! }
      if (outcome === 'withdrawn') {
        const reason = `${describe(quarantined!)} was taken back before it was believed; nobody was told.`
        await settleQuarantined(tx, quarantined!.id, 'withdrawn', at, reason)
        await addIncident(tx, { platform, kind: 'flap', detail: reason, origin }, at)
        return { outcome, version: published!, reason }
      }
      await keepText(tx, hash, document.text)
      const reason = suspicion?.words ?? null
      const label = ownString(own(contract.document, 'info'), 'version') ?? null
      const state = outcome === 'quarantined' || outcome === 'held' ? 'quarantined' : 'published'
      const same = quarantined?.hash === hash
      if (quarantined && !same) await settleQuarantined(tx, quarantined.id, 'withdrawn', at, 'Another version came before it was believed.')
      if (suspicion && !same) await addIncident(tx, { platform, kind: 'emptied', detail: suspicion.words, origin }, at)
      const version = same
        ? await settleQuarantined(tx, quarantined.id, state, at, reason)
        : await insertVersion(tx, { platform, hash, label, state, source, origin, at, reason, ...firstReadOf(next) })
      if (outcome !== 'published' || !before) return { outcome, version, ...(reason ? { reason } : {}) }
      const change = { before, after: contract, findings: compareContracts(before, contract, { today: at }) }
      await onPublished?.(tx, version, change)
      return { outcome, version, change }
    })
  }

  return {
    async receive(document) {
      try {
        return await receiveParsed(document, await readContract({ text: document.text, name: document.origin }))
      } catch (error) {
        if (!(error instanceof BridgekeeperError)) throw error
        const { platform, origin, at = new Date() } = document
        await addIncident(database.executor, { platform, kind: 'unreadable', detail: error.message, origin }, at)
        return { outcome: 'unreadable', reason: error.message }
      }
    },
    async propose(document) {
      const { platform, text, source, origin, at = new Date() } = document
      const contract = await readContract({ text, name: origin })
      const published = await findPublished(database.executor, platform)
      const before = published && (await load(published))
      const version = await database.transaction(async (tx) => {
        await keepText(tx, hashOf(text), text)
        const label = ownString(own(contract.document, 'info'), 'version') ?? null
        return insertVersion(tx, { platform, hash: hashOf(text), label, state: 'proposed', source, origin, at, reason: null })
      })
      if (!before) return { outcome: 'proposed', version }
      return {
        outcome: 'proposed',
        version,
        change: { before, after: contract, findings: compareContracts(before, contract, { today: at }) },
      }
    },
    async current(platform) {
      const version = await findPublished(database.executor, platform)
      return version && { version, contract: await load(version) }
    },
  }
}

/** A version that continues another's quarantine was first read with it. */
function firstReadOf({ quarantined }: PublicationState): { firstReadAt?: Date; reads?: number } {
  return quarantined ? { firstReadAt: new Date(quarantined.sinceMs), reads: quarantined.reads } : {}
}

function describe(version: ContractVersion): string {
  return `Version ${version.label ?? version.hash.slice(0, 12)}, first read ${version.firstReadAt.toISOString()},`
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
