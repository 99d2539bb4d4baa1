import { sql } from 'kysely'
import { type Executor, uuidv7 } from '../database/index.ts'
import type { Receipt, ReceiptSum, RecordedReceipt } from './receipt.ts'

export async function insertReceipts(
  executor: Executor,
  entries: readonly (Receipt & { organization: string })[],
  recordedBy: string,
): Promise<void> {
  const rows = entries.map(
    ({ plan, incentive, organization, amount, receivedOn, note }) =>
      sql`(${uuidv7()}::uuid, ${plan}, ${incentive}, ${organization}, ${amount.amountMinor}, ${amount.currency}, ${receivedOn}::date, ${note ?? null}, ${recordedBy})`,
  )
  await sql`
    -- planning.insertReceipts
    insert into plan_receipt (id, plan, incentive, organization, amount_minor, currency, received_on, note, recorded_by)
    values ${sql.join(rows)}`.execute(executor)
}

/** Newest first. @param query organization null: of every organization; before: only what comes after this one in the order */
export async function listReceipts(
  executor: Executor,
  {
    organization,
    plan,
    limit,
    before,
  }: { organization: string | null; plan?: string | undefined; limit: number; before?: string | undefined },
): Promise<RecordedReceipt[]> {
  const { rows } = await sql<Omit<RecordedReceipt, 'amount' | 'note'> & { amountMinor: number; currency: string; note: string | null }>`
    -- planning.listReceipts
    select id, plan, incentive, organization, amount_minor::float8 as "amountMinor", currency, to_char(received_on, 'YYYY-MM-DD') as "receivedOn",
      note, recorded_by as "recordedBy", recorded_at as "recordedAt"
    from plan_receipt
    where (${organization}::text is null or organization = ${organization}) and (${plan ?? null}::text is null or plan = ${plan ?? null})
      and (${before ?? null}::uuid is null or (received_on, id) < (select received_on, id from plan_receipt where id = ${before ?? null}::uuid))
    order by received_on desc, id desc
    limit ${limit}`.execute(executor)
  return rows.map(({ amountMinor, currency, note, ...row }) => ({
    ...row,
    amount: { amountMinor, currency },
    ...(note !== null && { note }),
  }))
}

/** By plan: what each of its incentives brought, per currency. */
export async function sumReceipts(executor: Executor, plans: readonly string[]): Promise<Map<string, ReceiptSum[]>> {
  if (plans.length === 0) return new Map()
  const { rows } = await sql<ReceiptSum & { plan: string }>`
    -- planning.sumReceipts
    select plan, incentive, currency, sum(amount_minor)::float8 as "amountMinor", to_char(max(received_on), 'YYYY-MM-DD') as "lastOn"
    from plan_receipt where plan = any(${[...plans]}::text[])
    group by 1, 2, 3 order by 1, 2, 3`.execute(executor)
  return Map.groupBy(rows, ({ plan }) => plan) as Map<string, ReceiptSum[]>
}
