import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { currencyCodes, currencyExponent } from '../currencies.ts'
import { money, percent, quantity, rate, share, unitPrice, writeMoney, writeUnitPrice } from './money.ts'

const currencies = fc.constantFrom(...currencyCodes)

describe('an amount of money', () => {
  it.each([
    ['1250.00 EUR', 125_000, 'EUR'],
    ['1 EUR', 100, 'EUR'],
    ['0.1 EUR', 10, 'EUR'],
    ['1 JPY', 1, 'JPY'],
    ['1 KWD', 1_000, 'KWD'],
    ['0.005 KWD', 5, 'KWD'],
    ['0.00 EUR', 0, 'EUR'],
    ['90071992547409.91 EUR', 9_007_199_254_740_991, 'EUR'],
  ])('%s is %i minor units of %s', (written, amountMinor, currency) => {
    expect(money.parse(written)).toEqual({ amountMinor, currency })
  })

  it.each([
    '1250 €',
    '1.250,00 EUR',
    '1,250.00 EUR',
    'EUR 5',
    '5',
    '5EUR',
    '5  EUR',
    '1e3 EUR',
    '0.5 JPY',
    '1.005 EUR',
    '5 XXX',
    '5 eur',
    '-3.20 USD',
    ' 5 EUR',
    '99999999999999999 EUR',
    '',
  ])('refuses “%s”', (written) => {
    expect(money.safeParse(written).success).toBe(false)
  })

  it('is written and read without change, in every currency', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), currencies, (amountMinor, currency) => {
        const amount = { amountMinor, currency }
        expect(money.parse(writeMoney(amount))).toEqual(amount)
      }),
    )
  })
})

describe('a price per unit', () => {
  it.each([
    ['0.0035 USD', 7, 20],
    ['0.01 USD', 1, 1],
    ['19 EUR', 1900, 1],
    ['0.5 JPY', 1, 2],
    ['0.0005 KWD', 1, 2],
  ])('%s is %i/%i of a minor unit', (written, numerator, denominator) => {
    expect(unitPrice.parse(written).minorPerUnit).toEqual({ numerator, denominator })
  })

  it('is written exactly as it was read, but for zeros at the end', () => {
    fc.assert(
      fc.property(fc.nat(1_000_000), fc.nat(8), currencies, (digits, places, currency) => {
        const written = `${(digits / 10 ** places).toFixed(places)} ${currency}`
        const price = unitPrice.parse(written)
        expect(unitPrice.parse(writeUnitPrice(price))).toEqual(price)
        expect(Number(writeUnitPrice(price).split(' ')[0])).toBe(Number(written.split(' ')[0]))
      }),
    )
  })

  it('never has minor units with a common divisor', () => {
    const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b))
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000_000 }), fc.nat(6), (digits, places) => {
        const { numerator, denominator } = unitPrice.parse(`${(digits / 10 ** places).toFixed(places)} EUR`).minorPerUnit
        expect(gcd(numerator, denominator)).toBe(1)
      }),
    )
  })
})

describe('a percentage', () => {
  it('is exact in parts per million and written as a person writes it', () => {
    fc.assert(
      fc.property(fc.nat(1_000_000), (ppm) => {
        expect(share.parse(percent(ppm))).toEqual({ ppm })
      }),
    )
    expect([percent(995_000), percent(1), percent(1_000_000), percent(0), percent(300_000)]).toEqual([
      '99.5%',
      '0.0001%',
      '100%',
      '0%',
      '30%',
    ])
  })

  it('of a whole ends at 100%; a rate does not', () => {
    expect(share.safeParse('100.0001%').success).toBe(false)
    expect(rate.parse('150 %')).toEqual({ ppm: 1_500_000 })
  })

  it.each(['70', '0.7', '70,5%', '-1%', '1.00001%', 'all'])('refuses “%s”', (written) => {
    expect(share.safeParse(written).success).toBe(false)
  })
})

it.each([
  ['99.5%', { kind: 'share', ppm: 995_000 }],
  ['PT4H', { kind: 'duration', duration: 'PT4H' }],
  [0, { kind: 'number', number: 0 }],
])('a target of %s is a %o', (written, expected) => {
  expect(quantity.parse(written)).toEqual(expected)
})

describe('currencies', () => {
  it('have the exponents of ISO 4217, also where CLDR differs', () => {
    expect(['EUR', 'JPY', 'KWD', 'IQD', 'CLP', 'HUF', 'TND', 'ISK'].map(currencyExponent)).toEqual([2, 0, 3, 3, 0, 2, 3, 0])
    expect(['XAU', 'DEM', 'eur', 'EURO'].map(currencyExponent)).toEqual([undefined, undefined, undefined, undefined])
  })

  it('are all known to Intl, so none is misspelled', () => {
    const known = new Set([...Intl.supportedValuesOf('currency'), 'XCG', 'ZWG', 'SLE', 'VED'])
    expect(currencyCodes.filter((code) => !known.has(code))).toEqual([])
    expect(new Set(currencyCodes).size).toBe(currencyCodes.length)
  })
})
