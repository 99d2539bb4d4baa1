import { readFile, stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { contractLimits } from '../contracts/index.ts'
import { errors } from './errors.ts'
import type { Io } from './io.ts'

/** The text of a contract that is sent to the server. @throws cli.file_unreadable, cli.contract_too_large before anything is read or sent */
export async function readContractFile(io: Io, file: string): Promise<string> {
  const path = resolve(io.cwd, file)
  try {
    const { size } = await stat(path)
    if (size > contractLimits.maxBytes) throw errors.contract_too_large({ path: file, bytes: size, maxBytes: contractLimits.maxBytes })
    return await readFile(path, 'utf8')
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    if (code === undefined || code.includes('.')) throw cause
    throw errors.file_unreadable({ path: file, reason: code }, cause)
  }
}
