import { currencyExponent, type Money, type Quantity } from '../workspace/index.ts'

/** `{ 125000, EUR }` → `1,250.00 EUR`; a negative amount carries its sign in front. */
export function moneyInWords({ amountMinor, currency }: Money): string {
  const exponent = currencyExponent(currency) ?? 2
  const digits = Math.abs(amountMinor)
    .toString()
    .padStart(exponent + 1, '0')
  const whole = digits.slice(0, digits.length - exponent).replace(/\B(?=(\d{3})+$)/g, ',')
  const fraction = exponent === 0 ? '' : `.${digits.slice(-exponent)}`
  return `${amountMinor < 0 ? '-' : ''}${whole}${fraction} ${currency}`
}

/** Parts per million as a percentage without needless zeros: 995000 → `99.5%`. */
export function shareInWords(ppm: number): string {
  return `${Number((ppm / 10_000).toFixed(4))}%`
}

/** Sums amounts per currency, currencies A to Z. Nothing is converted: no rate is part of an agreement. */
export function sumByCurrency(amounts: Iterable<Money>): Money[] {
  const sums = new Map<string, number>()
  for (const { amountMinor, currency } of amounts) sums.set(currency, (sums.get(currency) ?? 0) + amountMinor)
  return [...sums].sort(([left], [right]) => (left < right ? -1 : 1)).map(([currency, amountMinor]) => ({ currency, amountMinor }))
}

/** Several amounts as `1,200.00 EUR + 300.00 USD`; `nothing` for none. */
export function sumsInWords(sums: readonly Money[]): string {
  return sums.map(moneyInWords).join(' + ') || 'nothing'
}

/** Whether two quantities can be compared: same kind. */
export function sameKind(left: Quantity, right: Quantity): boolean {
  return left.kind === right.kind
}
