import { lognormalFromQuantiles, lognormalQuantile, triangularQuantile } from './distributions.ts'
import type { PlanInputs } from './plan-inputs.ts'
import { nextUniform, randomStream } from './random.ts'

/** One uncertain number of a plan. */
export interface Variable {
  /** Also names its random stream. */
  name: string
  label: string
  quantile: (probability: number) => number
}

/** One value for each variable, in the order of `variablesOf`. */
export type Sample = readonly number[]

/** Positions in a sample; the incentives follow in the order of the plan. */
export const position = { buildFactor: 0, maintenancePercent: 1, instances: 2, firstIncentive: 3 } as const

/** What is uncertain in a plan: real hours of the build, yearly maintenance, paying instances, each incentive. */
export function variablesOf(inputs: PlanInputs): Variable[] {
  const buildFactor = lognormalFromQuantiles(inputs.build.p50Multiplier, inputs.build.p90Multiplier)
  return [
    { name: 'build-factor', label: 'build hours as a multiple of the estimate', quantile: (p) => lognormalQuantile(buildFactor, p) },
    {
      name: 'maintenance',
      label: 'maintenance per year, % of the build',
      quantile: (p) => triangularQuantile(inputs.maintenancePercent, p),
    },
    { name: 'instances', label: 'paying instances after the ramp', quantile: (p) => triangularQuantile(inputs.sale.instances, p) },
    ...inputs.incentives.map((incentive) => ({
      name: `incentive:${incentive.id}`,
      label: incentive.name,
      quantile: (p: number) => triangularQuantile(incentive.amount, p),
    })),
  ]
}

/** Every variable at its median: the case in which nothing is especially lucky or unlucky. */
export function medianSample(variables: readonly Variable[]): Sample {
  return variables.map((variable) => variable.quantile(0.5))
}

/**
 * `count` independent draws of each variable, one array per variable. The same seed yields the same numbers;
 * each variable has its own stream, so a further variable changes no draw of the others.
 */
export function drawSamples(variables: readonly Variable[], seed: number, count: number): Float64Array[] {
  return variables.map(({ name, quantile }) => {
    const stream = randomStream(seed, name)
    return Float64Array.from({ length: count }, () => quantile(nextUniform(stream)))
  })
}
