import type { Triangular } from './distributions.ts'
import { learnRatio } from './money-calibration.ts'
import { presets } from './presets.ts'

/** What keeping one launched bridge up took, beside what building it had taken. */
export interface MaintenanceOutcome {
  plan: string
  buildHours: number
  maintenanceHours: number
  /** Since the launch. */
  months: number
  /** Of the build hours. */
  perYearPercent: number
}

/** What the house has learned about keeping bridges up; the range is absent while nothing is known. */
export interface MaintenanceCalibration {
  outcomes: readonly MaintenanceOutcome[]
  /** Launched plans that say nothing, with the reason. */
  leftOut: readonly { plan: string; reason: string }[]
  perYearPercent?: Triangular
  /** One sentence for the plan file; absent with the range. */
  source?: string
}

/** Before that a bridge has seen too few changes of the platforms below it: the first months are quiet, or all trouble. */
const monthsUntilMaintained = 6

/** One launched plan, as its recorded hours tell it; a reason where they don't. */
export function maintenanceOutcome(
  plan: string,
  { buildHours, maintenanceHours, months }: Omit<MaintenanceOutcome, 'plan' | 'perYearPercent'>,
): MaintenanceOutcome | { plan: string; reason: string } {
  if (months < monthsUntilMaintained) return { plan, reason: `launched less than ${monthsUntilMaintained} months ago` }
  if (buildHours <= 0) return { plan, reason: 'no build hours recorded until its launch' }
  if (maintenanceHours <= 0) return { plan, reason: 'no maintenance hours recorded since its launch' }
  return { plan, buildHours, maintenanceHours, months, perYearPercent: (maintenanceHours / buildHours / (months / 12)) * 100 }
}

/**
 * Maintenance per year as a part of the build hours. The house's own record moves the whole preset range: by the geometric mean of
 * what each bridge took, divided by the preset, with a prior that believes the preset and weighs as much as three bridges.
 */
export function calibrateMaintenance(all: readonly (MaintenanceOutcome | { plan: string; reason: string })[]): MaintenanceCalibration {
  const outcomes = all.filter((one): one is MaintenanceOutcome => 'perYearPercent' in one)
  const leftOut = all.filter((one): one is { plan: string; reason: string } => 'reason' in one)
  if (outcomes.length === 0) return { outcomes, leftOut }
  const { low, likely, high } = presets.maintenancePercent
  const factor = learnRatio(outcomes.map(({ perYearPercent }) => perYearPercent / likely))
  return {
    outcomes,
    leftOut,
    perYearPercent: { low: low * factor, likely: likely * factor, high: high * factor },
    source: `learned from the maintenance of ${outcomes.length} launched ${outcomes.length === 1 ? 'plan' : 'plans'}`,
  }
}

/** `Maintenance of 18 % of the build a year, between 11 and 36 %` */
export function maintenanceInWords({ low, likely, high }: Triangular): string {
  return `Maintenance of ${likely.toFixed(0)} % of the build a year, between ${low.toFixed(0)} and ${high.toFixed(0)} %`
}
