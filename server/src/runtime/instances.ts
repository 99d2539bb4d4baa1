import { randomBytes } from 'node:crypto'
import { sql } from 'kysely'
import { type Database, type Executor, type Transaction, uuidv7 } from '../database/index.ts'
import { mustContinue, mustTakeCustomer, mustTakePayment, type StageGate } from './ask-stage.ts'
import { type CustomerFacts, type CustomerFactsChange, customerFactColumns, setCustomerFacts } from './customer-facts.ts'
import { errors } from './errors.ts'
import type { Integrations } from './integrations.ts'
import { compileMapping, mappingProblem } from './mapping.ts'
import { planSchedules } from './schedule.ts'
import { readSettings } from './standard-settings.ts'
import { type VisibleInstances, visibleInstances } from './visible-instances.ts'

export type InstanceState = 'active' | 'paused' | 'removed'

export interface Instance extends CustomerFacts {
  id: string
  integration: string
  organization: string
  customer: string
  name: string
  /** Last part of its own webhook addresses. */
  key: string
  state: InstanceState
  paying: boolean
  /** Belongs to no customer: canaries cross it, and nothing on it is billed or counted. */
  synthetic: boolean
  revision: number
  version: string
  settings: Record<string, unknown>
  mappings: Record<string, string>
  connections: Record<string, string>
  /** Platform → external accounts. */
  accounts: Record<string, string[]>
  createdAt: Date
  changedAt: Date
}

export interface NewInstance extends Partial<CustomerFacts> {
  integration: string
  /** The organization that runs it for the customer. */
  organization: string
  customer: string
  name: string
  paying?: boolean
  /** Belongs to no customer: canaries cross it. Stays so. */
  synthetic?: boolean
  /** Default: the latest loaded version. */
  version?: string
  settings?: Record<string, unknown>
  mappings?: Record<string, string>
  connections?: Record<string, string>
  accounts?: Record<string, readonly string[]>
  by: string
}

/** What of an instance can be changed; left out parts stay. Each change is a new revision. */
export interface InstanceChange {
  version?: string
  settings?: Record<string, unknown>
  mappings?: Record<string, string>
  connections?: Record<string, string>
  /** Replaced per platform. A revision too, because polls of the old one would hand their items to another address. */
  accounts?: Record<string, readonly string[]>
  /** Told with it, or not at all; no part of the revision. */
  customerFacts?: CustomerFactsChange
  by: string
  reason?: string
}

export interface ConnectionOwner {
  platform: string
  organization: string
  customer: string
}

/** What every way to an instance goes through. */
export interface InstanceParts {
  database: Database
  integrations: Integrations
  gate: StageGate
  /** Whether a connection is that organization's for that customer, and to that platform. Left out only where connections were just made for it. */
  ownsConnection?(connectionId: string, owner: ConnectionOwner): Promise<boolean>
}

const columns = sql`instance.id, integration, organization, customer, name, key, state, paying, synthetic, instance.revision, version, settings, mappings, connections, ${customerFactColumns},
  coalesce((select jsonb_object_agg(platform, list) from (
    select platform, jsonb_agg(account order by account) as list from instance_account a where a.instance_id = instance.id group by platform) as by_platform), '{}') as accounts,
  instance.created_at as "createdAt", changed_at as "changedAt"`
const joined = sql`instance join instance_revision r on r.instance_id = instance.id and r.revision = instance.revision`

/**
 * Binds a customer, if the stage of the integration takes one.
 *
 * @throws runtime.integration_not_loaded, runtime.version_not_loaded, runtime.settings_invalid, runtime.mapping_invalid,
 *   runtime.connection_missing, runtime.instance_exists, runtime.synthetic_pays_nothing; readiness.paying_customer_refused,
 *   too_many_instances, no_new_instances, not_built, integration_unknown
 */
