import { sql } from 'kysely'
import type { Executor } from '../database/index.ts'
import type { Money } from '../workspace/index.ts'

/** What the company that runs an instance knows about its customer and no run can show; `null`: nobody has told. */
export interface CustomerFacts {
  /** What this customer pays each month for, or because of, the integration. */
  revenuePerMonth: Money | null
  /** Last day of what the customer has paid or signed for, `YYYY-MM-DD`. */
  termEndsOn: string | null
  /** Belongs to one of the sides, and proves nothing as a customer. */
  affiliated: boolean | null
}

export type CustomerFactsChange = Partial<CustomerFacts> & { paying?: boolean }

/** Not part of a revision: rolling an instance back does not take back what its customer pays. What is left out stays. */
export async function setCustomerFacts(executor: Executor, instanceId: string, change: CustomerFactsChange): Promise<void> {
  const { revenuePerMonth, termEndsOn, affiliated, paying } = change
  const changes = [
    ...(paying === undefined ? [] : [sql`paying = ${paying}`]),
    ...(revenuePerMonth === undefined
      ? []
      : [sql`revenue_per_month_minor = ${revenuePerMonth?.amountMinor ?? null}, revenue_currency = ${revenuePerMonth?.currency ?? null}`]),
    ...(termEndsOn === undefined ? [] : [sql`term_ends_on = ${termEndsOn}::date`]),
    ...(affiliated === undefined ? [] : [sql`affiliated = ${affiliated}`]),
  ]
  if (changes.length === 0) return
  await sql`
    -- runtime.setCustomerFacts
    update instance set ${sql.join(changes)}, changed_at = now() where id = ${instanceId}`.execute(executor)
}

/** Columns of table `instance` as {@link CustomerFacts}. */
export const customerFactColumns = sql`
  case when revenue_currency is not null then json_build_object('amountMinor', revenue_per_month_minor, 'currency', revenue_currency) end as "revenuePerMonth",
  to_char(term_ends_on, 'YYYY-MM-DD') as "termEndsOn", affiliated`
