import { z } from 'zod'
import { organizationName } from './references.ts'
import { duration, share, slug, text } from './values.ts'

/** A service level objective over an indicator that the running bridge measures. */
export const serviceLevel = z.strictObject({
  name: slug,
  indicator: z.enum(['availability', 'latency', 'freshness', 'correctness']),
  side: organizationName.optional().describe('Whose part is measured; left out for the whole bridge.'),
  flow: text.optional().describe('Left out: all flows.'),
  objective: share.describe('The part of events that must be good, for example 99.5%.'),
  threshold: duration.optional().describe('For latency and freshness: up to when an event is good.'),
  window: z.union([duration, z.literal('calendar-month')]).default('P28D'),
})
export type ServiceLevel = z.output<typeof serviceLevel>
