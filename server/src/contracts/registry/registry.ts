import type { Database, Executor, Transaction } from '../../database/index.ts'
import { BridgekeeperError } from '../../errors/index.ts'
import { compareAside } from '../compare-aside.ts'
import { type Contract, joinUri } from '../contract.ts'
import { type ContractShelf, createContractShelf } from '../contract-shelf.ts'
import type { Change } from '../impact/judge-impact.ts'
import { type Suspicion, suspectPublication } from '../impact/publication.ts'
import { own, ownString } from '../json.ts'
import { recordLook } from '../notices/watch.ts'
import { readContractAside } from '../read-aside.ts'
import type { ContractSource } from '../read-contract.ts'
import { type ContractTexts, hashOfTexts, nameInTexts, textsOf } from './contract-texts.ts'
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

export interface RegistryOptions<Prepared = undefined> {
  database: Database
  quarantine?: QuarantinePolicy
  /** Shared with others who need the same contracts. */
  shelf?: ContractShelf
  /** What `onPublished` needs to know of a change and takes time to find out: asked before anything is locked. */
  prepare?: (platform: string, change: Change, at: Date) => Promise<Prepared>
  /** Told inside the transaction that puts a version in force, so that a crash neither loses nor doubles what follows from it. */
  onPublished?: (tx: Transaction, version: ContractVersion, change: Change, prepared: Prepared) => Promise<void>
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
/** So often a document is compared anew because another came into force meanwhile; then it is compared while the others wait. */
const maxAttempts = 5

/** What was found out before anything was locked; it holds as long as the same version is in force. */
interface Groundwork<Prepared> {
  texts: ContractTexts
  hash: string
  published: ContractVersion | undefined
  before: Contract | undefined
  suspicion: Suspicion | undefined
  /** Undefined where it did not look as if the document would come into force. */
  change: Change | undefined
  prepared: Prepared | undefined
}

export function createRegistry<Prepared = undefined>(options: RegistryOptions<Prepared>): Registry {
  const { database, quarantine, shelf = createContractShelf(), prepare, onPublished, onFirst } = options
  const load = (executor: Executor, version: ContractVersion) => shelf.read(version.hash, () => sourceOfVersion(executor, version))

  /** Where the document stands beside what is in force and what waits. */
  const standing = async (executor: Executor, document: ReceivedDocument & { at: Date }, hash: string, suspicious: boolean) => {
    const { platform, at, vouched = false } = document
    const published = await findPublished(executor, platform)
    const quarantined = await findQuarantined(executor, platform)
    const flaps = await countFlaps(executor, platform, new Date(at.getTime() - flapsCountForMs))
    const read = readDocument(
      { published: published?.hash ?? null, quarantined: quarantined ? waitingOf(quarantined) : null, flaps },
      { hash, judgement: suspicious ? 'suspicious' : 'plausible', atMs: at.getTime(), vouched },
      quarantine,
    )
    return { published, quarantined, ...read }
  }

  /** Everything that takes long: reading the version in force, comparing, and what follows from the change. */
  const lay = async (
    executor: Executor,
    document: ReceivedDocument & { at: Date },
    contract: Contract,
    texts: ContractTexts,
    sure: boolean,
  ): Promise<Groundwork<Prepared>> => {
    const { platform, at } = document
    const hash = hashOfTexts(texts)
    const published = await findPublished(executor, platform)
    const before = published && published.hash !== hash ? await load(executor, published) : undefined
    const suspicion = before && suspectPublication(before, contract)
    const ground = { texts, hash, published, before, suspicion, change: undefined, prepared: undefined }
    if (!before) return ground
    const { outcome } = await standing(executor, document, hash, suspicion !== undefined)
    if (outcome !== 'published' && !sure) return ground
    const change = { before, after: contract, findings: await compareAside(before, contract, { today: at }) }
    return { ...ground, change, prepared: await prepare?.(platform, change, at) }
  }

  /** @returns undefined when the ground is gone: another version is in force, or the document comes into force against expectation */
  const takeIn = async (
    tx: Transaction,
    document: ReceivedDocument & { at: Date },
    contract: Contract,
    { texts, hash, published: expected, before, suspicion, change, prepared }: Groundwork<Prepared>,
  ): Promise<Reception | undefined> => {
    const { platform, source, origin, yieldsTo } = document
    const { published, quarantined, outcome, state: next } = await standing(tx, document, hash, suspicion !== undefined)
    if (published?.id !== expected?.id) return undefined
    const at = after(published?.publishedAt, document.at)
    // A copy in the workspace is our own file: reading it again tells nothing of what its owner does.
    if (source !== 'workspace') await recordLook(tx, platform, at)
    if (published && (await yieldsTo?.(published, tx))) return keepCopy(tx, { ...document, at }, contract, published)
    if (outcome === 'published' && before && !change) return undefined
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
    if (outcome !== 'published' || !change)
      return { outcome, version, ...(reason ? { reason } : {}), ...(againMs ? { readAgainAt: new Date(againMs) } : {}) }
    await onPublished?.(tx, version, change, prepared as Prepared)
    return { outcome, version, change }
  }

  const receiveParsed = async (document: ReceivedDocument & { at: Date }, contract: Contract): Promise<Reception> => {
    const texts = textsOf(contract)
    for (let attempt = 1; ; attempt++) {
      const last = attempt === maxAttempts
      const early = last ? undefined : await lay(database.executor, document, contract, texts, attempt > 1)
      const reception = await database.transaction(async (tx) => {
        await lockPlatform(tx, document.platform)
        const found = await takeIn(tx, document, contract, early ?? (await lay(tx, document, contract, texts, true)))
        if (found) await document.settle?.(tx, found)
        return found
      })
      if (!reception) continue
      const { version } = reception
      if (version?.state === 'published' && version.hash === hashOfTexts(texts))
        shelf.keep(version.hash, asKept(contract, nameOfTexts(version, texts)))
      return reception
    }
  }

  return {
    async receive(given) {
      const document = { ...given, at: given.at ?? new Date() }
      const { platform, origin, at, settle } = document
      const read = await contractIn(document).catch(badDocument)
      if (!(read instanceof BridgekeeperError)) return receiveParsed(document, read)
      return database.transaction(async (tx) => {
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

const contractIn = ({ text, origin, read }: ReceivedDocument): Promise<Contract> => read?.() ?? readContractAside({ text, name: origin })

/** What was received earlier and comes into force later is in force: the version published last counts. */
function after(published: Date | null | undefined, at: Date): Date {
  return published && published >= at ? new Date(published.getTime() + 1) : at
}

/** Only bad documents end a reception; anything else thrown is a bug. */
function badDocument(error: unknown): BridgekeeperError {
  if (error instanceof BridgekeeperError) return error
  throw error
}

/** The texts of a version, for whoever reads it elsewhere. */
export async function sourceOfVersion(executor: Executor, version: ContractVersion): Promise<ContractSource> {
  const { text, base, parts } = await readTexts(executor, version.hash)
  const name = nameOfTexts(version, { base })
  return { text, name, parts: new Map([...parts].map(([path, part]) => [joinUri(name, path), part])) }
}

const nameOfTexts = ({ platform, label, hash }: ContractVersion, { base }: Pick<ContractTexts, 'base'>): string =>
  base ?? `${platform} ${label ?? hash}`.replaceAll(/[/:]/g, '-')

/** What was parsed when it was received, under the names by which it is read again: those of a disk are nobody's business. */
function asKept(contract: Contract, name: string): Contract {
  const { entry } = contract
  const files = new Map(
    [...contract.files.values()].map((file) => {
      const uri = file === entry ? name : joinUri(name, nameInTexts(contract, file.uri))
      return [uri, { ...file, uri, resolved: new Map() }] as const
    }),
  )
  return { ...contract, name, entry: files.get(name)!, files }
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
