import { z } from 'zod'
import { currencyExponent, nearestCurrency } from '../currencies.ts'
import { errors } from '../errors.ts'
import { type Complaint, complain, expectations } from './complain.ts'
import { rule } from './rule.ts'
import { isDuration } from './values.ts'

/** A currency of ISO 4217, three capital letters. */
export const currency = z
  .string()
  .superRefine((code, context) => {
    if (currencyExponent(code) === undefined) complain(context, unknownCurrency(code))
  })
  .register(expectations, { expected: 'a currency of ISO 4217', example: 'EUR' })
  .meta({ pattern: '^[A-Z]{3}$' })

const unknownCurrency =
  (found: string): Complaint =>
  () =>
    errors.currency_unknown({ found, near: nearestCurrency(found) })

const amountPattern = /^(-?)(\d+)(?:\.(\d+))? ([A-Za-z]{2,4})$/
const writtenAmount = amountPattern.source.replace('(-?)', '')

interface Amount {
  /** The digits without their point. */
  digits: number
  places: number
  currency: string
  exponent: number
}

/** Reads `1250.00 EUR` without passing through a binary fraction. */
function readAmount(written: string): Amount | Complaint {
  const [, sign, whole, fraction = '', code = ''] = amountPattern.exec(written) ?? []
  if (whole === undefined) return notAnAmount(written)
  const exponent = currencyExponent(code)
  if (exponent === undefined) return unknownCurrency(code)
  const digits = Number(`${whole}${fraction}`)
  if (sign && digits > 0) return negativeAmount(written)
  return Number.isSafeInteger(digits) ? { digits, places: fraction.length, currency: code, exponent } : notAnAmount(written)
}

const negativeAmount =
  (found: string): Complaint =>
  (field) =>
    errors.value({
      field,
      found,
      expected: 'zero or more',
      fix: 'Write it without the minus sign. Who pays whom is said by the other fields: exchange the two if it is the other way round.',
    })

const notAnAmount =
  (found: string): Complaint =>
  (field) =>
    errors.value({
      field,
      found,
      expected: 'an amount of money',
      fix: 'Write it like 1250.00 EUR: a point before the cents, no thousands separator, one space, the currency last.',
    })

/** An amount of money, zero or more, written `1250.00 EUR`. In memory: whole minor units (€1.00 = 100, ¥1 = 1, KD1 = 1000). */
export const money = z
  .string()
  .meta({ pattern: writtenAmount })
  .transform((written, context): { amountMinor: number; currency: string } => {
    const amount = readAmount(written)
    if (typeof amount !== 'function' && amount.places <= amount.exponent)
      return { amountMinor: amount.digits * 10 ** (amount.exponent - amount.places), currency: amount.currency }
    complain(context, typeof amount === 'function' ? amount : tooFine(written, amount))
    return z.NEVER
  })
  .register(expectations, { expected: 'an amount of money', example: '1250.00 EUR' })
export type Money = z.output<typeof money>

const tooFine =
  (found: string, { currency, exponent }: Amount): Complaint =>
  (field) =>
    errors.value({
      field,
      found,
      expected: `an amount that can be paid in ${currency}, with ${exponent === 0 ? 'no decimal places' : `at most ${exponent} decimal places`}`,
      fix: 'Round it. Prices per unit, per instance and per hour may be finer; amounts may not.',
    })

/**
 * A price per unit, zero or more, written `0.0035 USD`; may be finer than the currency's minor unit.
 * In memory: minor units as an exact fraction in lowest terms (0.0035 USD = 7/20 of a cent).
 */
export const unitPrice = z
  .string()
  .meta({ pattern: writtenAmount })
  .transform((written, context): { minorPerUnit: { numerator: number; denominator: number }; currency: string } => {
    const amount = readAmount(written)
    if (typeof amount !== 'function') return { minorPerUnit: minorFraction(amount), currency: amount.currency }
    complain(context, amount)
    return z.NEVER
  })
  .register(expectations, { expected: 'a price', example: '0.0035 USD' })
export type UnitPrice = z.output<typeof unitPrice>

function minorFraction({ digits, places, exponent }: Amount): { numerator: number; denominator: number } {
  const finer = places - exponent
  if (finer <= 0) return { numerator: digits * 10 ** -finer, denominator: 1 }
  const divisor = greatestCommonDivisor(Math.abs(digits), 10 ** finer)
  return { numerator: digits / divisor, denominator: 10 ** finer / divisor }
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b)
}

const percentPattern = /^(\d+)(?:\.(\d{1,4}))? ?%$/

/** Parts per million of a percentage; `undefined` when it is none. */
function readPpm(written: string): number | undefined {
  const [, whole, fraction = ''] = percentPattern.exec(written) ?? []
  return whole === undefined ? undefined : Number(whole + fraction.padEnd(4, '0'))
}

function percentage(maximumPpm: number, expected: string, example: string) {
  return z
    .string()
    .meta({ pattern: percentPattern.source })
    .transform((written, context): { ppm: number } => {
      const ppm = readPpm(written)
      if (ppm !== undefined && ppm <= maximumPpm) return { ppm }
      const fix =
        ppm === undefined
          ? `Write a number, at most four decimal places, and a percent sign: ${example}.`
          : 'A part can’t be more than the whole.'
      complain(context, (field) => errors.value({ field, found: written, expected, fix }))
      return z.NEVER
    })
    .register(expectations, { expected, example })
}