export async function createInstance(parts: InstanceParts, instance: NewInstance): Promise<Instance> {
  const integration = instance.version
    ? parts.integrations.get(instance.integration, instance.version)
    : parts.integrations.latest(instance.integration)
  const settings = await readSettings(integration, instance.settings ?? {})
  checkMappings(integration.mappings, instance.mappings ?? {})
  await checkConnections(parts, instance, instance.connections ?? {})
  mustBeFree(instance, instance)
  const admitted = await parts.gate.admit(instance.integration)
  const id = uuidv7()
  const key = randomBytes(18).toString('base64url')
  try {
    await parts.database.transaction(async (tx) => {
      await mustTakeCustomer(tx, admitted, instance)
      await sql`
        -- runtime.insertInstance
        insert into instance (id, integration, organization, customer, name, key, paying, synthetic, revision)
        values (${id}, ${instance.integration}, ${instance.organization}, ${instance.customer}, ${instance.name}, ${key}, ${instance.paying ?? false}, ${instance.synthetic ?? false}, 1)`.execute(
        tx,
      )
      await setCustomerFacts(tx, id, instance)
      await insertRevision(tx, {
        instanceId: id,
        revision: 1,
        version: integration.version,
        settings,
        mappings: instance.mappings ?? {},
        connections: instance.connections ?? {},
        by: instance.by,
        reason: null,
      })
      await setAccounts(tx, id, instance.accounts ?? {})
      await planSchedules(tx, { id }, integration.flows)
    })
  } catch (error) {
    if ((error as { code?: string }).code === '23505')
      throw errors.instance_exists({ integration: instance.integration, customer: instance.customer, name: instance.name })
    throw error
  }
  return getInstance(parts.database.executor, id)
}

/**
 * Puts a new revision into force; runs that exist keep the one they were made with.
 *
 * @throws like createInstance; runtime.instance_removed, readiness.retired
 */
export async function changeInstance(parts: InstanceParts, id: string, change: InstanceChange): Promise<Instance> {
  const current = await getInstance(parts.database.executor, id)
  if (current.state === 'removed') throw errors.instance_removed({ instance: id })
  const integration = parts.integrations.get(current.integration, change.version ?? current.version)
  const settings = await readSettings(integration, change.settings ?? current.settings)
  const mappings = change.mappings ?? current.mappings
  checkMappings(integration.mappings, mappings)
  await checkConnections(parts, current, change.connections ?? {})
  const { accounts, customerFacts = {} } = change
  const tell = await factsTeller(parts, current, customerFacts)
  await parts.database.transaction(async (tx) => {
    await mustContinue(tx, current)
    await tell(tx)
    if (accounts) await replaceAccounts(tx, id, accounts)
    const revision = await nextRevision(tx, id)
    await insertRevision(tx, {
      instanceId: id,
      revision,
      version: integration.version,
      settings,
      mappings,
      connections: { ...current.connections, ...change.connections },
      by: change.by,
      reason: change.reason ?? (accounts ? `accounts on ${Object.keys(accounts).join(', ')}` : null),
    })
    await pointTo(tx, id, revision)
    await planSchedules(tx, { id }, integration.flows)
  })
  return getInstance(parts.database.executor, id)
}

/** Goes back to an earlier revision, as a new one, so that the history shows it. */
export async function rollBackInstance(parts: InstanceParts, id: string, toRevision: number, by: string): Promise<Instance> {
  const { rows } = await sql<{
    version: string
    settings: Record<string, unknown>
    mappings: Record<string, string>
    connections: Record<string, string>
  }>`
    -- runtime.findRevision
    select version, settings, mappings, connections from instance_revision where instance_id = ${id} and revision = ${toRevision}`.execute(
    parts.database.executor,
  )
  if (!rows[0]) throw errors.instance_not_found({ instance: `${id} revision ${toRevision}` })
  return changeInstance(parts, id, { ...rows[0], by, reason: `back to revision ${toRevision}` })
}

/**
 * Tells what the company knows about its customer; no revision, so that rolling back does not take back what the customer pays.
 *
 * @throws runtime.synthetic_pays_nothing; of one who begins to pay: readiness.paying_customer_refused, no_new_payer, integration_unknown
 */
