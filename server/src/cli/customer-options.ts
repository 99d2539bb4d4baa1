import type { Command } from 'commander'
import type { CustomerFacts, CustomerFactsChange } from '../runtime/index.ts'
import { currencyExponent, writeMoney } from '../workspace/index.ts'
import { errors } from './errors.ts'

export interface CustomerOptions {
  paying?: boolean
  notPaying?: boolean
  revenue?: string
  termEnds?: string
  affiliated?: string
}

/** What a company knows about a customer and no run can show. `none` takes back what was told. */
export function withCustomerOptions(command: Command): Command {
  return command
    .option('--paying', 'the customer pays for it')
    .option('--revenue <amount>', 'what the customer pays each month, like "49.00 EUR"; none: nobody has told')
    .option('--term-ends <day>', 'last day of what is paid or signed for, YYYY-MM-DD; none: nobody has told')
    .option('--affiliated <yes|no>', 'whether the customer belongs to one of the sides; none: nobody has told')
}

/** @throws cli.amount_expected, yes_or_no */
export function customerFactsOf({ paying, notPaying, revenue, termEnds, affiliated }: CustomerOptions): CustomerFactsChange {
  return {
    ...(paying && { paying: true }),
    ...(notPaying && { paying: false }),
    ...(revenue !== undefined && { revenuePerMonth: revenue === 'none' ? null : readAmount(revenue) }),
    ...(termEnds !== undefined && { termEndsOn: termEnds === 'none' ? null : termEnds }),
    ...(affiliated !== undefined && { affiliated: readYesNo(affiliated) }),
  }
}

/** An amount as people type it, in minor units. @throws cli.amount_expected */
export function readAmount(written: string): { amountMinor: number; currency: string } {
  const [, whole, fraction = '', currency = ''] = /^(\d+)(?:\.(\d+))? ([A-Z]{3})$/.exec(written) ?? []
  const places = currencyExponent(currency)
  if (whole === undefined || places === undefined || fraction.length > places) throw errors.amount_expected({ found: written })
  return { amountMinor: Number(whole + fraction.padEnd(places, '0')), currency }
}

function readYesNo(written: string): boolean | null {
  if (written === 'none') return null
  if (written !== 'yes' && written !== 'no') throw errors.yes_or_no({ found: written })
  return written === 'yes'
}

/** One line; what nobody has told is said to be unknown. */
export function describeCustomer(told: CustomerFacts & { paying: boolean }): string {
  const revenue = told.revenuePerMonth ? `${writeMoney(told.revenuePerMonth)} a month` : 'revenue unknown'
  const affiliated = told.affiliated === null ? 'affiliation unknown' : told.affiliated ? 'belongs to a side' : 'unaffiliated'
  return `customer: ${told.paying ? 'paying' : 'not paying'}, ${revenue}, term ends ${told.termEndsOn ?? 'unknown'}, ${affiliated}`
}