/** A part of a whole, written `70%`. In memory: parts per million, a whole number from 0 to 1 000 000. */
export const share = percentage(1_000_000, 'a percentage from 0% to 100%', '70%')
export type Share = z.output<typeof share>

/** A rate that may exceed the whole (coordination cost), written `150%`. In memory: parts per million, ≥ 0. */
export const rate = percentage(Number.MAX_SAFE_INTEGER, 'a percentage', '15%')

export type Quantity = { kind: 'share'; ppm: number } | { kind: 'duration'; duration: string } | { kind: 'number'; number: number }

/** What a target is compared with: a share (`99.5%`), a length of time (`PT4H`) or a plain number (`0`). */
export const quantity = z
  .union([z.string(), z.number()])
  .transform((written, context): Quantity => {
    if (typeof written === 'number') return { kind: 'number', number: written }
    const ppm = readPpm(written)
    if (ppm !== undefined) return { kind: 'share', ppm }
    if (isDuration(written)) return { kind: 'duration', duration: written }
    const fix = 'Write 99.5% for a share, PT4H for four hours, P90D for ninety days, or a plain number.'
    complain(context, (field) => errors.value({ field, found: written, expected: 'a percentage, a length of time or a number', fix }))
    return z.NEVER
  })
  .register(expectations, { expected: 'a percentage, a length of time or a number', example: '99.5%' })

/** Shares of one thing; reports when they do not make up the whole. An empty list is no division and is left alone. */
export const sharesSumToWhole = (what: string) =>
  rule<readonly { share: Share }[]>(['*.share'], (items, context) =>
    complainUnlessWhole(
      what,
      items.map(({ share }) => share),
      context,
    ),
  )

export function complainUnlessWhole(what: string, shares: readonly Share[], context: z.core.$RefinementCtx): void {
  const sumPpm = shares.reduce((sum, { ppm }) => sum + ppm, 0)
  if (shares.length === 0 || sumPpm === 1_000_000) return
  const missingPpm = 1_000_000 - sumPpm
  const difference =
    missingPpm > 0
      ? `${percent(missingPpm)} are missing: say who gets them.`
      : `${percent(-missingPpm)} are too many: take them from somebody.`
  complain(context, () => errors.shares({ what, sum: percent(sumPpm), difference }))
}

/** Low, likely and high of one quantity; reports when they are not in this order, or in different currencies. */
export function rangeInOrder<Value>(amountOf: (value: Value) => number, currencyOf: (value: Value) => string = () => '') {
  return rule<{ low: Value; likely: Value; high: Value }>(['low', 'likely', 'high'], ({ low, likely, high }, context) => {
    for (const [field, value] of [
      ['likely', likely],
      ['high', high],
    ] as const) {
      if (currencyOf(value) === currencyOf(low)) continue
      complain(context, () => errors.currency_differs({ found: currencyOf(value), expected: currencyOf(low), where: 'low' }), [field])
      return
    }
    if (amountOf(low) <= amountOf(likely) && amountOf(likely) <= amountOf(high)) return
    const found = `low ${amountOf(low)}, likely ${amountOf(likely)}, high ${amountOf(high)}`
    complain(context, (field) => errors.order({ field, expected: 'from low over likely to high', found }))
  })
}

/** An amount as a file writes it: `{ amountMinor: 125000, currency: 'EUR' }` → 1250.00 EUR. */
export function writeMoney({ amountMinor, currency }: Money): string {
  const exponent = currencyExponent(currency) ?? 0
  const digits = String(Math.abs(amountMinor)).padStart(exponent + 1, '0')
  const whole = digits.slice(0, digits.length - exponent)
  const fraction = exponent === 0 ? '' : `.${digits.slice(-exponent)}`
  return `${amountMinor < 0 ? '-' : ''}${whole}${fraction} ${currency}`
}

/** A price as a file writes it, exact: 7/20 of a US cent → 0.0035 USD. */
export function writeUnitPrice({ minorPerUnit: { numerator, denominator }, currency }: UnitPrice): string {
  const exponent = currencyExponent(currency) ?? 0
  // The denominator is made of twos and fives, so enough tens make it disappear.
  let places = exponent
  let digits = BigInt(numerator)
  for (const divisor = BigInt(denominator); digits % divisor !== 0n; places++) digits *= 10n
  const plain = String(digits < 0n ? -digits / BigInt(denominator) : digits / BigInt(denominator)).padStart(places + 1, '0')
  const fraction = places === 0 ? '' : `.${plain.slice(-places)}`
  return `${digits < 0n ? '-' : ''}${plain.slice(0, plain.length - places)}${fraction} ${currency}`
}

/** `{ ppm: 995000 }` as a person writes it: 99.5%. */
export function percent(ppm: number): string {
  return `${(ppm / 10_000).toFixed(4).replace(/\.?0+$/, '')}%`
}
