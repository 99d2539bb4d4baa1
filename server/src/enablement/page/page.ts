import type { Source } from '../source.ts'

/**
 * What one place of the page holds. `missing`: it is owed, and nobody has it; `unknown`: nobody has looked;
 * `not-owed`: it is not there, and need not be.
 */
export interface Cell {
  state: 'known' | 'missing' | 'unknown' | 'not-owed'
  /** At least one; what is missing says on which side. */
  says: string[]
}

/** One subject: said once for the whole bridge, or once for each side, in the order of the page's sides. */
export type PageRow = { what: string; of: 'bridge'; cell: Cell } | { what: string; of: 'sides'; cells: Cell[] }

export interface PageSection {
  heading: string
  rows: PageRow[]
}

/** Everything about one integration, with its sides beside each other. */
export interface IntegrationPage {
  integration: string
  title: string
  asOf: string
  oneSided: boolean
  sides: { organization: string; title: string }[]
  sections: PageSection[]
}

export const known = (...says: string[]): Cell => ({ state: 'known', says })
export const missing = (says: string): Cell => ({ state: 'missing', says: [says] })
export const unknown = (says: string): Cell => ({ state: 'unknown', says: [says] })
export const notOwed = (says = 'not owed'): Cell => ({ state: 'not-owed', says: [says] })

/** What is there, or else the word for its absence. */
export const knownOr = (says: readonly string[], otherwise: Cell): Cell => (says.length > 0 ? known(...says) : otherwise)

export const ofBridge = (what: string, cell: Cell): PageRow => ({ what, of: 'bridge', cell })

export type Side = Source['spec']['sides'][number]

export function ofSides({ spec }: Source, what: string, cellOf: (side: Side) => Cell): PageRow {
  return { what, of: 'sides', cells: spec.sides.map(cellOf) }
}

/** The words of every place that is missing; for a summary. */
export function missingPlaces({ sections, sides }: IntegrationPage): { section: string; what: string; side?: string }[] {
  return sections.flatMap(({ heading, rows }) =>
    rows.flatMap((row) => {
      if (row.of === 'bridge') return row.cell.state === 'missing' ? [{ section: heading, what: row.what }] : []
      return row.cells.flatMap(({ state }, index) =>
        state === 'missing' ? [{ section: heading, what: row.what, side: sides[index]!.organization }] : [],
      )
    }),
  )
}
