import { sql } from 'kysely'
import { type Executor, storableJson, storableText } from '../database/index.ts'
import type { CallRecord } from './call-record.ts'

const columnNames = [
  ['id', 'uuid'],
  ['run_id', 'uuid'],
  ['step', 'text'],
  ['connection_id', 'uuid'],
  ['platform', 'text'],
  ['method', 'text'],
  ['operation', 'text'],
  ['path', 'text'],
  ['status', 'smallint'],
  ['outcome', 'text'],
  ['error', 'text'],
  ['started_at', 'timestamptz'],
  ['duration_ms', 'real'],
  ['idempotency_key', 'text'],
  ['request_headers', 'json'],
  ['request_body', 'text'],
  ['response_headers', 'json'],
  ['response_body', 'text'],
] as const

const insertHead = sql.raw(`insert into call_record (${columnNames.map(([name]) => name).join(', ')})`)

/** One statement for any number of records: the number of parameters stays that of the columns. */
export async function insertCallRecords(executor: Executor, records: readonly CallRecord[]): Promise<void> {
  const values: Record<(typeof columnNames)[number][0], unknown[]> = {
    id: records.map((record) => record.id),
    run_id: records.map((record) => record.runId),
    step: records.map((record) => stored(record.step)),
    connection_id: records.map((record) => record.connectionId),
    platform: records.map((record) => record.platform),
    method: records.map((record) => record.method),
    operation: records.map((record) => record.operation),
    path: records.map((record) => stored(record.path)),
    status: records.map((record) => record.status),
    outcome: records.map((record) => record.outcome),
    error: records.map((record) => stored(record.error)),
    started_at: records.map((record) => record.startedAt),
    duration_ms: records.map((record) => record.durationMs),
    idempotency_key: records.map((record) => stored(record.idempotencyKey)),
    request_headers: records.map((record) => storedJson(record.requestHeaders)),
    request_body: records.map((record) => stored(record.requestBody)),
    response_headers: records.map((record) => storedJson(record.responseHeaders)),
    response_body: records.map((record) => stored(record.responseBody)),
  }
  const columns = columnNames.map(([name, type]) => sql`${values[name]}::${sql.raw(type)}[]`)
  await sql`
    -- gateway.insertCallRecords
    ${insertHead} select * from unnest(${sql.join(columns)})`.execute(executor)
}

function stored(text: string | null): string | null {
  return text === null ? null : storableText(text)
}

function storedJson(headers: Record<string, string> | null): string | null {
  return headers === null ? null : storableJson(headers)
}

interface CallRecordRow {
  id: string
  run_id: string | null
  step: string | null
  connection_id: string
  platform: string
  method: string
  operation: string
  path: string
  status: number | null
  outcome: CallRecord['outcome']
  error: string | null
  started_at: Date
  duration_ms: number
  idempotency_key: string | null
  request_headers: Record<string, string> | null
  request_body: string | null
  response_headers: Record<string, string> | null
  response_body: string | null
}

export interface CallRecordFilter {
  runId?: string
  connectionId?: string
  /** Id of the last record of the page before. */
  before?: string
  /** At most so many; default 100. */
  limit?: number
}

/** Newest first. */
export async function listCallRecords(executor: Executor, filter: CallRecordFilter): Promise<CallRecord[]> {
  const { runId = null, connectionId = null, before = null, limit = 100 } = filter
  const { rows } = await sql<CallRecordRow>`
    -- gateway.listCallRecords
    select * from call_record
    where (${runId}::uuid is null or run_id = ${runId})
      and (${connectionId}::uuid is null or connection_id = ${connectionId})
      and (${before}::uuid is null or id < ${before})
    order by id desc limit ${limit}`.execute(executor)
  return rows.map(recordOf)
}

function recordOf(row: CallRecordRow): CallRecord {
  return {
    id: row.id,
    runId: row.run_id,
    step: row.step,
    connectionId: row.connection_id,
    platform: row.platform,
    method: row.method,
    operation: row.operation,
    path: row.path,
    status: row.status,
    outcome: row.outcome,
    error: row.error,
    startedAt: row.started_at,
    durationMs: row.duration_ms,
    idempotencyKey: row.idempotency_key,
    requestHeaders: row.request_headers,
    requestBody: row.request_body,
    responseHeaders: row.response_headers,
    responseBody: row.response_body,
  }
}
