import { sql } from 'kysely'
import type { Executor, Transaction } from '../database/index.ts'
import type { StoredDelivery } from './run.ts'

export async function lockRouting(tx: Transaction): Promise<void> {
  await sql`
    -- runtime.lockRouting
    select pg_advisory_xact_lock(hashtextextended('bridgekeeper.routing', 0))`.execute(tx)
}

/** What routing knows of an instance, at its current revision. */
export interface RoutedInstance {
  id: string
  integration: string
  customer: string
  name: string
  state: 'active' | 'paused'
  revision: number
  version: string
  settings: Record<string, unknown>
}

const routedColumns = sql`instance.id, instance.integration, customer, name, state, instance.revision, version, settings`

/** All instances that a batch of deliveries can go to, in two statements however many deliveries there are. Removed ones are missing. */
export async function findInstancesForRouting(
  executor: Executor,
  deliveries: readonly StoredDelivery[],
): Promise<{ of(delivery: StoredDelivery): readonly RoutedInstance[] }> {
  const keys = [...new Set(deliveries.flatMap((delivery) => delivery.instanceKey ?? []))]
  const byKey = new Map<string, RoutedInstance[]>()
  if (keys.length > 0) {
    const { rows } = await sql<RoutedInstance & { key: string }>`
      -- runtime.findInstancesByKey
      select key, ${routedColumns} from instance join instance_revision r on r.instance_id = instance.id and r.revision = instance.revision
      where key = any(${keys}::text[]) and state <> 'removed'`.execute(executor)
    for (const row of rows) byKey.set(row.key, [row])
  }
  const accounts = new Map(
    deliveries.flatMap((delivery) =>
      delivery.instanceKey === null && delivery.account !== null ? [[accountKey(delivery.platform, delivery.account), delivery]] : [],
    ),
  )
  const byAccount = accounts.size > 0 ? await findByAccounts(executor, [...accounts.values()]) : new Map<string, RoutedInstance[]>()
  return {
    of: (delivery) =>
      (delivery.instanceKey === null
        ? byAccount.get(accountKey(delivery.platform, delivery.account ?? ''))
        : byKey.get(delivery.instanceKey)) ?? [],
  }
}

async function findByAccounts(executor: Executor, deliveries: readonly StoredDelivery[]): Promise<Map<string, RoutedInstance[]>> {
  const { rows } = await sql<RoutedInstance & { platform: string; account: string }>`
    -- runtime.findInstancesByAccount
    select a.platform, a.account, ${routedColumns}
    from unnest(${deliveries.map((d) => d.platform)}::text[], ${deliveries.map((d) => d.account)}::text[]) as wanted (platform, account)
    join instance_account a on a.platform = wanted.platform and a.account = wanted.account
    join instance on instance.id = a.instance_id and state <> 'removed'
    join instance_revision r on r.instance_id = instance.id and r.revision = instance.revision
    order by instance.id`.execute(executor)
  const found = new Map<string, RoutedInstance[]>()
  for (const row of rows) {
    const key = accountKey(row.platform, row.account)
    found.set(key, [...(found.get(key) ?? []), row])
  }
  return found
}

function accountKey(platform: string, account: string): string {
  return `${platform}\n${account}`
}
