import { sql } from 'kysely'
import type { Executor } from '../database/index.ts'
import { type VisibleInstances, visibleInstances } from './visible-instances.ts'

export interface ConnectedInstance {
  instanceId: string
  name: string
  integration: string
  customer: string
}

/**
 * Instances that are not removed and have a connection to a platform or an account there, in order of creation, page by page: there may be more
 * than fit into memory with what is known of each. What is added meanwhile may come or not.
 *
 * @param visible limits of who asks; left out: all
 * @param after id behind which the first page begins
 */
export async function* connectedInstances(
  executor: Executor,
  platform: string,
  { visible, after, pageSize = 500 }: { visible?: VisibleInstances; after?: string; pageSize?: number } = {},
): AsyncGenerator<ConnectedInstance[]> {
  for (let from = after ?? null; ; ) {
    const { rows } = await sql<ConnectedInstance>`
      -- runtime.listConnectedInstances
      select instance.id as "instanceId", name, integration, customer
      from instance join instance_revision r on r.instance_id = instance.id and r.revision = instance.revision
      where state <> 'removed' and ${visibleInstances(visible)} and (${from}::uuid is null or instance.id > ${from}::uuid)
        and (r.connections ? ${platform} or exists (select from instance_account a where a.instance_id = instance.id and a.platform = ${platform}))
      order by instance.id limit ${pageSize}`.execute(executor)
    if (rows.length > 0) yield rows
    if (rows.length < pageSize) return
    from = rows.at(-1)!.instanceId
  }
}
