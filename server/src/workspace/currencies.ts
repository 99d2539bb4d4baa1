/**
 * Active currencies of ISO 4217 with the number of decimal places of their minor unit.
 * Source: ISO 4217 list one (SIX, amendment 179). Fund and metal codes (XAU, XDR …) are left out: nobody is paid in them.
 * `Intl` is no substitute: it follows CLDR, whose digits differ from the standard (IQD 0 instead of 3) and it keeps dead currencies.
 */
const codesByExponent: Readonly<Record<number, string>> = {
  0: 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF',
  2: `AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP CRC CUP CVE CZK
      DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT
      LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN
      QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS
      VED VES WST XCD XCG YER ZAR ZMW ZWG`,
  3: 'BHD IQD JOD KWD LYD OMR TND',
}

const exponents = new Map<string, number>(
  Object.entries(codesByExponent).flatMap(([exponent, codes]) => codes.split(/\s+/).map((code) => [code, Number(exponent)] as const)),
)

/** Decimal places of a currency's minor unit (EUR 2, JPY 0, KWD 3); `undefined` for a code that ISO 4217 does not list. */
export function currencyExponent(code: string): number | undefined {
  return exponents.get(code)
}

/** All currency codes, A to Z. */
export const currencyCodes: readonly string[] = [...exponents.keys()].sort()

const names: Readonly<Record<string, string>> = { euro: 'EUR', euros: 'EUR', '€': 'EUR', '£': 'GBP', yen: 'JPY', '₹': 'INR' }

/**
 * The code that was meant: its name, its sign, other capitals, or the same letters in another order. One other letter is another
 * country, so that is no spelling mistake: BTC is not BTN.
 */
export function nearestCurrency(written: string): string | undefined {
  const letters = (code: string) => [...code.toUpperCase()].sort().join('')
  const alike = currencyCodes.filter((code) => letters(code) === letters(written))
  return names[written.toLowerCase()] ?? alike.find((code) => code === written.toUpperCase()) ?? (alike.length === 1 ? alike[0] : undefined)
}
