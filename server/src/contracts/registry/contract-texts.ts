import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { dirname, relative } from 'node:path'
import { BridgekeeperError } from '../../errors/index.ts'
import type { Contract } from '../contract.ts'
import { byText } from '../json.ts'
import { readContractAside } from '../read-aside.ts'

/** What a contract is made of, as it is kept. */
export interface ContractTexts {
  text: string
  /** Address or name that relative references begin at, as the files refer back to it; null: there are no other files. */
  base: string | null
  /** Files that it refers to, by address, or by their way from the document. */
  parts: ReadonlyMap<string, string>
}

/** The texts of a contract. Files on disk are named as seen from the document, so that two machines with the same files have the same texts. */
export function textsOf(contract: Contract): ContractTexts {
  const { entry, files } = contract
  const isAddress = /^https?:/i.test(entry.uri)
  const others = [...files.values()].filter((file) => file !== entry)
  const parts = new Map(others.map((file) => [nameInTexts(contract, file.uri), file.text]))
  return { text: entry.text, base: others.length === 0 ? null : isAddress ? entry.uri : tailOf(entry.uri, parts.keys()), parts }
}

/** Name of a further file among the texts of its contract. */
export function nameInTexts({ entry }: Contract, uri: string): string {
  return /^https?:/i.test(uri) ? uri : relative(dirname(entry.uri), uri).replaceAll('\\', '/')
}

/** So much of a path as its files need to find back to it. */
function tailOf(path: string, names: Iterable<string>): string {
  const folders = Math.max(0, ...[...names].map((name) => name.split('/').filter((step) => step === '..').length))
  return path
    .replaceAll('\\', '/')
    .split('/')
    .slice(-1 - folders)
    .join('/')
}

/** What {@link textsOfFile} leaves to whoever receives the document. */
const aboutTheDocument = new Set(['document_unreadable', 'document_too_complex', 'not_an_api_description'].map((key) => `contracts.${key}`))

/**
 * A contract on disk with every file that it reaches inside its folder, to be sent to somebody who can't read that folder. A document that is
 * no contract is given alone: whoever receives it says so.
 *
 * @param path absolute
 * @throws what `readContract` throws about the files that it refers to, and about all of them being too many or too large
 */
export async function textsOfFile(path: string): Promise<ContractTexts> {
  try {
    return textsOf(await readContractAside({ path }))
  } catch (error) {
    if (!(error instanceof BridgekeeperError && aboutTheDocument.has(error.code) && error.values.name === path)) throw error
    return { text: await readFile(path, 'utf8'), base: null, parts: new Map() }
  }
}

/** SHA-256 of the text; of a contract of several files, that of the sorted names and hashes of all. */
export function hashOfTexts({ text, parts }: Pick<ContractTexts, 'text' | 'parts'>): string {
  if (parts.size === 0) return sha256(text)
  const lines = [...parts].map(([path, part]) => `${sha256(part)} ${path}`).sort(byText)
  return sha256([sha256(text), ...lines].join('\n'))
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
