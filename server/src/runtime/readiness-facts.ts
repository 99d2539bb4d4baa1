import { sql } from 'kysely'
import { type Executor, uuidv7Floor } from '../database/index.ts'
import type { IntegrationFacts } from '../readiness/index.ts'
import { type CustomerFacts, customerFactColumns } from './customer-facts.ts'
import type { Integrations } from './integrations.ts'

type Facts<Name extends keyof IntegrationFacts> = Map<string, NonNullable<IntegrationFacts[Name]>>

const dayMs = 86_400_000
const operationDays = 90
const runDays = 28
/** A newest success that is older is not looked for: no check asks for it. */
const activityDays = 90

/**
 * Operations that instances called in the last 90 days, and those that a mapping makes bodies for, called or not. Counted from what the
 * usage recorder keeps per day, not from the calls: it is small, and it outlives them. Up to its flush interval behind.
 *
 * @returns an entry for every loaded integration; without calls and mappings an empty one
 */
export async function readOperationFacts(executor: Executor, integrations: Integrations, now: Date): Promise<Facts<'operations'>> {
  const from = new Date(now.getTime() - operationDays * dayMs).toISOString().slice(0, 10)
  const { rows } = await sql<{
    integration: string
    platform: string
    operation: string
    succeeded: number
    lastSucceededOn: string | null
  }>`
    -- runtime.readOperationFacts
    select integration, platform, method || ' ' || path as operation,
      coalesce(sum(seen) filter (where u.name like '2__'), 0)::float8 as succeeded,
      to_char(max(day) filter (where u.name like '2__'), 'YYYY-MM-DD') as "lastSucceededOn"
    from contract_usage u join instance on instance.id = u.instance_id
    where surface = 'operation' and kind = 'status' and day >= ${from}::date
    group by 1, 2, 3 order by 1, 2, 3`.execute(executor)
  const facts: Facts<'operations'> = emptyFor(integrations)
  for (const { integration, platform, operation, succeeded, lastSucceededOn } of rows)
    append(facts, integration, { platform, operation, succeeded, ...(lastSucceededOn !== null && { lastSucceededOn }) })
  for (const { name, mappings } of integrations.all())
    for (const { to } of Object.values(mappings)) {
      const operation = `${to.method} ${to.path}`
      const known = facts.get(name)!.some((fact) => fact.platform === to.platform && fact.operation === operation)
      if (!known) append(facts, name, { platform: to.platform, operation, succeeded: 0 })
    }
  return facts
}

/** Runs that began in the last 28 days and came to an end; one that is parked, blocked, skipped or discarded has failed. Canaries are none. */
export async function readRunFacts(executor: Executor, integrations: Integrations, now: Date): Promise<Facts<'runs'>> {
  const from = uuidv7Floor(now.getTime() - runDays * dayMs)
  const { rows } = await sql<{ integration: string; succeeded: number; failed: number }>`
    -- runtime.readRunFacts
    select integration, count(*) filter (where outcome = 'succeeded')::float8 as succeeded, count(*) filter (where outcome <> 'succeeded')::float8 as failed
    from (
      select instance_id, integration, outcome from finished_run where id >= ${from}::uuid
      union all
      select instance_id, integration, state from run where id >= ${from}::uuid and state in ('parked', 'blocked')
    ) as ended where instance_id not in (select id from instance where synthetic) group by 1`.execute(executor)
  return new Map([
    ...integrations.all().map(({ name }) => [name, { succeeded: 0, failed: 0 }] as const),
    ...rows.map(({ integration, ...counts }) => [integration, counts] as const),
  ])
}

interface InstanceRow extends CustomerFacts {
  integration: string
  id: string
  customer: string
  paying: boolean
  active: boolean
  lastActiveOn: string | null
}

/** Customers' instances that are not removed, with the day of the newest run of the last 90 days that succeeded. In the order of their ids. */
export async function readInstanceFacts(executor: Executor, integrations: Integrations, now: Date): Promise<Facts<'instances'>> {
  const from = uuidv7Floor(now.getTime() - activityDays * dayMs)
  const { rows } = await sql<InstanceRow>`
    -- runtime.readInstanceFacts
    select integration, id, customer, paying, state = 'active' as active, ${customerFactColumns},
      to_char((select finished_at from finished_run f where f.instance_id = instance.id and f.id >= ${from}::uuid and outcome = 'succeeded'
        order by f.id desc limit 1) at time zone 'UTC', 'YYYY-MM-DD') as "lastActiveOn"
    from instance where state <> 'removed' and not synthetic order by id`.execute(executor)
  const facts: Facts<'instances'> = emptyFor(integrations)
  for (const { integration, revenuePerMonth, termEndsOn, affiliated, lastActiveOn, ...known } of rows)
    append(facts, integration, {
      ...known,
      ...(affiliated !== null && { affiliated }),
      ...(lastActiveOn !== null && { lastActiveOn }),
      ...(revenuePerMonth && { revenuePerYear: { ...revenuePerMonth, amountMinor: revenuePerMonth.amountMinor * 12 } }),
      ...(termEndsOn !== null && { termEndsOn }),
    })
  return facts
}

/** What is loaded here was looked at: none found is none. What runs elsewhere gets no entry. */
function emptyFor<Fact>(integrations: Integrations): Map<string, readonly Fact[]> {
  return new Map(integrations.all().map(({ name }) => [name, []]))
}

function append<Fact>(facts: Map<string, readonly Fact[]>, integration: string, fact: Fact): void {
  facts.set(integration, [...(facts.get(integration) ?? []), fact])
}
