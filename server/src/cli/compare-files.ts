import { relative, resolve } from 'node:path'
import { type Change, compareContracts, readContractAside, type SourceLine } from '../contracts/index.ts'
import type { Io } from './io.ts'

/** Two versions in files, and what is between them. @param noticeDays days that a deprecation has to come before its sunset */
export async function compare(io: Io, before: string, after: string, noticeDays?: string): Promise<Change> {
  const [old, now] = [await readContractAside({ path: resolve(io.cwd, before) }), await readContractAside({ path: resolve(io.cwd, after) })]
  const days = Number(noticeDays ?? 0)
  return { before: old, after: now, findings: compareContracts(old, now, { minNoticeDays: { stable: days, beta: days } }) }
}

/** Annotations and code scanning want paths as the repository names them; what lies outside of it keeps its whole path. */
export function relativeLines<K>(io: Io, lines: ReadonlyMap<K, SourceLine>): Map<K, SourceLine> {
  const named = (file: string) => {
    const way = relative(io.cwd, file).replaceAll('\\', '/')
    return way.startsWith('../') ? file : way
  }
  return new Map([...lines].map(([key, line]) => [key, { ...line, file: named(line.file) }]))
}
