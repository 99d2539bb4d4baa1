/**
 * Reads decimal digits as an exact fraction, so that no money passes through a binary float.
 *
 * @param digits an optional sign, digits, and at most one point: `0.0035`
 * @returns numerator / denominator; the denominator is a power of ten
 */
export function readDecimal(digits: string): { numerator: number; denominator: number } {
  const places = digits.split('.')[1]?.length ?? 0
  return { numerator: Number(digits.replace('.', '')), denominator: 10 ** places }
}
