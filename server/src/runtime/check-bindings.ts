import { sql } from 'kysely'
import type { Executor } from '../database/index.ts'
import { firstFew } from '../errors/index.ts'
import { errors } from './errors.ts'

export interface LeftInstances {
  integration: string
  /** All that are not removed. */
  instances: number
  /** Those who pay, sorted. */
  payingCustomers: string[]
}

/**
 * An integration whose file or code is gone runs no more: for a customer who pays that is an end without notice, and its only way is a
 * wind-down plan. Asked before a program takes up its work, so that a deletion or a new name is found out before anybody feels it.
 *
 * @param loaded names of the integrations that have code here
 * @returns integrations without code whose customers do not pay, for whoever starts the program to tell
 * @throws runtime.customers_left when one has customers who pay and is not retired
 */
export async function checkBindings(executor: Executor, loaded: readonly string[]): Promise<LeftInstances[]> {
  const { rows } = await sql<LeftInstances>`
    -- runtime.listLeftInstances
    select integration, count(*)::int as instances,
      coalesce(array_agg(distinct customer order by customer) filter (where paying), '{}') as "payingCustomers"
    from instance
    where state <> 'removed' and integration <> all(${loaded}::text[])
      and 'retired' is distinct from (select stage from stage_admission a where a.integration = instance.integration order by position desc limit 1)
    group by integration order by integration`.execute(executor)
  const left = rows.find(({ payingCustomers }) => payingCustomers.length > 0)
  if (left) {
    const { integration, payingCustomers } = left
    throw errors.customers_left({ integration, count: payingCustomers.length, customers: firstFew(payingCustomers) })
  }
  return rows
}
