/**
 * Present values in closed form. Money flows evenly within its window and is discounted continuously at
 * ln(1 + yearly rate), which is the mid-period convention of finance without a grid: nothing jumps when a launch
 * slips by a day, so break-even values can be solved exactly. Months throughout; month 0 is the decision.
 */
export interface Discount {
  /** Continuous rate per month, ≥ 0. */
  monthlyRate: number
}

/** @param percentPerYear ≥ 0, effective yearly rate */
export function discountOf(percentPerYear: number): Discount {
  return { monthlyRate: Math.log1p(percentPerYear / 100) / 12 }
}

/** Present value of 1 paid at `month`. */
export function valueOnce({ monthlyRate }: Discount, month: number): number {
  return Math.exp(-monthlyRate * month)
}

/** Present value of 1 per month from `from` until `until`; 0 when the window is empty. */
export function valueOfStream({ monthlyRate }: Discount, from: number, until: number): number {
  if (until <= from) return 0
  if (monthlyRate === 0) return until - from
  return (Math.exp(-monthlyRate * from) * -Math.expm1(-monthlyRate * (until - from))) / monthlyRate
}

/**
 * Present value of a stream that begins at 0 in month `start`, grows evenly to 1 per month within `rampMonths` and stays
 * there; counted only within [from, until).
 */
export function valueOfRamp(discount: Discount, start: number, rampMonths: number, from: number, until: number): number {
  const rampEnd = start + rampMonths
  const rising = rampMonths === 0 ? 0 : risingArea(discount, start, Math.max(from, start), Math.min(until, rampEnd)) / rampMonths
  return rising + valueOfStream(discount, Math.max(from, rampEnd), until)
}

/** ∫ (t − start)·e^(−rate·t) dt over [from, until]. */
function risingArea({ monthlyRate }: Discount, start: number, from: number, until: number): number {
  if (until <= from) return 0
  const x = from - start
  const y = until - start
  // Below this rate·time the exact formula loses its digits to cancellation; the series' error is then under 1e-12.
  if (monthlyRate * y < 1e-4)
    return (
      Math.exp(-monthlyRate * start) *
      ((y * y - x * x) / 2 - (monthlyRate * (y ** 3 - x ** 3)) / 3 + (monthlyRate ** 2 * (y ** 4 - x ** 4)) / 8)
    )
  const antiderivative = (t: number): number => -Math.exp(-monthlyRate * t) * (monthlyRate * t + 1)
  return (Math.exp(-monthlyRate * start) * (antiderivative(y) - antiderivative(x))) / (monthlyRate * monthlyRate)
}
