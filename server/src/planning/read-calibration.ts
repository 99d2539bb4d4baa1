import type { Executor } from '../database/index.ts'
import type { Plan, Workspace } from '../workspace/index.ts'
import { type Calibration, calibrate, type Outcome } from './calibration.ts'
import { optionOf } from './chosen-option.ts'
import { holderOf } from './flows.ts'
import { calibrateMaintenance, maintenanceOutcome } from './maintenance-calibration.ts'
import { calibrateMoney, knownMonths, type MoneyOutcome } from './money-calibration.ts'
import { moneyOf, type ReadRevenue } from './plan-actuals.ts'
import { sumHoursOfPlans } from './queries.ts'
import { sumReceipts } from './receipt-queries.ts'
import { resolvePlan } from './resolve-plan.ts'
import { unitsByNow } from './review-money.ts'
import { monthsBetween } from './review-plan.ts'

/** Compares every launched plan of a workspace with the hours that its build took and the money that came. */
export async function readCalibration(executor: Executor, workspace: Workspace, readRevenue: ReadRevenue, now: Date): Promise<Calibration> {
  const today = now.toISOString().slice(0, 10)
  const launched = [...workspace.plans.values()].flatMap((plan) => {
    const launchedOn = plan.spec.decision?.launchedOn
    return launchedOn === undefined ? [] : [{ plan, name: plan.metadata.name, integration: plan.spec.integration, launchedOn }]
  })
  const hours = await sumHoursOfPlans(executor, launched, today)
  const outcomes: Outcome[] = []
  const leftOut: { plan: string; reason: string }[] = []
  for (const { plan, name, launchedOn } of launched) {
    const actualHours = hours.get(name)?.buildHours ?? 0
    if (actualHours > 0) outcomes.push({ plan: name, estimatedHours: estimateOf(plan), actualHours, launchedOn })
    else leftOut.push({ plan: name, reason: 'no build hours recorded until its launch' })
  }
  const maintained = launched.map(({ name, launchedOn }) =>
    maintenanceOutcome(name, {
      ...(hours.get(name) ?? { buildHours: 0, maintenanceHours: 0 }),
      months: monthsBetween(launchedOn, today),
    }),
  )
  return {
    ...calibrate(outcomes, leftOut),
    maintenance: calibrateMaintenance(maintained),
    money: calibrateMoney(await moneyOutcomes(executor, workspace, readRevenue, now)),
  }
}

async function moneyOutcomes(executor: Executor, workspace: Workspace, readRevenue: ReadRevenue, now: Date): Promise<MoneyOutcome[]> {
  const today = now.toISOString().slice(0, 10)
  const launched = [...workspace.plans.values()].filter(({ spec }) => knownMonths(spec.decision?.launchedOn, today) !== undefined)
  const [receipts, revenue] = await Promise.all([
    sumReceipts(
      executor,
      launched.map(({ metadata }) => metadata.name),
    ),
    readRevenue(launched.flatMap(({ spec }) => spec.integration ?? [])),
  ])
  return launched.flatMap((plan) => {
    const { integration } = plan.spec
    const sums = {
      receipts: receipts.get(plan.metadata.name) ?? [],
      revenue: (integration !== undefined && revenue.get(integration)) || null,
    }
    return outcomesOf(plan, workspace, moneyOf(sums, plan.spec.assumptions.currency), today)
  })
}

/** What the plan itself hoped for, without what earlier history had made of it: a correction must not be corrected again. */
function outcomesOf(plan: Plan, workspace: Workspace, actual: ReturnType<typeof moneyOf>, today: string): MoneyOutcome[] {
  if (!actual.customers && actual.received.size === 0) return []
  const { customersFactor: _, cashFactor: __, ...assumptions } = plan.spec.assumptions
  const { decision } = plan.spec
  const { inputs } = resolvePlan(
    { ...plan, spec: { ...plan.spec, assumptions } },
    { organization: (name) => workspace.organizations.get(name), platform: (name) => workspace.platforms.get(name) },
  )
  const option = optionOf(inputs, plan)
  const sinceLaunch = monthsBetween(decision!.launchedOn!, today)
  const elapsed = { sinceDecision: monthsBetween(decision!.decidedOn, today), sinceLaunch }
  const { instances, rampMonths } = inputs.sale
  const name = plan.metadata.name
  const hoped = instances.likely * (rampMonths === 0 ? 1 : Math.min(1, sinceLaunch / rampMonths))
  const customers: MoneyOutcome[] =
    actual.customers && hoped > 0 ? [{ plan: name, what: 'customers', expected: hoped, actual: actual.customers.payingNow }] : []
  const cash = inputs.incentives.flatMap((incentive): MoneyOutcome[] => {
    const came = actual.received.get(incentive.id)
    const counts = option && (incentive.onlyIf === undefined || option[incentive.onlyIf].id === holderOf(option, incentive.to))
    if (incentive.kind !== 'cash' || !counts || !came || came.otherCurrencies.length > 0) return []
    const expected =
      incentive.amount.likely * (incentive.per === 'instance-year' ? instances.likely : 1) * unitsByNow(inputs, incentive, elapsed)
    return expected > 0 ? [{ plan: name, what: 'cash', expected, actual: came.amount }] : []
  })
  return [...customers, ...cash]
}

/** The estimate of whoever built it; the plan's own when the decision names no builder. */
function estimateOf({ spec }: Plan): number {
  const builder = spec.parties.find((party) => party.organization === spec.decision?.option?.builder)
  return builder?.buildHours ?? spec.assumptions.buildHours
}
