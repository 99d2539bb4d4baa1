import { z } from 'zod'
import { contractChange } from './contract-change.ts'

const common = {
  id: z.string().min(1).optional(),
  /** `operationId` of the contract. */
  operation: z.string().optional(),
  /** HTTP method, in any case. */
  method: z.string().optional(),
  /** A template of the contract or a concrete path; `*` stands for one segment, `**` for any rest. */
  path: z.string().optional(),
  /** 0 to 1; each matching request is decided by the seeded row of this rule. */
  probability: z.number().min(0).max(1).optional(),
  /** Ends after so many hits. */
  times: z.number().int().positive().optional(),
  /** Lets so many matching requests pass first. */
  skip: z.number().int().nonnegative().optional(),
}
const delayMs = z.number().int().nonnegative().max(600_000)

/** What can go wrong on the way to a platform, as a rule that can be switched on while the sandbox runs. */
export const faultRule = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('latency'), ...common, ms: delayMs, jitterMs: delayMs.optional() }),
  z.strictObject({
    kind: z.literal('status'),
    ...common,
    status: z.number().int().min(400).max(599),
    retryAfterSec: z.number().int().nonnegative().optional(),
  }),
  z.strictObject({ kind: z.literal('throttle'), ...common, retryAfterSec: z.number().int().nonnegative().default(1) }),
  z.strictObject({ kind: z.literal('rate-limit'), ...common, limit: z.number().int().positive(), windowSec: z.number().positive() }),
  z.strictObject({ kind: z.literal('drop-connection'), ...common }),
  z.strictObject({ kind: z.literal('lost-answer'), ...common }),
  z.strictObject({
    kind: z.literal('timeout'),
    ...common,
    after: z.enum(['nothing', 'effect']).default('nothing'),
    ms: delayMs.default(120_000),
  }),
  z.strictObject({ kind: z.literal('malformed-json'), ...common }),
  z.strictObject({ kind: z.literal('token-expired'), ...common }),
  z.strictObject({ kind: z.literal('contract-change'), ...common, contract: contractChange }),
  z.strictObject({ kind: z.literal('webhook-drop'), ...common, event: z.string().optional() }),
  z.strictObject({ kind: z.literal('webhook-duplicate'), ...common, event: z.string().optional() }),
  z.strictObject({ kind: z.literal('webhook-delay'), ...common, event: z.string().optional(), ms: delayMs }),
])
export type FaultRule = z.infer<typeof faultRule>
export type FaultInput = z.input<typeof faultRule>
