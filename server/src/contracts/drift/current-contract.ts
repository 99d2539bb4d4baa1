import { createHash } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import type { Database } from '../../database/index.ts'
import type { ContractSource } from '../read-contract.ts'
import { findPublished } from '../registry/queries.ts'
import { sourceOfVersion } from '../registry/registry.ts'

/** The version of a contract that is in force, not parsed. */
export interface CurrentContract {
  /** Changes with the text. */
  key: string
  /** Read only when it is needed: the text can be large. */
  source(): Promise<ContractSource>
}

/**
 * Finds the contract in force: the version published last, or, where none was, the file that the workspace names. Looking is cheap.
 *
 * @param fileOf path of the platform's contract in the workspace
 */
export function currentContracts(database: Database, fileOf: (platform: string) => string | undefined) {
  const hashes = new Map<string, { stamp: string; hash: string }>()
  return async (platform: string): Promise<CurrentContract | undefined> => {
    const published = await findPublished(database.executor, platform)
    if (published) {
      return { key: published.hash, source: () => sourceOfVersion(database.executor, published) }
    }
    const path = fileOf(platform)
    if (path === undefined) return undefined
    const { mtimeMs, size } = await stat(path)
    const stamp = `${mtimeMs} ${size}`
    const known = hashes.get(path)
    const hash =
      known?.stamp === stamp
        ? known.hash
        : createHash('sha256')
            .update(await readFile(path))
            .digest('hex')
    hashes.set(path, { stamp, hash })
    return { key: hash, source: async () => ({ path }) }
  }
}
