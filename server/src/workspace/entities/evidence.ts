import { z } from 'zod'
import { errors } from '../errors.ts'
import { complain } from './complain.ts'
import { personName } from './references.ts'
import { rule } from './rule.ts'
import { date, text, webAddress } from './values.ts'

/**
 * What supports a statement in a file. With `attestedBy` and `attestedOn` it is *attested* (and stale 90 days later);
 * without them it is only *declared*. A file can never say *observed*: that word belongs to the running system.
 */
const evidenceFields = {
  attestedBy: personName.optional(),
  attestedOn: date.optional().describe('The day on which that person last said so.'),
  link: webAddress.optional().describe('Where others can check it.'),
  note: text.optional(),
}

/** An object with evidence for what it says. Who attests and when belong together. */
export function withEvidence<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.strictObject({ ...shape, ...evidenceFields }).check(rule([], whoAndWhenTogether))
}

function whoAndWhenTogether(value: unknown, context: z.core.$RefinementCtx): void {
  const { attestedBy, attestedOn } = value as { attestedBy?: unknown; attestedOn?: unknown }
  if ((attestedBy === undefined) === (attestedOn === undefined)) return
  const [there, missing] = attestedBy === undefined ? ['attestedOn', 'attestedBy'] : ['attestedBy', 'attestedOn']
  const fix = missing === 'attestedOn' ? 'Add the day on which this person said so.' : 'Add the person who said so, as organization/name.'
  complain(context, () => errors.incomplete({ because: `there is ${there}`, field: missing, fix }))
}

export const evidence = withEvidence({})
export type Evidence = z.output<typeof evidence>

/** A yes-or-no fact about somebody else's product. Left out means unknown, and unknown is never taken for yes. */
export const fact = withEvidence({ answer: z.enum(['yes', 'no', 'unknown']) })
export type Fact = z.output<typeof fact>
