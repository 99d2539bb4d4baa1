import type { BridgekeeperError } from '../errors/index.ts'

/** An edit that needs no judgement: replaces the characters from `start` to before `end` of the file as it was read. */
export interface Mend {
  start: number
  end: number
  text: string
}

/** One thing that is wrong in a file, where, and how to mend it. */
export interface Problem {
  /** Stable, for example `workspace.field_unknown`; explained in docs/errors.md. */
  code: string
  /** Relative to the root of the workspace, with forward slashes. */
  file: string
  /** From 1; a tab counts as one column. */
  line: number
  column: number
  /** `Integration github-helpdesk`, or as much of it as can be read. */
  entity: string
  /** Keys and positions (from 0) from the entity's top to the value. */
  path: readonly (string | number)[]
  /** The line of the file, as it is written. */
  excerpt: string
  /** What was expected and what was found, in one sentence. */
  message: string
  /** What the reader does next. */
  fix: string
  /** There when `workspace check --fix` mends it. */
  mend?: Mend
}

/** Where a problem stands, before it is known what is wrong. */
export type Spot = Pick<Problem, 'file' | 'line' | 'column' | 'entity' | 'path' | 'excerpt'>

export function problemAt(spot: Spot, error: BridgekeeperError, mend?: Mend): Problem {
  return { code: error.code, ...spot, message: error.message, fix: error.fix, ...(mend && { mend }) }
}

const compare = (left: string | number, right: string | number): number => (left < right ? -1 : left > right ? 1 : 0)

/** By file, line, column, code and message: the same files give the same list, whatever was read first. */
export function inReadingOrder(problems: readonly Problem[]): Problem[] {
  return [...problems].sort(
    (a, b) => compare(a.file, b.file) || a.line - b.line || a.column - b.column || compare(a.code, b.code) || compare(a.message, b.message),
  )
}

/** `spec › roadmap › item 2 › targetDate` */
export function pathInWords(path: readonly (string | number)[]): string {
  return path.map((part) => (typeof part === 'number' ? `item ${part + 1}` : part)).join(' › ')
}
