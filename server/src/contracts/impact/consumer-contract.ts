import { z } from 'zod'
import { errors } from '../errors.ts'
import { parseDocument } from '../parse-document.ts'
import type { UsageState } from '../usage/usage-of.ts'
import type { ImpactProfile, Usage } from './usage.ts'

const json = z.json()

const operation = z.strictObject({
  method: z.string().transform((method) => method.toUpperCase()),
  path: z.string().startsWith('/'),
  lastUsedDaysAgo: z.number().nonnegative().optional(),
  requestHeaders: z.record(z.string(), z.string()).optional(),
  requests: z
    .array(z.strictObject({ body: json.optional(), mediaType: z.string().optional(), query: z.record(z.string(), json).optional() }))
    .optional(),
  sends: z
    .array(z.strictObject({ field: z.string(), values: z.array(json).optional(), share: z.number().min(0).max(1).optional() }))
    .optional(),
  sendsAs: z.array(z.string()).optional(),
  bodyShare: z.number().min(0).max(1).optional(),
  accepts: z.array(z.string()).optional(),
  statuses: z.record(z.string(), z.number().nonnegative()).optional(),
  reads: z.array(z.string()).optional(),
})

const consumer = z.strictObject({
  kind: z.literal('ConsumerContract'),
  client: z.string().min(1),
  usage: z.strictObject({
    operations: z.array(operation).default([]),
    webhooks: z
      .array(z.strictObject({ name: z.string(), reads: z.array(z.string()).optional(), deliveries: z.array(json).optional() }))
      .default([]),
  }),
  observed: z
    .strictObject({
      state: z.enum(['observed', 'insufficient-data', 'unknown']),
      from: z.iso.date(),
      until: z.iso.date(),
      calls: z.int().nonnegative(),
      deliveries: z.int().nonnegative(),
    })
    .optional()
    .describe('What was seen, and when. Left out: the file is written by people who know all that the client uses.'),
  profile: z
    .strictObject({
      staleAfterDays: z.number().positive().optional(),
      outcomes: z.record(z.string(), z.enum(['break', 'warn', 'none'])).optional(),
    })
    .default({}),
})

/** What one client uses of a contract, as a file that a provider's CI can check without asking anybody. */
export interface ConsumerContract {
  client: string
  usage: Usage
  /** Undefined: it is complete, as who wrote it knows. */
  observed?: { state: UsageState; from: string; until: string; calls: number; deliveries: number }
  profile: ImpactProfile
}

/** JSON Schema of the file, for editors and for whoever writes one by hand. */
export function consumerContractSchema(): object {
  return { $id: 'https://bridgekeeper.dev/schemas/consumer-contract.schema.json', ...z.toJSONSchema(consumer, { io: 'input' }) }
}

/**
 * Reads a consumer contract from JSON or YAML.
 *
 * @throws contracts.consumer_contract_invalid with the path of the first mistake; contracts.document_unreadable
 */
export function readConsumerContract(name: string, text: string): ConsumerContract {
  const result = consumer.safeParse(parseDocument(name, text).root)
  if (result.success) return withoutUndefined(result.data) as ConsumerContract
  const issue = result.error.issues[0]
  throw errors.consumer_contract_invalid({ name, at: issue?.path.join('.') || 'the top', reason: issue?.message ?? 'not understood' })
}

/** A missing member means unknown; a member that is there and undefined means nothing to anybody. */
function withoutUndefined<T>(value: T): T {
  if (Array.isArray(value)) return value.map(withoutUndefined) as T
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, item]) => (item === undefined ? [] : [[key, withoutUndefined(item)]])),
  ) as T
}
