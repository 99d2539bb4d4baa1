import { type Money, percent, type Quantity, type UnitPrice, writeMoney } from '../workspace/index.ts'
import { quantityInWords } from './commitment-in-words.ts'
import { lengthInWords } from './days.ts'

// The whole of an ISO 8601 length: a title may begin with the same letters.
const isLength = /^P(?=[\dT])(\d+Y)?(\d+M)?(\d+W)?(\d+D)?(T(?=\d)(\d+H)?(\d+M)?(\d+S)?)?$/

/** Any value of an agreement as a reader would say it. Nothing is left out, so different values give different words. */
export function valueInWords(value: unknown): string {
  if (value === undefined) return 'nothing'
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  if (typeof value === 'string') return isLength.test(value) ? lengthInWords(value) : value
  if (Array.isArray(value)) return value.map(valueInWords).join('; ') || 'nothing'
  return typeof value === 'object' && value !== null ? objectInWords(value as Record<string, unknown>) : String(value)
}

function objectInWords(value: Record<string, unknown>): string {
  if ('amountMinor' in value) return writeMoney(value as Money)
  if ('minorPerUnit' in value) return unitPriceInWords(value as UnitPrice)
  if ('ppm' in value) return percent(value.ppm as number)
  if ('kind' in value && ['number', 'duration'].includes(value.kind as string)) return quantityInWords(value as Quantity)
  const parts = Object.entries(value).filter(([, part]) => part !== undefined)
  return parts.map(([name, part]) => `${fieldInWords(name)} ${valueInWords(part)}`).join(', ') || 'nothing'
}

/** `0.35 of the smallest unit`: prices may be finer than what can be paid. */
export function unitPriceInWords({ minorPerUnit: { numerator, denominator }, currency }: UnitPrice): string {
  if (denominator === 1) return writeMoney({ amountMinor: numerator, currency })
  return `${numerator}/${denominator} of the smallest unit of ${currency}`
}

/** `noticeToEnd` → `notice to end`. */
export function fieldInWords(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
}
