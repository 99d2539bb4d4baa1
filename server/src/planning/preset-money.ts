/**
 * How many units of a currency are about one dollar or euro: an order of magnitude for presets, of 2025, and no rate of exchange. With it
 * an hour costs 14,000 yen where nobody has said what it costs, and not 90. Those near one are one.
 */
const unitsPerDollar: Readonly<Record<string, number>> = {
  ...Object.fromEntries(['USD', 'EUR', 'GBP', 'CHF', 'CAD', 'AUD', 'NZD', 'SGD'].map((code) => [code, 1])),
  ...{ AED: 3.7, ARS: 1200, BDT: 120, BGN: 1.8, BHD: 0.38, BRL: 5.5, CLP: 950, CNY: 7, COP: 4200, CRC: 510, CZK: 23, DKK: 7, EGP: 50 },
  ...{ GEL: 2.7, GHS: 12, HKD: 7.8, HUF: 370, IDR: 16_000, ILS: 3.6, INR: 85, ISK: 135, JOD: 0.71, JPY: 150, KES: 130, KRW: 1400 },
  ...{ KWD: 0.31, KZT: 500, LKR: 300, MAD: 10, MXN: 19, MYR: 4.4, NGN: 1500, NOK: 10, NPR: 136, OMR: 0.38, PEN: 3.7, PHP: 57, PKR: 280 },
  ...{ PLN: 4, QAR: 3.6, RON: 4.6, RSD: 108, RUB: 85, SAR: 3.75, SEK: 10, THB: 34, TND: 3.1, TRY: 40, TWD: 32, UAH: 41, UYU: 40 },
  ...{ VND: 25_000, ZAR: 18 },
}

/** Amounts that a plan takes for granted, in dollars or euros. */
const inDollars = {
  loadedPerHour: 90,
  opportunityPerHour: 45,
  billedPerHour: 120,
  hostingCostPerMonth: 300,
  hostingCostPerInstanceMonth: 2,
} as const

export type PresetMoney = { readonly [Name in keyof typeof inDollars]: number }

/** The presets that are money, in a plan’s currency, to two digits. A currency that is not known here takes those of dollars. */
export function presetMoney(currency: string): PresetMoney {
  const units = unitsPerDollar[currency] ?? 1
  const scaled = (amount: number): number => (units === 1 ? amount : Number((amount * units).toPrecision(2)))
  return Object.fromEntries(Object.entries(inDollars).map(([name, amount]) => [name, scaled(amount)])) as unknown as PresetMoney
}

/** Whether a number of the inputs is such an amount itself, and not a part of one that is given. */
export const isPresetMoney = (path: string): boolean => path.startsWith('parties.') && path.split('.').at(-1)! in inDollarsByField
const inDollarsByField = { loadedPerHour: 0, opportunityPerHour: 0, billedPerHour: 0, costPerMonth: 0 }

/** Why an amount that nobody has given has the value it has. */
export function presetMoneyReason(currency: string): string {
  const units = unitsPerDollar[currency]
  if (units === undefined) return `preset for dollars, taken in ${currency} as it is: give your own`
  return units === 1
    ? 'preset, nobody has confirmed it'
    : `preset for dollars, at about ${units} ${currency} for one; nobody has confirmed it`
}
