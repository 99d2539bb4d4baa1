import { z } from 'zod'
import { distinct } from './complain.ts'
import { date, duration, inOrder, text } from './values.ts'

/** How early a change must be announced; the defaults are those of the design, per kind of change. */
export const noticePeriods = z.strictObject({
  security: duration.default('PT72H'),
  behaviourFix: duration.default('P14D'),
  additive: duration.default('P0D'),
  breaking: duration.default('P180D'),
  removal: duration.default('P365D').describe('Authentication, or removal of something generally available.'),
  commercial: duration.default('P90D'),
  exit: duration.default('P180D').describe('End of the partnership; never before the last paying customer’s term.'),
  maintenance: duration.default('P5D'),
})

/** What counts as breaking between these parties, and how it is announced. */
export const changeTerms = z.strictObject({
  profile: z
    .enum(['strict', 'standard', 'tolerant'])
    .default('standard')
    .describe(
      'strict: anything a reader could notice breaks; standard: RFC-style compatibility; tolerant: readers ignore what they do not know.',
    ),
  overrides: distinct(
    z.strictObject({ rule: text, level: z.enum(['breaking', 'potentially-breaking', 'additive', 'ignore']), reason: text.optional() }),
    'the rule',
    'rule',
  )
    .default([])
    .describe('Rules of the contract radar that these parties judge differently.'),
  notice: noticePeriods.prefault({}),
  maintenancePerMonth: duration
    .default('PT4H')
    .describe('So much announced maintenance of each side is excused from service levels in a calendar month.'),
  acknowledgeWithinBusinessDays: z.int().positive().default(10),
  freezes: z.array(z.strictObject({ from: date, until: date, reason: text }).check(inOrder('from', 'until'))).default([]),
})
export type ChangeTerms = z.output<typeof changeTerms>
