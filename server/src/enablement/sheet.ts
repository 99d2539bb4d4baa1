import type { CheckResult, ReadinessReport } from '../readiness/index.ts'

/** One line of a sheet. A claim names the checks that back it; a fact only repeats what a file says about itself. */
export type Line =
  | { kind: 'claim'; says: string; backedBy: string[] }
  | { kind: 'withheld'; says: string; because: string }
  | { kind: 'fact'; says: string }
  /** Somebody or something that is not there, on a named side. */
  | { kind: 'missing'; says: string }

export interface Section {
  heading: string
  lines: Line[]
}

/** One page for one reader. */
export interface Sheet {
  title: string
  /** Who reads it, in words. */
  reader: string
  asOf: string
  /** Whose page it is; absent for a page of the whole integration. */
  side?: string
  /** Customers read it: what can't be claimed is left out silently, and internal names don't appear. */
  isPublic: boolean
  sections: Section[]
}

/** `check`, of one side, or of all that it was asked of. */
export interface Backing {
  check: string
  side?: string
}

/**
 * Says something only when every check behind it has passed. A check that failed, lacks data, is stale, only declared where
 * that is not enough, or waived, denies the claim: an excuse between two companies is no statement to a customer.
 */
export function claim(report: ReadinessReport, says: string, ...backing: (string | Backing)[]): Line {
  const wanted = backing.map((one) => (typeof one === 'string' ? { check: one } : one))
  const denial = wanted.map((one) => denialOf(report, one)).find((reason) => reason !== undefined)
  if (denial !== undefined) return { kind: 'withheld', says, because: denial }
  return { kind: 'claim', says, backedBy: wanted.map(({ check }) => check) }
}

function denialOf(report: ReadinessReport, { check, side }: Backing): string | undefined {
  const asked = report.results.filter((result) => result.check === check && (side === undefined || result.side === side))
  const applicable = asked.filter((result) => result.status !== 'not-applicable')
  if (applicable.length === 0) return `${check}: nobody has checked`
  const denying = applicable.find((result) => result.status !== 'passed')
  return denying && describeDenial(denying)
}

function describeDenial({ check, side, status, says }: CheckResult): string {
  return `${check}${side ? ` (${side})` : ''} is ${status.replace('-', ' ')}: ${says}`
}

export const fact = (says: string): Line => ({ kind: 'fact', says })
export const missing = (says: string): Line => ({ kind: 'missing', says })

/** A sheet without its empty sections. What is withheld is gathered at the end, or left out where customers read. */
export function makeSheet(parts: Omit<Sheet, 'sections'>, sections: readonly Section[]): Sheet {
  const withheld = sections.flatMap((section) => section.lines).filter((line) => line.kind === 'withheld')
  const open = sections.map(({ heading, lines }) => ({ heading, lines: lines.filter((line) => line.kind !== 'withheld') }))
  const last = parts.isPublic || withheld.length === 0 ? [] : [{ heading: 'Do not promise yet', lines: withheld }]
  return { ...parts, sections: [...open, ...last].filter((section) => section.lines.length > 0) }
}
