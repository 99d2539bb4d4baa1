import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { relative } from 'node:path'
import { sql } from 'kysely'
import type { Database, Executor } from '../../database/index.ts'
import type { Platform, Workspace } from '../../workspace/index.ts'
import { decodeText } from '../decode-text.ts'
import { readContractAside } from '../read-aside.ts'
import { hashOfTexts, textsOf } from './contract-texts.ts'
import { isKnown } from './queries.ts'
import type { Reception, Registry } from './registry.ts'

/**
 * Registers the contract file of each platform of a workspace as a version, when the file itself is new or changed. An unchanged file is not
 * news, so a restart never puts an older copy back in force. A file that changes replaces an upload, since both companies reviewed it; beside
 * a polled address it is only a copy, and so is a file seen for the first time, or an older version, where an upload is in force.
 *
 * @returns what became of the files that were news, by platform
 */
export async function registerWorkspaceContracts(parts: {
  database: Database
  registry: Registry
  workspace: Workspace
  /** One platform's file must not keep the others from being registered. */
  onProblem(platform: string, error: unknown): void
  now?: Date
}): Promise<Map<string, Reception>> {
  const receptions = new Map<string, Reception>()
  for (const [name, platform] of parts.workspace.platforms) {
    try {
      const reception = await registerFile(parts, platform)
      if (reception) receptions.set(name, reception)
    } catch (error) {
      parts.onProblem(name, error)
    }
  }
  return receptions
}

async function registerFile(parts: Parameters<typeof registerWorkspaceContracts>[0], platform: Platform): Promise<Reception | undefined> {
  const { database, registry, workspace, now = new Date() } = parts
  const { contract } = platform.spec
  if (!contract) return undefined
  const { name } = platform.metadata
  const path = workspace.fileOf(platform, contract.file)
  const text = decodeText(await readFile(path))
  const known = await findFileHash(database.executor, name)
  // The hash of a text alone is that of a contract in one file: nothing more needs to be read.
  if (known === createHash('sha256').update(text).digest('hex')) return undefined
  const inside = !relative(workspace.root, path).startsWith('..')
  const reading = readContractAside({ path, ...(inside ? { root: workspace.root } : {}) })
  const hash = await reading.then(
    (contract) => hashOfTexts(textsOf(contract)),
    () => undefined,
  )
  if (known !== undefined && known === hash) return undefined
  return registry.receive({
    platform: name,
    text,
    read: () => reading,
    source: 'workspace',
    origin: contract.file,
    vouched: true,
    yieldsTo: async ({ source }, tx) =>
      source !== 'workspace' &&
      (contract.url !== undefined ||
        contract.catalog !== undefined ||
        (await findFileHash(tx, name)) === undefined ||
        (await isKnown(tx, name, hash!))),
    at: now,
    // What could not be read is not remembered: a file that it refers to may be mended while it stays as it is.
    settle: async (tx) => void (hash && (await keepFileHash(tx, { platform: name, file: contract.file, hash }, now))),
  })
}

async function findFileHash(executor: Executor, platform: string): Promise<string | undefined> {
  const { rows } = await sql<{ hash: string }>`
    -- contracts.findFileHash
    select hash from contract_workspace_file where platform = ${platform}`.execute(executor)
  return rows[0]?.hash
}

async function keepFileHash(executor: Executor, file: { platform: string; file: string; hash: string }, at: Date): Promise<void> {
  await sql`
    -- contracts.keepFileHash
    insert into contract_workspace_file (platform, file, hash, seen_at) values (${file.platform}, ${file.file}, ${file.hash}, ${at})
    on conflict (platform) do update set file = excluded.file, hash = excluded.hash, seen_at = excluded.seen_at`.execute(executor)
}
