import type { Database, Executor, Transaction } from '../../database/index.ts'
import { BridgekeeperError } from '../../errors/index.ts'
import { compareAside } from '../compare-aside.ts'
import { type Contract, joinUri } from '../contract.ts'
import type { Change } from '../impact/judge-impact.ts'
import { suspectPublication } from '../impact/publication.ts'
import { own, ownString } from '../json.ts'
import { recordLook } from '../notices/watch.ts'
import { type ContractSource, readContract } from '../read-contract.ts'
import { type ContractTexts, hashOfTexts, textsOf } from './contract-texts.ts'
import {
  nextReadingMs,
  type PublicationOutcome,
  type PublicationState,
  type Quarantined,
  type QuarantinePolicy,
  readDocument,
} from './publication-state.ts'
import {
  addIncident,
  type ContractVersion,
  countFlaps,
  findPublished,
  findQuarantined,
  insertVersion,
  isKnown,
  keepTexts,
  lockPlatform,
  readTexts,
  settleQuarantined,
  type VersionSource,
} from './queries.ts'

export interface ReceivedDocument {
  platform: string
  text: string
  /** Reads `text` with the files that it refers to. Default: the text alone. Bad documents throw what `readContract` throws. */
  read?: () => Promise<Contract>
  source: VersionSource
  /** File, address, or who uploaded it. */
  origin: string
  /** A person who may speak for the platform stands for this document, however strange it looks. */
  vouched?: boolean
  /** Whether this is only a copy beside what is in force: then it is kept as a proposal. Asked in the transaction that takes it in. */
  yieldsTo?: (published: ContractVersion, tx: Transaction) => Promise<boolean>
  at?: Date
  /** Runs in the transaction that takes the document in, or writes down why it was not taken; what it throws undoes both. */
  settle?: (tx: Transaction, reception: Reception) => Promise<void>
}

export interface Reception {
  outcome: PublicationOutcome | 'proposed'
  version?: ContractVersion
  /** What is wrong with the document, or strange about it. */
  reason?: string
  /** When it should be read again to be believed; only of what is quarantined. */
  readAgainAt?: Date
  /** Against the version that was in force; only when this one is now, or is proposed. */
  change?: Change
}

