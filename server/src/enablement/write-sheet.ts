import { readinessErrors } from '../readiness/index.ts'
import type { Side } from '../workspace/index.ts'
import { onboardingSheet, salesSheet, supportSheet } from './internal-sheets.ts'
import { listingSheet, releaseNotes } from './public-sheets.ts'
import { runbookSheet } from './runbook.ts'
import type { Sheet } from './sheet.ts'
import type { Source } from './source.ts'

export const sideSheets = ['sales', 'onboarding', 'support'] as const
export const wholeSheets = ['runbook', 'listing', 'release-notes'] as const
export type SheetKind = (typeof sideSheets)[number] | (typeof wholeSheets)[number]

const writers: Readonly<Record<(typeof sideSheets)[number], (source: Source, side: Side) => Sheet>> = {
  sales: salesSheet,
  onboarding: onboardingSheet,
  support: supportSheet,
}

export interface SheetRequest {
  kind: SheetKind
  /** For sales, onboarding and support; left out: one sheet for each side that brings a platform. */
  side?: string
  /** For release notes: the day after which they tell; left out: 90 days before today. */
  since: string
}

/**
 * Writes the sheets asked for from the true state. One page each; for the kinds that belong to a side, one per side.
 *
 * @throws readiness.side_unknown
 */
export function writeSheets(source: Source, { kind, side: name, since }: SheetRequest): Sheet[] {
  if (kind === 'runbook') return [runbookSheet(source)]
  if (kind === 'listing') return [listingSheet(source)]
  if (kind === 'release-notes') return [releaseNotes(source, since)]
  return sidesFor(source, name).map((side) => writers[kind](source, side))
}

function sidesFor({ spec: { sides } }: Source, name: string | undefined): Side[] {
  if (name === undefined) return sides.filter((side) => side.platforms.length > 0)
  const side = sides.find((candidate) => candidate.organization === name)
  if (!side) throw readinessErrors.side_unknown({ found: name, sides: sides.map((one) => one.organization) })
  return [side]
}
