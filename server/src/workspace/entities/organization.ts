import { z } from 'zod'
import { errors } from '../errors.ts'
import { complain, distinct } from './complain.ts'
import { contact } from './contact.ts'
import { envelope } from './envelope.ts'
import { unitPrice } from './money.ts'
import { calendarName } from './references.ts'
import { rule } from './rule.ts'
import { date, email, inOrder, slug, text, timeOfDay, timeZone, webAddress } from './values.ts'

/** Somebody whom roles, duties and signatures name. A person with `leftOn` in the past anchors nothing any more. */
export const person = z
  .strictObject({
    name: slug.describe('Referred to as organization/name.'),
    fullName: text,
    title: text.optional(),
    email: email.optional(),
    phone: text.optional(),
    chat: text.optional().describe('Handle in the shared chat.'),
    calendar: calendarName.optional().describe('Working hours, when they differ from the organization’s first calendar.'),
    joinedOn: date.optional(),
    leftOn: date.optional().describe('The day from which this person answers for nothing any more.'),
  })
  .check(inOrder('joinedOn', 'leftOn'))

/** A shift that passes midnight is two shifts: until 24:00, and from 00:00 of the next day. */
function opensBeforeItCloses({ from, to }: { from: string; to: string }, context: z.core.$RefinementCtx): void {
  if (from < to) return
  const fix = 'Write a night shift as two: until 24:00, and from 00:00 of the next day.'
  complain(context, () => errors.value({ field: 'to', expected: `later than from (${from})`, found: to, fix }), ['to'])
}

export const weekday = z.enum(['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'])

/** Working hours. Clocks of commitments and handoffs count only inside them. */
export const calendar = z.strictObject({
  name: slug.describe('Referred to as organization/name.'),
  timeZone,
  hours: z
    .array(
      z
        .strictObject({ days: z.array(weekday).min(1), from: timeOfDay, to: timeOfDay.describe('24:00 is the end of the day.') })
        .check(rule(['from', 'to'], opensBeforeItCloses)),
    )
    .min(1),
  holidays: distinct(z.strictObject({ date, name: text }), 'the holiday', 'date').default([]),
})

/** What an hour of work costs. The newest entry whose `from` has come counts; a role without its own entry takes `any`. */
export const hourlyRate = z.strictObject({
  role: slug.describe('A kind of work, for example engineering, or any.'),
  from: date,
  loadedPerHour: unitPrice.describe('Salary with everything on top; for a service company, the price it charges.'),
  opportunityPerHour: unitPrice.optional().describe('What the same hour would have earned on the organization’s own product.'),
})

/** A company in the story: a party of agreements, a side of integrations. */
export const organization = envelope(
  'Organization',
  z.strictObject({
    business: z.enum(['product', 'service']).describe('Does it live from its product, or from the hours it sells?'),
    website: webAddress.optional(),
    legalName: text.optional(),
    address: text.optional(),
    people: distinct(person, 'the person', 'name').default([]),
    calendars: distinct(calendar, 'the calendar', 'name').default([]),
    rates: distinct(hourlyRate, 'the rate for', 'role', 'from').default([]),
    contacts: z.array(contact).default([]).describe('Queues and desks, in the order in which to try them.'),
  }),
)
export type Organization = z.output<typeof organization>
export type Person = z.output<typeof person>
export type Calendar = z.output<typeof calendar>
export type HourlyRate = z.output<typeof hourlyRate>