export interface RegistryOptions {
  database: Database
  quarantine?: QuarantinePolicy
  /** Told inside the transaction that puts a version in force, so that a crash neither loses nor doubles what follows from it. */
  onPublished?: (tx: Transaction, version: ContractVersion, change: Change) => Promise<void>
  /** The same for the first version of a platform, which changes nothing. */
  onFirst?: (tx: Transaction, version: ContractVersion, contract: Contract) => Promise<void>
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

export function createRegistry({ database, quarantine, onPublished, onFirst }: RegistryOptions): Registry {
  const receiveParsed = async (tx: Transaction, document: ReceivedDocument, contract: Contract): Promise<Reception> => {
    const { platform, source, origin, vouched = false, yieldsTo, at = new Date() } = document
    const texts = textsOf(contract)
    const hash = hashOfTexts(texts)
    await lockPlatform(tx, platform)
    // A copy in the workspace is our own file: reading it again tells nothing of what its owner does.
    if (source !== 'workspace') await recordLook(tx, platform, at)
    const published = await findPublished(tx, platform)
    if (published && (await yieldsTo?.(published, tx))) return keepCopy(tx, document, contract, published)
    const quarantined = await findQuarantined(tx, platform)
    const flaps = await countFlaps(tx, platform, new Date(at.getTime() - flapsCountForMs))
    const before = published && published.hash !== hash ? await load(tx, published) : undefined
    const suspicion = before && suspectPublication(before, contract)
    const { outcome, state: next } = readDocument(
      { published: published?.hash ?? null, quarantined: quarantined ? waitingOf(quarantined) : null, flaps },
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
    await keepTexts(tx, hash, texts)
    const reason = suspicion?.words ?? null
    const label = labelOf(contract)
    const state = outcome === 'quarantined' || outcome === 'held' ? 'quarantined' : 'published'
    const same = quarantined?.hash === hash
    if (quarantined && !same) await settleQuarantined(tx, quarantined.id, 'withdrawn', at, 'Another version came before it was believed.')
    if (suspicion && !same) await addIncident(tx, { platform, kind: 'emptied', detail: suspicion.words, origin }, at)
    const version = same
      ? await settleQuarantined(tx, quarantined.id, state, at, reason)
      : await insertVersion(tx, { platform, hash, label, state, source, origin, at, reason, ...firstReadOf(next) })
    if (outcome === 'first') await onFirst?.(tx, version, contract)
    const againMs = nextReadingMs(next, at.getTime(), quarantine)
    if (outcome !== 'published' || !before)
      return { outcome, version, ...(reason ? { reason } : {}), ...(againMs ? { readAgainAt: new Date(againMs) } : {}) }
    const change = { before, after: contract, findings: await compareAside(before, contract, { today: at }) }
    await onPublished?.(tx, version, change)
    return { outcome, version, change }
  }

  return {
    async receive(document) {
      const { platform, origin, at = new Date(), settle } = document
      const read = await contractIn(document).catch(badDocument)
      return database.transaction(async (tx) => {
        if (!(read instanceof BridgekeeperError)) {
          const reception = await receiveParsed(tx, { ...document, at }, read)
          await settle?.(tx, reception)
          return reception
        }
        await addIncident(tx, { platform, kind: 'unreadable', detail: read.message, origin }, at)
        const reception: Reception = { outcome: 'unreadable', reason: read.message }
        await settle?.(tx, reception)
        return reception
      })
    },
    async propose(document) {
      const { platform, source, origin, at = new Date() } = document
      const contract = await contractIn(document)
      const published = await findPublished(database.executor, platform)
      const before = published && (await load(database.executor, published))
      const version = await database.transaction((tx) => keepProposal(tx, { platform, source, origin, at }, contract, null))
      if (!before) return { outcome: 'proposed', version }
      return {
        outcome: 'proposed',
        version,
        change: { before, after: contract, findings: await compareAside(before, contract, { today: at }) },
      }
    },
    async current(platform) {
      const version = await findPublished(database.executor, platform)
      return version && { version, contract: await load(database.executor, version) }
    },
  }
}

const contractIn = ({ text, origin, read }: ReceivedDocument): Promise<Contract> => read?.() ?? readContract({ text, name: origin })

/** Only bad documents end a reception; anything else thrown is a bug. */
function badDocument(error: unknown): BridgekeeperError {
  if (error instanceof BridgekeeperError) return error
  throw error
}

async function load(executor: Executor, version: ContractVersion): Promise<Contract> {
  return readContract(await sourceOfVersion(executor, version))
}

/** The texts of a version, for whoever reads it elsewhere. */
export async function sourceOfVersion(executor: Executor, version: ContractVersion): Promise<ContractSource> {
  const { text, base, parts } = await readTexts(executor, version.hash)
  const name = base ?? `${version.platform} ${version.label ?? version.hash}`.replaceAll(/[/:]/g, '-')
  return { text, name, parts: new Map([...parts].map(([path, part]) => [joinUri(name, path), part])) }
}

/** What the owner published stays in force; the copy is there to be looked at, once. */
async function keepCopy(tx: Transaction, document: ReceivedDocument, contract: Contract, published: ContractVersion): Promise<Reception> {
  const { platform, source, origin, at = new Date() } = document
  const reason = `A copy; in force is what came from ${published.origin}.`
  if (await isKnown(tx, platform, hashOfTexts(textsOf(contract)))) return { outcome: 'unchanged', version: published }
  return { outcome: 'proposed', version: await keepProposal(tx, { platform, source, origin, at }, contract, reason), reason }
}

async function keepProposal(
  tx: Transaction,
  from: Pick<ReceivedDocument, 'platform' | 'source' | 'origin'> & { at: Date },
  contract: Contract,
  reason: string | null,
): Promise<ContractVersion> {
  const texts: ContractTexts = textsOf(contract)
  const hash = hashOfTexts(texts)
  await keepTexts(tx, hash, texts)
  return insertVersion(tx, { ...from, hash, label: labelOf(contract), state: 'proposed', reason })
}

const labelOf = (contract: Contract): string | null => ownString(own(contract.document, 'info'), 'version') ?? null

function waitingOf({ hash, firstReadAt, reads, reason }: ContractVersion): Quarantined {
  return { hash, sinceMs: firstReadAt.getTime(), reads, suspicious: reason !== null }
}

/** A version that continues another's quarantine was first read with it. */
function firstReadOf({ quarantined }: PublicationState): { firstReadAt?: Date; reads?: number } {
  return quarantined ? { firstReadAt: new Date(quarantined.sinceMs), reads: quarantined.reads } : {}
}

function describe(version: ContractVersion): string {
  return `Version ${version.label ?? version.hash.slice(0, 12)}, first read ${version.firstReadAt.toISOString()},`
}