export async function tellCustomerFacts(parts: InstanceParts, id: string, told: CustomerFactsChange): Promise<Instance> {
  const tell = await factsTeller(parts, await getInstance(parts.database.executor, id), told)
  await parts.database.transaction(tell)
  return getInstance(parts.database.executor, id)
}

async function factsTeller(
  parts: InstanceParts,
  instance: Instance,
  told: CustomerFactsChange,
): Promise<(tx: Transaction) => Promise<void>> {
  mustBeFree(instance, told)
  const admitted = told.paying ? await parts.gate.admit(instance.integration) : undefined
  return async (tx) => {
    if (admitted) await mustTakePayment(tx, admitted, instance)
    await setCustomerFacts(tx, instance.id, told)
  }
}

/** @throws runtime.instance_removed; of one that is to go on: readiness.retired */
export async function setInstanceState(parts: InstanceParts, id: string, state: InstanceState): Promise<Instance> {
  const current = await getInstance(parts.database.executor, id)
  if (current.state === 'removed' && state !== 'removed') throw errors.instance_removed({ instance: id })
  await parts.database.transaction(async (tx) => {
    if (state === 'active') await mustContinue(tx, current)
    await sql`
      -- runtime.setInstanceState
      update instance set state = ${state}, changed_at = now() where id = ${id}`.execute(tx)
  })
  return getInstance(parts.database.executor, id)
}

/** What is billed and counted for nobody can't be paid for. @throws runtime.synthetic_pays_nothing */
function mustBeFree(
  { customer, name, synthetic }: Pick<NewInstance, 'customer' | 'name' | 'synthetic'>,
  { paying, revenuePerMonth }: CustomerFactsChange,
): void {
  if (synthetic && (paying || revenuePerMonth)) throw errors.synthetic_pays_nothing({ instance: `${customer}/${name}` })
}

/**
 * @param idOrName id, or customer/name, or name. A name is that of the instance that is there; where none has it, that of the one removed last
 * @param visible limits of who asks: what lies beyond them is not found
 * @throws runtime.instance_not_found, runtime.instance_ambiguous
 */
export async function getInstance(executor: Executor, idOrName: string, visible?: VisibleInstances): Promise<Instance> {
  const { rows } = await sql<Instance & { rank: number }>`
    -- runtime.getInstance
    with named as (
      select id as found, integration as of, customer as whose, name as called, case when id::text = ${idOrName} then 0 else
        case when customer || '/' || name = ${idOrName} then 1 else 3 end + case when state = 'removed' then 1 else 0 end end as rank
      from instance
      where ${visibleInstances(visible)} and (id::text = ${idOrName} or customer || '/' || name = ${idOrName} or name = ${idOrName})
    ), best as (
      -- Those who had a name one after the other are one, or nobody could ask for the last of them.
      select distinct on (of, whose, called) rank, found from named where rank = (select min(rank) from named)
      order by of, whose, called, found desc
    )
    select rank, ${columns} from ${joined} join (select * from best limit 2) as best on found = instance.id`.execute(executor)
  const [row, other] = rows
  if (!row) throw errors.instance_not_found({ instance: idOrName })
  if (other)
    throw errors.instance_ambiguous({
      instance: idOrName,
      some: rows.map(({ id, integration, customer, name }) => `${integration} ${customer}/${name} (${id})`).join(', '),
    })
  const { rank: _, ...instance } = row
  return instance
}

export interface InstanceFilter {
  integration?: string
  customer?: string
  organization?: string
  state?: InstanceState
  /** Limits of who asks. */
  visible?: VisibleInstances
  /** Ids after this one. */
  after?: string
  limit?: number
}

