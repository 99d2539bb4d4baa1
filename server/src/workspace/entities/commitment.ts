import { z } from 'zod'
import { expectations } from './complain.ts'
import { duty } from './duties.ts'
import { quantity, share } from './money.ts'
import { calendarName, partyName, personName } from './references.ts'
import { serviceWindow } from './service-level.ts'
import { slug, text } from './values.ts'

export const measure = z.strictObject({
  indicator: z.enum([
    'availability',
    'latency',
    'freshness',
    'correctness',
    'acknowledgement-time',
    'update-time',
    'handoff-time',
    'restore-time',
    'notice-time',
    'delivery-on-date',
    'count',
    'other',
  ]),
  of: text.optional().describe('What exactly is measured.'),
  severity: z.enum(['SEV1', 'SEV2', 'SEV3', 'SEV4']).optional(),
  percentile: z.number().gt(0).lte(100).optional(),
  window: serviceWindow.optional(),
})

export const target = z
  .union([z.strictObject({ atLeast: quantity }), z.strictObject({ atMost: quantity })])
  .register(expectations, { expected: 'exactly one of atLeast or atMost', example: '{ atLeast: 99.5% }' })
  .describe('Exactly one of atLeast or atMost.')

export const remedy = z.strictObject({
  kind: z.enum(['credit', 'share-multiplier', 'rank', 'badge', 'termination-right', 'work', 'other']),
  description: text.optional(),
  ladder: z
    .array(z.strictObject({ below: share, credit: share }))
    .default([])
    .describe('Credits as a part of the period’s fee; the lowest step that applies counts.'),
})

/**
 * One thing a party promises. Everything but who and what may be left out, and then the promise is *best effort*:
 * without measure, target and remedy it is one, whatever its words.
 */
export const commitment = z.strictObject({
  id: slug,
  party: partyName.describe('Who promises.'),
  does: text,
  duty: duty.optional().describe('The duty it covers.'),
  critical: z.boolean().default(false),
  clause: text.optional(),
  measure: measure.optional(),
  target: target.optional(),
  clock: z
    .union([z.literal('always'), calendarName])
    .register(expectations, { expected: 'always, or a calendar as organization/name', example: 'always' })
    .optional()
    .describe('When the time counts: a calendar, or always.'),
  evidence: text.optional().describe('What proves that it was kept.'),
  remedy: remedy.optional(),
  owner: personName.optional(),
})
export type Commitment = z.output<typeof commitment>
