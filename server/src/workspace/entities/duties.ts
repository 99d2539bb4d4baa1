import { z } from 'zod'
import { distinct } from './complain.ts'
import { contact } from './contact.ts'
import { withEvidence } from './evidence.ts'
import { money } from './money.ts'
import { organizationName, personName, platformName } from './references.ts'
import { date, duration, text } from './values.ts'

/** Roles that each side of a living integration fills. */
export const role = z.enum([
  'product-owner',
  'product-owner-deputy',
  'engineering',
  'architecture',
  'project-management',
  'partnership',
  'support',
  'subject-matter-expert',
  'sales',
  'marketing',
  'finance',
  'security',
])
export type Role = z.output<typeof role>

/** What somebody on each side must do for the bridge to stand. The two-anchor rule asks for a live anchor on both sides. */
export const duty = z.enum(['owner', 'on-call', 'slo', 'change-notice', 'roadmap', 'docs', 'funding', 'support', 'maintenance', 'security'])
export type Duty = z.output<typeof duty>

/** One person in one role. A role that nobody holds is a vacancy: leave it out, it is reported. */
export const roleHolder = z.strictObject({
  role,
  person: personName,
  topic: text.optional().describe('For a subject matter expert: on what.'),
  attestedOn: date.optional().describe('When this person last confirmed it; older than 90 days is stale.'),
})

/** Who answers for a duty on one side, and what it takes from them. */
export const dutyAnchor = withEvidence({
  duty,
  person: personName.optional().describe('Left out where no single person answers: then the duty hangs in the air and is reported.'),
  deputy: personName.optional(),
  hoursPerMonth: z.number().nonnegative().optional().describe('Working time, priced with the organization’s rates.'),
  costPerYear: money.optional().describe('Cost besides working time.'),
})

/** One level of an escalation; each waits for a human before the next is called. */
export const escalationLevel = z.strictObject({ after: duration, people: z.array(personName).min(1) })

/** An organization seen from one integration. Third parties are sides too. */
export const side = z.strictObject({
  organization: organizationName,
  platforms: z.array(platformName).default([]).describe('The platforms this side brings; none for a builder or operator.'),
  roster: distinct(roleHolder, 'the role', 'role', 'person', 'topic').default([]),
  duties: distinct(dutyAnchor, 'the duty', 'duty').default([]),
  contacts: z.array(contact).default([]).describe('Before those of the organization, for this integration only.'),
  escalation: z.array(escalationLevel).max(3).default([]),
  caseSystem: text.optional().describe('Where this side’s case numbers come from.'),
})
export type Side = z.output<typeof side>
