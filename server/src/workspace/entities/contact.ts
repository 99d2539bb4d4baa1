import { z } from 'zod'
import { calendarName, personName } from './references.ts'
import { date, duration, text } from './values.ts'

/** Whom to call about what, where, and when somebody is there. */
export const contact = z.strictObject({
  topic: z.enum(['incidents', 'support', 'security', 'api-changes', 'partnership', 'billing', 'privacy', 'marketing']),
  channel: z.enum(['email', 'phone', 'chat', 'web', 'pager']),
  address: text.describe('E-mail address, number, channel or web address.'),
  person: personName.optional().describe('Left out for a queue.'),
  hours: calendarName.optional().describe('When it is staffed; left out means unknown, not always.'),
  respondsWithin: duration.optional().describe('The promised first answer by a human.'),
  testedOn: date.optional().describe('The day on which a human last answered a test.'),
  say: text.optional().describe('What to send or say so that the other side can act at once.'),
})
export type Contact = z.output<typeof contact>
