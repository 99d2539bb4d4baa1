import { currencyExponent } from './currencies.ts'
import type { ReferenceTarget } from './entities/references.ts'

/**
 * Other ways to write the same value. Each answers how the file should say it, or nothing when it would have to guess; a candidate
 * counts only when the schema accepts it. Day.month.year is no repair: nobody can tell 03.04 from 04.03.
 */
export const repairs: readonly ((written: string) => string | undefined)[] = [
  isoDate,
  amountOfMoney,
  (written) => (currencyExponent(written.toUpperCase()) === undefined ? undefined : written.toUpperCase()),
  lengthOfTime,
  (written) => (/^\d:\d\d$/.test(written) ? `0${written}` : undefined),
  (written) => written.match(/^(\d+(?:\.\d+)?) ?(?:percent|per cent|pct)$/i)?.[1]?.concat('%'),
  (written) => written.match(/^(?:[^<>]*<|mailto:)([^<>\s:]+@[^<>\s:]+)>?$/)?.[1],
  (written) => written.match(/^[“”„‘’‚«»](.*)[“”‘’«»]$/)?.[1],
  (written) => Intl.supportedValuesOf('timeZone').find((zone) => zone.toLowerCase() === written.toLowerCase().replaceAll(' ', '_')),
]

function isoDate(written: string): string | undefined {
  const [, year, month = '', day = ''] =
    /^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:T00:00(?::00(?:\.0+)?)?Z?)?$/.exec(written) ?? /^(\d{4})(\d{2})(\d{2})$/.exec(written) ?? []
  return year && `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`
}

function amountOfMoney(amount: string): string | undefined {
  const written = amount
    .replace(/^€ ?|(?<=\d) ?€$/, ' EUR ')
    .replace(/^£ ?|(?<=\d) ?£$/, ' GBP ')
    .trim()
  const [, before, number = '', after] = /^([A-Za-z]{3})? ?(-?[\d,]+(?:\.\d+)?) ?([A-Za-z]{3})?$/.exec(written) ?? []
  const code = before ?? after
  if (!code || (before && after)) return undefined
  if (number.includes(',') && !/^-?\d{1,3}(,\d{3})+\.\d{2}$/.test(number)) return undefined
  return `${number.replaceAll(',', '')} ${code.toUpperCase()}`
}

const units: Readonly<Record<string, (count: string) => string>> = {
  second: (count) => `PT${count}S`,
  minute: (count) => `PT${count}M`,
  min: (count) => `PT${count}M`,
  hour: (count) => `PT${count}H`,
  h: (count) => `PT${count}H`,
  day: (count) => `P${count}D`,
  d: (count) => `P${count}D`,
  week: (count) => `P${count}W`,
  month: (count) => `P${count}M`,
  year: (count) => `P${count}Y`,
}

function lengthOfTime(written: string): string | undefined {
  if (/^p(?:\d|t\d)/i.test(written)) return written.toUpperCase()
  const [, count, unit = ''] = /^(\d+) ?([a-z]+?)s?$/i.exec(written) ?? []
  return count && units[unit.toLowerCase()]?.(count)
}

/** What people write as if it were the same: `GitHub`, `git_hub` and `github`. */
export const folded = (name: string): string => name.toLowerCase().replace(/[^\p{L}\p{N}/]/gu, '')

/** How each target is called in a sentence. */
export const targetInWords: Readonly<Record<ReferenceTarget, string>> = {
  Organization: 'organization',
  Platform: 'platform',
  Integration: 'integration',
  Agreement: 'agreement',
  Plan: 'plan',
  Person: 'person',
  Calendar: 'calendar',
  Side: 'side',
  Party: 'party',
  PartyOrJob: 'party or job',
  File: 'file',
  Contract: 'contract',
}
