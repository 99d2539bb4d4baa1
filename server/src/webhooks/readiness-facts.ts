import { sql } from 'kysely'
import { type Executor, uuidv7Floor } from '../database/index.ts'
import type { IntegrationFacts } from '../readiness/index.ts'

const windowMs = 30 * 86_400_000

/**
 * Deliveries of the last 30 days whose sender was proved, per integration and platform: those that came to an instance's own address, or for
 * an account that an instance is bound to. Polled ones and those of platforms that sign nothing count as neither. `refused` counts the
 * sample that is kept, so it is a lower bound; one at the common address counts for every integration that listens there.
 *
 * @param integrations names that get an empty entry when nothing came
 */
export async function readDeliveryFacts(
  executor: Executor,
  integrations: readonly string[],
  now: Date,
): Promise<Map<string, NonNullable<IntegrationFacts['deliveries']>>> {
  const from = uuidv7Floor(now.getTime() - windowMs)
  const { rows } = await sql<{ integration: string; platform: string; verified: number; refused: number }>`
    -- webhooks.readDeliveryFacts
    with listening as (
      select distinct integration, platform, account from instance_account join instance on instance.id = instance_id
    ), arrived as (
      select integration, source, d.id, true as verified from delivery d join instance on key = d.instance_key
      where d.id >= ${from}::uuid and assurance in ('signature', 'shared-secret', 'proxy')
      union all
      select integration, source, d.id, true from delivery d join delivery_route r on r.delivery_id = d.id
        join listening on platform = source and listening.account = r.account
      where d.id >= ${from}::uuid and d.instance_key is null and assurance in ('signature', 'shared-secret', 'proxy')
      union all
      select integration, source, f.id, false from refused_delivery f join instance on key = f.instance_key where f.id >= ${from}::uuid
      union all
      select integration, source, f.id, false from refused_delivery f join (select distinct integration, platform from listening) l on platform = source
      where f.id >= ${from}::uuid and f.instance_key is null
    )
    select integration, source as platform, count(*) filter (where verified)::float8 as verified, count(*) filter (where not verified)::float8 as refused
    from arrived group by 1, 2 order by 1, 2`.execute(executor)
  const facts = new Map<string, NonNullable<IntegrationFacts['deliveries']>>(integrations.map((name) => [name, []]))
  for (const { integration, ...counts } of rows) facts.set(integration, [...(facts.get(integration) ?? []), counts])
  return facts
}
