import { createHash, randomBytes } from 'node:crypto'
import { sql } from 'kysely'
import { type Executor, uuidv7 } from '../../database/index.ts'
import { errors } from '../registry/errors.ts'

/** An address under which one organization's changes are read as iCalendar, by whoever has it. */
export interface ContractCalendar {
  id: string
  organization: string
  name: string
  /** First characters of the address' secret part. */
  hint: string
  createdBy: string
  createdAt: Date
  /** To the hour; null: nobody has read it. */
  lastReadAt: Date | null
  revokedAt: Date | null
}

const columns = sql`id, organization, name, hint, created_by as "createdBy", created_at as "createdAt", last_read_at as "lastReadAt", revoked_at as "revokedAt"`

/** @returns the secret part of the address, readable this once, and what is kept of it */
export async function addCalendar(
  executor: Executor,
  { organization, name, createdBy }: Pick<ContractCalendar, 'organization' | 'name' | 'createdBy'>,
): Promise<{ token: string; calendar: ContractCalendar }> {
  const token = randomBytes(32).toString('base64url')
  const { rows } = await sql<ContractCalendar>`
    -- contracts.insertCalendar
    insert into contract_calendar (id, organization, name, hint, digest, created_by)
    values (${uuidv7()}, ${organization}, ${name}, ${token.slice(0, 6)}, ${digestOf(token)}, ${createdBy})
    returning ${columns}`.execute(executor)
  return { token, calendar: rows[0]! }
}

/** In order of creation, revoked ones included. @param organization only its own; null: all */
export async function listCalendars(executor: Executor, organization: string | null): Promise<ContractCalendar[]> {
  const { rows } = await sql<ContractCalendar>`
    -- contracts.listCalendars
    select ${columns} from contract_calendar where ${organization}::text is null or organization = ${organization} order by id`.execute(
    executor,
  )
  return rows
}

/**
 * From this moment the address answers as one that never was. Twice is harmless.
 *
 * @param reference id, or the name where only one valid calendar has it
 * @param organization only its own; null: all
 * @throws contract-registry.calendar_unknown
 */
export async function revokeCalendar(executor: Executor, reference: string, organization: string | null): Promise<ContractCalendar> {
  const { rows } = await sql<ContractCalendar>`
    -- contracts.revokeCalendar
    with visible as (select id, name, revoked_at from contract_calendar where ${organization}::text is null or organization = ${organization}),
      named as (select id from visible where name = ${reference} and revoked_at is null)
    update contract_calendar set revoked_at = coalesce(revoked_at, now())
    where id in (select id from visible where id::text = ${reference}) or id in (select id from named where 1 = (select count(*) from named))
    returning ${columns}`.execute(executor)
  if (!rows[0]) throw errors.calendar_unknown({ calendar: reference })
  return rows[0]
}

/** Whose calendar an address opens. The digest is looked up, not compared, so timing tells nothing. @throws contract-registry.calendar_unknown */
export async function openCalendar(executor: Executor, token: string): Promise<Pick<ContractCalendar, 'organization' | 'name'>> {
  const { rows } = await sql<Pick<ContractCalendar, 'organization' | 'name'>>`
    -- contracts.openCalendar
    update contract_calendar set last_read_at = case when last_read_at > now() - interval '1 hour' then last_read_at else now() end
    where digest = ${digestOf(token)} and revoked_at is null returning organization, name`.execute(executor)
  if (!rows[0]) throw errors.calendar_unknown({ calendar: 'at this address' })
  return rows[0]
}

function digestOf(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}
