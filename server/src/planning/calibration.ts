import { normalP90 } from './distributions.ts'
import type { MaintenanceCalibration } from './maintenance-calibration.ts'
import type { MoneyCalibration } from './money-calibration.ts'
import { presets } from './presets.ts'

/** How one launched plan turned out. */
export interface Outcome {
  plan: string
  estimatedHours: number
  actualHours: number
  launchedOn: string
}

/** What the house has learned about its own estimates. */
export interface Calibration {
  outcomes: readonly Outcome[]
  /** Launched plans that say nothing, with the reason. */
  leftOut: readonly { plan: string; reason: string }[]
  p50Factor: number
  p90Factor: number
  /** One sentence for the plan file: where the factors come from. */
  source: string
  /** What keeping bridges up took. */
  maintenance: MaintenanceCalibration
  /** What came of the money that plans hoped for. */
  money: MoneyCalibration
}

/** The preset counts as much as this many plans of the house's own: three plans weigh as much as it does. */
const priorWeight = 3

/**
 * Real build hours as a multiple of the estimate, learned from launched plans. The logarithms of the ratios are taken
 * as normal; the presets (half within 1.5, nine of ten within 3) are the conjugate prior, so the factors start there and
 * move to the house's own record as it grows. Without history they are exactly the presets.
 *
 * Source: normal model with unknown mean and variance, A. Gelman et al., Bayesian Data Analysis, 3rd ed. (2013), §3.3;
 * the predictive t distribution is taken as a normal of the same scale.
 */
export function learnFactors(ratios: readonly number[]): { p50Factor: number; p90Factor: number } {
  const priorMean = Math.log(presets.buildP50Factor)
  const priorVariance = (Math.log(presets.buildP90Factor / presets.buildP50Factor) / normalP90) ** 2 / (1 + 1 / priorWeight)
  const logs = ratios.map(Math.log)
  const count = logs.length
  const mean = count === 0 ? 0 : logs.reduce((sum, log) => sum + log, 0) / count
  const squares = logs.reduce((sum, log) => sum + (log - mean) ** 2, 0)
  const weight = priorWeight + count
  const learnedMean = (priorWeight * priorMean + count * mean) / weight
  const learnedVariance = (priorWeight * priorVariance + squares + (priorWeight * count * (mean - priorMean) ** 2) / weight) / weight
  const predictiveDeviation = Math.sqrt(learnedVariance * (1 + 1 / weight))
  return { p50Factor: Math.exp(learnedMean), p90Factor: Math.exp(learnedMean + normalP90 * predictiveDeviation) }
}

export function calibrate(outcomes: readonly Outcome[], leftOut: Calibration['leftOut']): Omit<Calibration, 'money' | 'maintenance'> {
  const factors = learnFactors(outcomes.map((outcome) => outcome.actualHours / outcome.estimatedHours))
  const last = outcomes
    .map((outcome) => outcome.launchedOn)
    .toSorted()
    .at(-1)
  const source =
    outcomes.length === 0
      ? 'preset: no launched plan has recorded build hours yet'
      : `learned from ${outcomes.length} launched ${outcomes.length === 1 ? 'plan' : 'plans'}, the last on ${last}`
  return { outcomes, leftOut, ...factors, source }
}
