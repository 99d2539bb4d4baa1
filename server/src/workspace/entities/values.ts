import { Temporal } from 'temporal-polyfill'
import { z } from 'zod'
import { currencyCodes, currencyExponent } from '../currencies.ts'
import { nearest } from '../nearest.ts'
import { readDecimal } from './decimal.ts'

/** What a custom check tells the reader; `expected` and `fix` are printed as they stand. */
export interface Complaint {
  message: string
  expected: string
  fix: string
}

type Context = z.core.$RefinementCtx<unknown>

/** Reports one complaint from inside a schema. The loader turns it into a problem with file, line and column. */
export function complain(context: Context, { message, expected, fix }: Complaint, path: (string | number)[] = []): void {
  context.addIssue({ code: 'custom', message, path, params: { expected, fix } })
}

function checked(description: string, check: (text: string) => Complaint | undefined) {
  return z
    .string()
    .describe(description)
    .superRefine((text, context) => {
      const complaint = check(text)
      if (complaint) complain(context, complaint)
    })
}

/** Words that a person reads; blank text is refused because a blank says nothing about who left it blank. */
export const text = z.string().trim().min(1)

/** A name that other files refer to: lower case letters, digits and single hyphens, at most 63 characters. */
export const slug = z
  .string()
  .max(63)
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/)
  .describe('Lower case letters, digits and single hyphens, at most 63 characters.')

/** A day of the calendar, `YYYY-MM-DD`. Days that do not exist (30 February) are refused. */
export const date = checked('A day as YYYY-MM-DD.', (text) => {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) {
    return {
      message: `"${text}" is not a date`,
      expected: 'a day as YYYY-MM-DD',
      fix: 'Write year, month and day, for example 2026-09-30.',
    }
  }
  try {
    Temporal.PlainDate.from(text, { overflow: 'reject' })
    return undefined
  } catch {
    return { message: `the day ${text} does not exist`, expected: 'a day of the calendar as YYYY-MM-DD', fix: impossibleDayFix(text) }
  }
}).meta({ format: 'date' })

function impossibleDayFix(text: string): string {
  const [year = 0, month = 0] = text.split('-').map(Number)
  if (month < 1 || month > 12) return 'The month is the middle number, 01 to 12. Day and month may have changed places.'
  const { daysInMonth } = Temporal.PlainYearMonth.from({ year, month })
  return `That month has ${daysInMonth} days: use ${text.slice(0, 8)}${daysInMonth} or correct the day.`
}

/** A length of time in ISO 8601 (`P90D`, `PT15M`, `P1Y6M`); zero is `P0D`, negative lengths are refused. */
export const duration = checked('A length of time in ISO 8601, for example P90D, PT15M or P1Y.', (text) => {
  try {
    if (Temporal.Duration.from(text).sign >= 0 && text.startsWith('P')) return undefined
  } catch {}
  return {
    message: `"${text}" is not a length of time`,
    expected: 'an ISO 8601 duration',
    fix: 'Write P90D for 90 days, PT4H for four hours, PT15M for fifteen minutes, P1Y for a year.',
  }
})

/** An IANA time zone such as `Europe/Berlin` or `UTC`. */
export const timeZone = checked('An IANA time zone, for example Europe/Berlin.', (text) => {
  try {
    new Intl.DateTimeFormat('en', { timeZone: text })
    if (!/^[+-]/.test(text)) return undefined
  } catch {}
  const near = nearest(text, Intl.supportedValuesOf('timeZone'))
  return {
    message: `"${text}" is not a time zone`,
    expected: 'an IANA time zone',
    fix: near ? `Did you mean ${near}?` : 'Write region and city, for example Europe/Berlin, or UTC.',
  }
})

/** A wall-clock time, `HH:MM`, 00:00 to 24:00 (24:00 is the end of the day). */
export const timeOfDay = z
  .string()
  .regex(/^(([01]\d|2[0-3]):[0-5]\d|24:00)$/)
  .describe('A time of day as HH:MM, 00:00 to 24:00.')

/** An address on the web, http or https. */
export const webAddress = checked('A web address with http:// or https://.', (text) => {
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return undefined
  return {
    message: `"${text}" is not a web address`,
    expected: 'an address with http:// or https://',
    fix: 'Write it in full, for example https://example.com/docs.',
  }
}).meta({ format: 'uri' })

export const email = checked('An e-mail address.', (text) =>
  /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text)
    ? undefined
    : {
        message: `"${text}" is not an e-mail address`,
        expected: 'an address such as ada@example.com',
        fix: 'Write one address, without a name and without angle brackets.',
      },
).meta({ format: 'email' })

/** A currency of ISO 4217, three capital letters. */
export const currency = checked('A currency code of ISO 4217, for example EUR.', (code) => complaintAboutCurrency(code))

function complaintAboutCurrency(code: string): Complaint | undefined {
  if (currencyExponent(code) !== undefined) return undefined
  const near = nearest(code.toUpperCase(), currencyCodes)
  return {
    message: `there is no currency ${code}`,
    expected: 'a currency code of ISO 4217',
    fix: near ? `Did you mean ${near}?` : 'Use the three capital letters of the standard, for example EUR, USD or JPY.',
  }
}

