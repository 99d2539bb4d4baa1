import type { Executor } from '../database/index.ts'
import { currencyExponent, type Plan } from '../workspace/index.ts'
import { type HoursSum, sumHours } from './queries.ts'
import type { ReceiptSum } from './receipt.ts'
import { sumReceipts } from './receipt-queries.ts'
import type { ActualMoney } from './review-money.ts'

/** What customers of one integration paid in one currency; the runtime knows. */
export interface RevenueSum {
  currency: string | null
  payingNow: number
  perMonthMinor: number
  totalMinor: number
}

/** By integration; without an entry nobody knows. */
export type ReadRevenue = (integrations: readonly string[]) => Promise<ReadonlyMap<string, readonly RevenueSum[]>>

/** Everything recorded about a plan and the integration that came of it. */
export interface PlanActuals {
  asOf: string
  hours: HoursSum[]
  receipts: readonly ReceiptSum[]
  /** null: the plan names no integration, or none of its instances is known here. */
  revenue: readonly RevenueSum[] | null
}

export async function readPlanActuals(executor: Executor, plan: Plan, readRevenue: ReadRevenue, now: Date): Promise<PlanActuals> {
  const { name } = plan.metadata
  const { integration } = plan.spec
  const [hours, receipts, revenue] = await Promise.all([
    sumHours(executor, { organization: null }),
    sumReceipts(executor, [name]),
    integration === undefined ? undefined : readRevenue([integration]),
  ])
  return {
    asOf: now.toISOString().slice(0, 10),
    hours: hours.filter((sum) => sum.plan === name || (sum.plan === null && integration !== undefined && sum.integration === integration)),
    receipts: receipts.get(name) ?? [],
    revenue: (integration !== undefined && revenue?.get(integration)) || null,
  }
}

/** Money in units of the plan's currency; what is in another can't be compared, and is said not to be counted. */
export function moneyOf({ receipts, revenue }: Pick<PlanActuals, 'receipts' | 'revenue'>, currency: string): ActualMoney {
  const perMinor = 10 ** -(currencyExponent(currency) ?? 0)
  const received = new Map(
    [...Map.groupBy(receipts, ({ incentive }) => incentive)].map(([incentive, sums]) => {
      const amount = sums.reduce((total, sum) => total + (sum.currency === currency ? sum.amountMinor * perMinor : 0), 0)
      const otherCurrencies = sums.map((sum) => sum.currency).filter((other) => other !== currency)
      return [incentive, { amount, otherCurrencies }]
    }),
  )
  if (!revenue) return { received }
  const counted = revenue.find((sum) => sum.currency === currency)
  const payingNow = revenue.reduce((total, sum) => total + sum.payingNow, 0)
  return {
    received,
    customers: { payingNow, uncounted: payingNow - (counted?.payingNow ?? 0), revenue: (counted?.totalMinor ?? 0) * perMinor },
  }
}
