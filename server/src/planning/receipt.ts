import { z } from 'zod'

const name = z.string().trim().min(1).max(200)

/** Money that one incentive of a plan really brought, or a soft benefit that somebody has measured. */
export const receipt = z.strictObject({
  plan: name,
  incentive: name.describe('Id of the incentive in the plan.'),
  amount: z
    .strictObject({
      amountMinor: z.int().describe('In minor units. 0: somebody has looked, and nothing came. Negative: corrects an earlier entry.'),
      currency: z.string().regex(/^[A-Z]{3}$/),
    })
    .describe('What was received.'),
  receivedOn: z.iso.date().describe('YYYY-MM-DD; for a sum of many days, its last.'),
  note: z.string().trim().min(1).max(2000).optional().describe('Needed for a soft incentive: what shows that it came.'),
})
export type Receipt = z.output<typeof receipt>

/** A row as it is kept. */
export interface RecordedReceipt extends Receipt {
  id: string
  /** Who received it. */
  organization: string
  recordedBy: string
  recordedAt: Date
}

/** Everything received from one incentive in one currency. */
export interface ReceiptSum {
  incentive: string
  currency: string
  amountMinor: number
  lastOn: string
}
