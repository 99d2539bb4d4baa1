import { sql } from 'kysely'
import type { Executor } from '../database/index.ts'

/** What the customers of one integration paid in one currency. */
export interface Revenue {
  /** null: customers that pay, and nobody has told how much. */
  currency: string | null
  /** Instances that pay now. */
  payingNow: number
  /** In minor units; of those that pay now. */
  perMonthMinor: number
  /** In minor units: what each paid per month, for as long as it did. */
  totalMinor: number
}

/**
 * Revenue of integrations until now, one statement for all. A month is a twelfth of 365.25 days, and a changed price counts from the
 * moment at which it was told.
 *
 * @returns no entry for an integration that never had an instance here: nobody knows then, and it is not zero
 */
export async function readRevenue(executor: Executor, integrations: readonly string[], now: Date): Promise<Map<string, Revenue[]>> {
  if (integrations.length === 0) return new Map()
  const { rows } = await sql<Revenue & { integration: string; everPaid: boolean }>`
    -- runtime.readRevenue
    with span as (
      select instance.integration, r.*,
        lead(since) over (partition by instance_id order by since) as until
      from instance_revenue r join instance on instance.id = r.instance_id
      where instance.integration = any(${[...integrations]}::text[]) and since <= ${now}
    )
    select integration, currency, bool_or(paying) as "everPaid",
      count(*) filter (where paying and until is null)::float8 as "payingNow",
      coalesce(sum(revenue_per_month_minor) filter (where paying and until is null), 0)::float8 as "perMonthMinor",
      coalesce(sum(revenue_per_month_minor * extract(epoch from coalesce(until, ${now}) - since) / (86400 * 365.25 / 12)) filter (where paying), 0)::float8
        as "totalMinor"
    from span group by 1, 2 order by 1, 2`.execute(executor)
  const known = new Map<string, Revenue[]>()
  for (const { integration, everPaid, ...revenue } of rows) {
    const list = known.get(integration) ?? []
    known.set(integration, everPaid ? [...list, revenue] : list)
  }
  return known
}