const amountPattern = /^(-?\d+(?:\.\d+)?) ([A-Za-z]{2,4})$/

const amountComplaint = (found: string): Complaint => ({
  message: `"${found}" is not an amount of money`,
  expected: 'a number, a space and a currency code',
  fix: 'Write it like 1250.00 EUR: a point before the cents, no thousands separator, the currency at the end.',
})

/** Reads `1250.00 EUR`; the file keeps the text, the program works with whole minor units. */
function readAmount(written: string, context: Context) {
  const [, digits, code] = amountPattern.exec(written) ?? []
  const complaint = digits === undefined || code === undefined ? amountComplaint(written) : complaintAboutCurrency(code)
  if (complaint) complain(context, complaint)
  return complaint ? undefined : { currency: code!, exponent: currencyExponent(code!)!, decimal: readDecimal(digits!) }
}

/** An amount of money, written `1250.00 EUR`. In memory: whole minor units (€1.00 = 100, ¥1 = 1, KD1 = 1000). */
export const money = z
  .string()
  .describe('An amount of money: number, space, currency. Example: 1250.00 EUR.')
  .transform((written, context): { amountMinor: number; currency: string } => {
    const amount = readAmount(written, context)
    if (!amount) return z.NEVER
    const amountMinor = (amount.decimal.numerator * 10 ** amount.exponent) / amount.decimal.denominator
    if (Number.isSafeInteger(amountMinor)) return { amountMinor, currency: amount.currency }
    complain(context, {
      message: `"${written}" can't be paid`,
      expected: `at most ${amount.exponent} decimal places for ${amount.currency}`,
      fix: 'Round it to what can be paid. Prices per unit, per instance and per hour may have more places; amounts may not.',
    })
    return z.NEVER
  })
export type Money = z.output<typeof money>

/**
 * A price per unit, written `0.0035 USD`; may be finer than the currency's minor unit.
 * In memory: minor units as an exact fraction in lowest terms (0.0035 USD = 7/20 of a cent).
 */
export const unitPrice = z
  .string()
  .describe('A price per unit: number, space, currency; may be finer than a cent. Example: 0.0035 USD.')
  .transform((written, context): { minorPerUnit: { numerator: number; denominator: number }; currency: string } => {
    const amount = readAmount(written, context)
    if (!amount) return z.NEVER
    const { numerator, denominator } = amount.decimal
    const scaled = numerator * 10 ** amount.exponent
    const divisor = greatestCommonDivisor(Math.abs(scaled), denominator)
    return { minorPerUnit: { numerator: scaled / divisor, denominator: denominator / divisor }, currency: amount.currency }
  })
export type UnitPrice = z.output<typeof unitPrice>

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b)
}

const percentPattern = /^(\d+(?:\.\d{1,4})?) ?%$/

const readPpm = (written: string): number | undefined => {
  const digits = percentPattern.exec(written)?.[1]
  if (digits === undefined) return undefined
  const { numerator, denominator } = readDecimal(digits)
  return Math.round((numerator * 10_000) / denominator)
}

const percentComplaint = (found: string): Complaint => ({
  message: `"${found}" is not a percentage`,
  expected: 'a number from 0 with at most four decimal places and a percent sign',
  fix: 'Write it like 99.5% or 30%.',
})

function percentUpTo(maximumPpm: number, description: string) {
  return z
    .string()
    .describe(description)
    .transform((written, context): { ppm: number } => {
      const ppm = readPpm(written)
      if (ppm === undefined) complain(context, percentComplaint(written))
      else if (ppm > maximumPpm)
        complain(context, {
          message: `${written} is more than the whole`,
          expected: 'a percentage from 0% to 100%',
          fix: 'Write a part of the whole, for example 70%.',
        })
      else return { ppm }
      return z.NEVER
    })
}

/** A part of a whole, written `70%`. In memory: parts per million, a whole number from 0 to 1 000 000. */
export const share = percentUpTo(1_000_000, 'A part of a whole from 0% to 100%, at most four decimal places. Example: 70%.')
export type Share = z.output<typeof share>

/** A rate that may exceed the whole (coordination cost, growth), written `150%`. In memory: parts per million, ≥ 0. */
export const rate = percentUpTo(Number.MAX_SAFE_INTEGER, 'A percentage, may exceed 100%. Example: 15%.')

/** What a target is compared with: a share (`99.5%`), a duration (`PT4H`) or a plain number (`0`). */
export const quantity = z
  .union([z.string(), z.number()])
  .describe('A percentage (99.5%), an ISO 8601 duration (PT4H) or a number (0).')
  .transform((written, context): Quantity => {
    if (typeof written === 'number') return { kind: 'number', number: written }
    const ppm = readPpm(written)
    if (ppm !== undefined) return { kind: 'share', ppm }
    if (duration.safeParse(written).success) return { kind: 'duration', duration: written }
    complain(context, {
      message: `"${written}" can't be measured`,
      expected: 'a percentage, a duration or a number',
      fix: 'Write 99.5% for a share, PT4H for four hours, P90D for ninety days, or a plain number.',
    })
    return z.NEVER
  })
export type Quantity = { kind: 'share'; ppm: number } | { kind: 'duration'; duration: string } | { kind: 'number'; number: number }
