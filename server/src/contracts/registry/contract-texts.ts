import { createHash } from 'node:crypto'
import { dirname, relative } from 'node:path'
import type { Contract } from '../contract.ts'
import { byText } from '../json.ts'

/** What a contract is made of, as it is kept. */
export interface ContractTexts {
  text: string
  /** Address that relative references begin at; null: `parts` are named as seen from the document. */
  base: string | null
  /** Files that it refers to, by the name that references resolve to. */
  parts: ReadonlyMap<string, string>
}

/** The texts of a contract. Files on disk are named as seen from the document, so that two machines with the same files have the same texts. */
export function textsOf({ entry, files }: Contract): ContractTexts {
  const isAddress = /^https?:/i.test(entry.uri)
  const nameOf = (uri: string) => (/^https?:/i.test(uri) ? uri : relative(dirname(entry.uri), uri).replaceAll('\\', '/'))
  const others = [...files.values()].filter((file) => file !== entry)
  return {
    text: entry.text,
    base: isAddress && others.length > 0 ? entry.uri : null,
    parts: new Map(others.map((file) => [nameOf(file.uri), file.text])),
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
