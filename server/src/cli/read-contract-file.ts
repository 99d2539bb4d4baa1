import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { contractLimits, textsOfFile } from '../contracts/index.ts'
import { errors } from './errors.ts'
import type { Io } from './io.ts'

/** A contract as it is sent to the server. */
export interface SentContract {
  document: string
  /** What it refers to in its folder. */
  files: Record<string, string>
  /** As the caller names it. */
  file: string
}

/**
 * A contract on disk with the files that it refers to inside its folder.
 *
 * @throws cli.file_unreadable, cli.contract_too_large before anything is read or sent; what `textsOfFile` throws about the other files
 */
export async function readContractFile(io: Io, file: string): Promise<SentContract> {
  const path = resolve(io.cwd, file)
  const bytes = await sizeOf(path, file)
  if (bytes > contractLimits.maxBytes) throw errors.contract_too_large({ path: file, bytes, maxBytes: contractLimits.maxBytes })
  const { text, parts } = await textsOfFile(path)
  return { document: text, files: Object.fromEntries(parts), file }
}

async function sizeOf(path: string, file: string): Promise<number> {
  try {
    return (await stat(path)).size
  } catch (cause) {
    throw errors.file_unreadable({ path: file, reason: (cause as NodeJS.ErrnoException).code ?? String(cause) }, cause)
  }
}
