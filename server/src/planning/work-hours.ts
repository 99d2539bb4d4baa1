import { z } from 'zod'

/** What the time went into. A *question* is borrowed time: somebody was asked something and nobody planned for it. */
export const activities = ['build', 'maintenance', 'operation', 'support', 'selling', 'incident', 'question'] as const
export type Activity = (typeof activities)[number]

/** Somewhere on earth it is tomorrow already. */
const dayAfter = (now: Date): string => new Date(now.getTime() + 86_400_000).toISOString().slice(0, 10)

const name = z.string().trim().min(1).max(200)

/** Some hours of one organization on one bridge. */
export const workHours = z
  .strictObject({
    organization: name.describe('Who worked.'),
    plan: name.optional().describe('Name of the plan; the build counts for its calibration.'),
    integration: name.optional().describe('Name of the integration, once there is one.'),
    activity: z.enum(activities),
    sourcing: z.enum(['internal', 'outsourced']).default('internal'),
    hours: z
      .number()
      .refine((hours) => hours !== 0 && Math.abs(hours) <= 1000, 'must be between -1000 and 1000, and not 0')
      .refine((hours) => Math.abs(hours * 100 - Math.round(hours * 100)) < 1e-6, 'must have at most two decimal places')
      .describe('In hours, at most two decimal places. Negative: corrects an earlier entry.'),
    workedOn: z.iso
      .date()
      .refine((day) => day >= '2000-01-01' && day <= dayAfter(new Date()), 'must be a day that has come')
      .describe('Day of the work, YYYY-MM-DD; for a sum of many days, its last.'),
    change: name.optional().describe('The contract change that caused the work.'),
    incident: name.optional().describe('The incident that caused the work.'),
    person: name.optional(),
    note: name.optional(),
  })
  .refine(({ plan, integration }) => plan !== undefined || integration !== undefined, 'needs a plan or an integration')
export type WorkHours = z.output<typeof workHours>

/** A row as it is kept. */
export interface RecordedHours extends WorkHours {
  id: string
  recordedBy: string
  recordedAt: Date
}
