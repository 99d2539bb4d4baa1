import { currencyExponent, type Money, type Organization, type Plan, type Platform, type UnitPrice } from '../workspace/index.ts'
import { errors } from './errors.ts'

/** What a plan refers to. Both throw or return undefined when the workspace has no such file. */
export interface PlanContext {
  organization: (name: string) => Organization | undefined
  platform: (name: string) => Platform | undefined
}

/** Turns an amount or a unit price of a file into units of the plan's currency, and refuses another currency. */
export type ReadAmount = (field: string, amount: Money | UnitPrice) => number

export function amountReader(currency: string): ReadAmount {
  const unitsPerMinor = 10 ** -(currencyExponent(currency) ?? 0)
  return (field, amount) => {
    if (amount.currency !== currency) throw errors.currencies_differ({ field, found: amount.currency, expected: currency })
    const minor = 'amountMinor' in amount ? amount.amountMinor : amount.minorPerUnit.numerator / amount.minorPerUnit.denominator
    return minor * unitsPerMinor
  }
}

export const percentOf = (share: { ppm: number } | undefined): number | undefined => (share === undefined ? undefined : share.ppm / 10_000)

/** Collects which numbers the file gives. */
export interface Notes {
  given: (path: string, source?: string) => void
}

/** The file's value, noted as given, or the preset. */
export function takeOr<Value>(notes: Notes, path: string, value: Value | undefined, preset: Value, source?: string): Value {
  if (value === undefined) return preset
  notes.given(path, source)
  return value
}

export function entityOf<Kind extends 'organization' | 'platform'>(
  plan: Plan,
  context: PlanContext,
  kind: Kind,
  name: string,
): NonNullable<ReturnType<PlanContext[Kind]>> {
  const found = context[kind](name)
  if (found === undefined)
    throw errors.entity_missing({ kind: kind === 'platform' ? 'Platform' : 'Organization', name, plan: plan.metadata.name })
  return found as NonNullable<ReturnType<PlanContext[Kind]>>
}

/** Note, person, day and link as one line; undefined when there is nothing. */
export function evidenceLine(from: {
  note?: string | undefined
  attestedBy?: string | undefined
  attestedOn?: string | undefined
  link?: string | undefined
}): string | undefined {
  const parts = [from.note, from.attestedBy && `said by ${from.attestedBy}`, from.attestedOn, from.link].filter(
    (part) => part !== undefined,
  )
  return parts.length === 0 ? undefined : parts.join(', ')
}
