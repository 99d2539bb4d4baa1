import { z } from '@hono/zod-openapi'
import type { RunFilter, RunStatus } from './run-listing.ts'

const status = z.enum([
  'waiting',
  'queued',
  'running',
  'retrying',
  'throttled',
  'partner-down',
  'sleeping',
  'parked',
  'blocked',
  'succeeded',
  'skipped',
  'discarded',
] satisfies RunStatus[])
const time = z.iso.datetime()

export const failureSchema = z
  .object({
    kind: z.enum(['retryable', 'throttled', 'credential', 'customer-data', 'bug', 'partner-down']),
    code: z.string().optional(),
    message: z.string(),
    step: z.string().optional(),
    platform: z.string().optional(),
    connectionId: z.string().optional(),
    waitsFor: z
      .string()
      .optional()
      .describe('What is shut and may open before the run is due: a connection that is paused, a circuit that is open.'),
    status: z.number().int().optional().describe('HTTP status of the partner.'),
    body: z.string().optional().describe("The partner's answer, cut."),
    fix: z.string().describe('What to do.'),
    stack: z.string().optional(),
  })
  .openapi('Failure')

export const runSchema = z
  .object({
    id: z.string(),
    status,
    integration: z.string(),
    version: z.string(),
    flow: z.string(),
    instanceId: z.string(),
    instance: z.string(),
    instanceRemoved: z.boolean().describe('The instance was removed; another may have its name by now.'),
    customer: z.string(),
    organization: z.string(),
    lane: z.string(),
    deliveryId: z.string().nullable(),
    replayOf: z.string().nullable(),
    attempt: z.number().int(),
    failures: z.number().int(),
    failure: failureSchema.nullable(),
    fingerprint: z.string().nullable(),
    dueAt: time.nullable().describe('When it goes on by itself; behind an open circuit, when the partner is tried next.'),
    outage: z
      .object({
        circuit: z
          .string()
          .describe('connection:<id>, platform:<name>, or platform:<name>@<host> for connections with a base URL of their own'),
        reason: z.string(),
        since: time,
        failedTries: z.number().int().describe('Calls that have tried in vain since.'),
        nextTryAt: time.describe('When one call tries again.'),
      })
      .nullable()
      .describe('What a run with status partner-down waits for: the partner can not be reached, and all go on when a call gets through.'),
    receivedAt: time,
    occurredAt: time.nullable(),
    createdAt: time,
    finishedAt: time.nullable(),
  })
  .openapi('Run')

export const lanePlaceSchema = z
  .object({
    behind: z.string().nullable().describe('The run for which it waits in its lane; null: it is the first, or stands aside.'),
    holds: z.number().int().describe('How many wait for it.'),
  })
  .openapi('LanePlace')

export const stepSchema = z
  .object({
    name: z.string(),
    kind: z.enum(['step', 'sleep']),
    result: z.unknown(),
    wakeAt: time.nullable(),
    durationMs: z.number().int().nullable(),
    recordedAt: time,
  })
  .openapi('Step')

export const parkedGroupSchema = z
  .object({
    fingerprint: z.string(),
    state: z.enum(['parked', 'blocked']),
    integration: z.string(),
    flow: z.string(),
    runs: z.number().int(),
    holds: z.number().int().describe('Runs that wait behind them in their lanes.'),
    instances: z.number().int(),
    customers: z.array(z.string()),
    failure: failureSchema,
    firstParkedAt: time,
    lastParkedAt: time,
    exampleRunId: z.string(),
  })
  .openapi('ParkedGroup')

export const dryRunSchema = z
  .object({
    runId: z.string(),
    version: z.string(),
    end: z.enum(['would succeed', 'would sleep', 'would be tried again', 'would be parked', 'would be skipped']),
    failure: failureSchema.nullable(),
    calls: z.array(
      z.object({
        platform: z.string(),
        method: z.string(),
        path: z.string(),
        query: z.record(z.string(), z.unknown()),
        body: z.unknown(),
        step: z.string(),
        idempotencyKey: z.string(),
        answer: z.enum(['recorded', 'assumed']),
      }),
    ),
    meters: z.array(z.object({ meter: z.string(), quantity: z.number().int() })),
    uncertain: z.boolean().describe('An answer was assumed; calls after it may differ.'),
    made: z.array(z.record(z.string(), z.unknown())).describe('Writes of the run as it was, in order.'),
  })
  .openapi('DryRun')

const conditions = {
  status: status.optional(),
  integration: z.string().optional(),
  instance: z
    .string()
    .optional()
    .describe(
      'Id, name, or customer/name. A name is that of the instance that is there; one whose name another has now is asked for by id.',
    ),
  customer: z.string().optional(),
  flow: z.string().optional(),
  fingerprint: z.string().optional(),
  delivery: z.uuid().optional(),
  error: z.string().optional().describe("Text in the failure's message."),
  from: time.optional().describe('Received at or after.'),
  to: time.optional().describe('Received before.'),
}

export const groupQuery = z.object(conditions)

export const filterQuery = groupQuery.extend({
  limit: z.coerce.number().int().min(1).max(500).default(50),
  before: z.uuid().optional().describe('Runs older than this one.'),
})

export const filterBody = z.object({
  ...conditions,
  ids: z.array(z.uuid()).max(1_000).optional(),
  all: z.boolean().optional().describe('Really everything; without it a filter that narrows nothing is refused.'),
})

type Given = Partial<z.output<typeof filterBody>>

/** A request's filter, never wider than what the caller may see. */
export function filterOf(given: Given, visible: NonNullable<RunFilter['visible']>): RunFilter & { all?: boolean } {
  const { from, to, ids, all, status: wanted, integration, instance, customer, flow, fingerprint, delivery, error } = given
  const entries = {
    ids,
    all,
    status: wanted,
    integration,
    instance,
    customer,
    flow,
    fingerprint,
    delivery,
    error,
    receivedFrom: from && new Date(from),
    receivedTo: to && new Date(to),
    visible,
  }
  return Object.fromEntries(Object.entries(entries).filter(([, value]) => value !== undefined && value !== '')) as RunFilter
}
