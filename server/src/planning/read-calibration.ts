import type { Executor } from '../database/index.ts'
import type { Plan } from '../workspace/index.ts'
import { type Calibration, calibrate, type Outcome } from './calibration.ts'
import { sumBuildHours } from './queries.ts'

/** Compares every launched plan of a workspace with the hours that were recorded for its build. */
export async function readCalibration(executor: Executor, plans: Iterable<Plan>): Promise<Calibration> {
  const outcomes: Outcome[] = []
  const leftOut: { plan: string; reason: string }[] = []
  for (const plan of plans) {
    const launchedOn = plan.spec.decision?.launchedOn
    if (launchedOn === undefined) continue
    const actualHours = await sumBuildHours(executor, plan.metadata.name, plan.spec.integration, launchedOn)
    if (actualHours > 0) outcomes.push({ plan: plan.metadata.name, estimatedHours: estimateOf(plan), actualHours, launchedOn })
    else leftOut.push({ plan: plan.metadata.name, reason: 'no build hours recorded until its launch' })
  }
  return calibrate(outcomes, leftOut)
}

/** The estimate of whoever built it; the plan's own when the decision names no builder. */
function estimateOf({ spec }: Plan): number {
  const builder = spec.parties.find((party) => party.organization === spec.decision?.option?.builder)
  return builder?.buildHours ?? spec.assumptions.buildHours
}
