import { CORE_SCHEMA, loadAll } from 'js-yaml'
import type { Problem } from './problem.ts'
import type { SourceFile } from './source-file.ts'
import { untabbed } from './tabs.ts'
import { yamlProblems } from './yaml-problems.ts'

/** One YAML document of a file, as plain data. */
export interface RawDocument {
  source: SourceFile
  /** From 0, in the file. */
  index: number
  value: unknown
  /** The text itself is broken, so what it says can't be judged; what it names still counts as named. */
  broken: boolean
}

export interface ReadFile {
  documents: RawDocument[]
  problems: Problem[]
}

/**
 * Reads one file. Files in order are read by js-yaml, ten times faster than `yaml`; everything else, and every file with a tab, is read
 * by `yaml`, which says where and why (300,000 random texts: the two readers differ about tabs only). Both follow the core schema of
 * YAML 1.2: `yes` is text, a date is text.
 */
export function readDocuments(source: SourceFile): ReadFile {
  const values = source.text.includes('\t') ? undefined : readFast(source.text)
  if (values) return { documents: values.map((value, index) => ({ source, index, value, broken: false })), problems: [] }
  return readCarefully(source)
}

function readFast(text: string): unknown[] | undefined {
  try {
    return loadAll(text, undefined, { schema: CORE_SCHEMA }) as unknown[]
  } catch {
    return undefined
  }
}

function readCarefully(source: SourceFile): ReadFile {
  const { readable, problems: tabs } = untabbed(source)
  const problems = [...tabs]
  const documents = readable.documents().map((document, index) => {
    const found = yamlProblems(readable, document, index)
    problems.push(...found.problems)
    return { source: readable, index, value: plainValue(() => document.toJS({ maxAliasCount: 1000 })), broken: found.fatal }
  })
  return { documents, problems }
}

/** A broken document may still be readable in parts; what can't be read is nothing. */
function plainValue(read: () => unknown): unknown {
  try {
    return read()
  } catch {
    return undefined
  }
}
