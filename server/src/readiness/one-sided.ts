import { sumByCurrency } from '../agreements/index.ts'
import type { Duty, Money } from '../workspace/index.ts'
import type { ReadinessReport } from './readiness-report.ts'

/** What stands on an end that one organization does not hold. */
export interface UnattendedSide {
  organization: string
  integrations: { integration: string; missing: Duty[]; customers: number | 'unknown' }[]
  payingCustomers: number
  revenue: Money[]
  /** Integrations whose customers nobody has counted: the sums leave them out, so they are a lower bound. */
  uncounted: string[]
}

/**
 * Bridges that stand on one end, by the organization that does not hold the other. A bridge that both leave alone is
 * told under both.
 *
 * @returns most paying customers first, then by name; customers of several bridges are counted at each of them
 */
export function unattendedSides(reports: readonly ReadinessReport[]): UnattendedSide[] {
  const bySide = new Map<string, { report: ReadinessReport; missing: Duty[] }[]>()
  for (const report of reports) {
    if (report.stage === 'retired' || report.stage === 'proposed') continue
    for (const { organization, missingAnchors } of report.sides) {
      if (missingAnchors.length === 0) continue
      bySide.set(organization, [...(bySide.get(organization) ?? []), { report, missing: missingAnchors }])
    }
  }
  return [...bySide].map(([organization, rows]) => unattendedSide(organization, rows)).sort(byExposure)
}

function unattendedSide(organization: string, rows: readonly { report: ReadinessReport; missing: Duty[] }[]): UnattendedSide {
  const exposures = rows.flatMap(({ report }) => report.exposure ?? [])
  return {
    organization,
    integrations: rows.map(({ report, missing }) => ({
      integration: report.integration,
      missing,
      customers: report.exposure?.customers ?? 'unknown',
    })),
    payingCustomers: exposures.reduce((sum, exposure) => sum + exposure.payingCustomers, 0),
    revenue: sumByCurrency(exposures.flatMap((exposure) => exposure.revenue)),
    uncounted: rows.filter(({ report }) => report.exposure === undefined).map(({ report }) => report.integration),
  }
}

function byExposure(left: UnattendedSide, right: UnattendedSide): number {
  return right.payingCustomers - left.payingCustomers || (left.organization < right.organization ? -1 : 1)
}