/** In order of creation. */
export async function listInstances(executor: Executor, filter: InstanceFilter = {}): Promise<Instance[]> {
  const { rows } = await sql<Instance>`
    -- runtime.listInstances
    select ${columns} from ${joined}
    where (${filter.integration ?? null}::text is null or integration = ${filter.integration ?? null})
      and (${filter.customer ?? null}::text is null or customer = ${filter.customer ?? null})
      and (${filter.organization ?? null}::text is null or organization = ${filter.organization ?? null})
      and (${filter.state ?? null}::text is null or state = ${filter.state ?? null})
      and ${visibleInstances(filter.visible)}
      and (${filter.after ?? null}::uuid is null or instance.id > ${filter.after ?? null}::uuid)
    order by instance.id limit ${filter.limit ?? 100}`.execute(executor)
  return rows
}

function checkMappings(declared: Readonly<Record<string, unknown>>, overrides: Record<string, string>): void {
  for (const [name, expression] of Object.entries(overrides)) {
    if (!Object.hasOwn(declared, name))
      throw errors.override_unknown({ mapping: name, declared: Object.keys(declared).join(', ') || 'none' })
    try {
      compileMapping(expression)
    } catch (error) {
      throw errors.mapping_invalid({ mapping: name, reason: mappingProblem(expression, error) })
    }
  }
}

/** Without this, one customer's admin could send calls with another customer's credentials. */
async function checkConnections(
  { ownsConnection }: Pick<InstanceParts, 'ownsConnection'>,
  { organization, customer }: Omit<ConnectionOwner, 'platform'>,
  connections: Record<string, string>,
): Promise<void> {
  if (!ownsConnection) return
  for (const [platform, connection] of Object.entries(connections)) {
    if (!(await ownsConnection(connection, { platform, organization, customer })))
      throw errors.connection_foreign({ connection, platform, customer })
  }
}

async function nextRevision(tx: Transaction, id: string): Promise<number> {
  // The row lock makes two changes at once two revisions.
  await sql`select 1 from instance where id = ${id} for update`.execute(tx)
  const { rows } = await sql<{ revision: number }>`
    -- runtime.nextRevision
    select max(revision) + 1 as revision from instance_revision where instance_id = ${id}`.execute(tx)
  return rows[0]!.revision
}

interface RevisionRow {
  instanceId: string
  revision: number
  version: string
  settings: Record<string, unknown>
  mappings: Record<string, string>
  connections: Record<string, string>
  by: string
  reason: string | null
}

async function insertRevision(tx: Transaction, row: RevisionRow): Promise<void> {
  await sql`
    -- runtime.insertRevision
    insert into instance_revision (instance_id, revision, version, settings, mappings, connections, changed_by, reason)
    values (${row.instanceId}, ${row.revision}, ${row.version}, ${JSON.stringify(row.settings)}::jsonb, ${JSON.stringify(row.mappings)}::jsonb,
      ${JSON.stringify(row.connections)}::jsonb, ${row.by}, ${row.reason})`.execute(tx)
}

async function pointTo(tx: Transaction, id: string, revision: number): Promise<void> {
  await sql`
    -- runtime.pointToRevision
    update instance set revision = ${revision}, changed_at = now() where id = ${id}`.execute(tx)
}

async function replaceAccounts(tx: Transaction, id: string, accounts: Record<string, readonly string[]>): Promise<void> {
  await sql`
    -- runtime.unbindAccounts
    delete from instance_account where instance_id = ${id} and platform = any(${Object.keys(accounts)}::text[])`.execute(tx)
  await setAccounts(tx, id, accounts)
}

async function setAccounts(tx: Transaction, id: string, accounts: Record<string, readonly string[]>): Promise<void> {
  const rows = Object.entries(accounts).flatMap(([platform, list]) => list.map((account) => ({ platform, account })))
  if (rows.length === 0) return
  await sql`
    -- runtime.bindAccounts
    insert into instance_account (platform, account, instance_id)
    select platform, account, ${id}::uuid from unnest(${rows.map((r) => r.platform)}::text[], ${rows.map((r) => r.account)}::text[]) as new (platform, account)
    on conflict do nothing`.execute(tx)
}
