import { z } from 'zod'
import { errors } from '../errors.ts'
import { complain, expectations } from './complain.ts'
import { share } from './money.ts'
import { sideName } from './references.ts'
import { rule } from './rule.ts'
import { duration, slug, text } from './values.ts'

/** Rolling, or the month of the contract. */
export const serviceWindow = z
  .union([z.literal('calendar-month'), duration])
  .register(expectations, { expected: 'a length of time, or calendar-month', example: 'P28D' })

function timesNeedThreshold({ indicator, threshold }: { indicator: string; threshold?: unknown }, context: z.core.$RefinementCtx): void {
  const timed = indicator === 'latency' || indicator === 'freshness'
  if (timed === (threshold !== undefined)) return
  const fix = timed
    ? 'Add up to when an event is good, for example threshold: PT5M.'
    : 'Delete the threshold, or measure latency or freshness.'
  if (timed) complain(context, () => errors.incomplete({ because: `${indicator} is measured as time`, field: 'threshold', fix }))
  else complain(context, () => errors.contradiction({ problem: `${indicator} is no time, so threshold says nothing`, fix }), ['threshold'])
}

/** A service level objective over an indicator that the running bridge measures. */
export const serviceLevel = z
  .strictObject({
    name: slug,
    indicator: z.enum(['availability', 'latency', 'freshness', 'correctness']),
    side: sideName.optional().describe('Whose part is measured; left out for the whole bridge.'),
    flow: text.optional().describe('Left out: all flows.'),
    objective: share.describe('The part of events that must be good, for example 99.5%.'),
    threshold: duration.optional().describe('For latency and freshness: up to when an event is good.'),
    window: serviceWindow.default('P28D'),
  })
  .check(rule(['indicator'], timesNeedThreshold))
export type ServiceLevel = z.output<typeof serviceLevel>
