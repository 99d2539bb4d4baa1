import { z } from 'zod'
import { personName } from './references.ts'
import { date, text, webAddress } from './values.ts'

/**
 * What supports a statement in a file. With `attestedBy` and `attestedOn` it is *attested* (and stale 90 days later);
 * without them it is only *declared*. A file can never say *observed*: that word belongs to the running system.
 */
export const evidence = z.strictObject({
  attestedBy: personName.optional(),
  attestedOn: date.optional().describe('The day on which that person last said so.'),
  link: webAddress.optional().describe('Where others can check it.'),
  note: text.optional(),
})
export type Evidence = z.output<typeof evidence>

/** A yes-or-no fact about somebody else's product. Left out means unknown, and unknown is never taken for yes. */
export const fact = evidence.extend({
  answer: z.enum(['yes', 'no', 'unknown']),
})
export type Fact = z.output<typeof fact>
