import { type Money, type Quantity, writeMoney } from '../workspace/index.ts'

/** Sums amounts per currency, currencies A to Z. Nothing is converted: no rate is part of an agreement. */
export function sumByCurrency(amounts: Iterable<Money>): Money[] {
  const sums = new Map<string, number>()
  for (const { amountMinor, currency } of amounts) sums.set(currency, (sums.get(currency) ?? 0) + amountMinor)
  return [...sums].sort(([left], [right]) => (left < right ? -1 : 1)).map(([currency, amountMinor]) => ({ currency, amountMinor }))
}

/** Several amounts as `1,200.00 EUR + 300.00 USD`; `nothing` for none. */
export function sumsInWords(sums: readonly Money[]): string {
  return sums.map(writeMoney).join(' + ') || 'nothing'
}

/** Whether two quantities can be compared: same kind. */
export function sameKind(left: Quantity, right: Quantity): boolean {
  return left.kind === right.kind
}
