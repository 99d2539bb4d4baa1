import { firstDayOf, lastDayOf } from '../announced-dates.ts'

/** What a partner's answer says about the end of what was called. */
export interface HeaderAnnouncement {
  /** When it became deprecated, where a date is given (RFC 9745 `@unix`, or an HTTP date as older drafts had it). */
  deprecatedAt?: Date
  /** From when on it may no longer answer (RFC 8594); of several the earliest. */
  sunsetAt?: Date
  /** Links of relation deprecation, sunset and successor-version. */
  links: { rel: string; url: string }[]
  /** Text of `Warning: 299` and of vendors' reason headers. */
  words: string
}

const telling = new Set([
  'deprecation',
  'sunset',
  'warning',
  'x-shopify-api-deprecated-reason',
  'x-api-deprecated-reason',
  'x-deprecated-reason',
])
const relations = ['deprecation', 'sunset', 'successor-version']
const maxCharacters = 4_000

/** Announcements in the headers of one answer; undefined when there are none. Names in any case; values as they came. */
export function readDeprecationHeaders(headers: Readonly<Record<string, unknown>>): HeaderAnnouncement | undefined {
  // Asked of every answer of every partner, and almost none says anything.
  if (!Object.keys(headers).some((name) => telling.has(name.toLowerCase()))) return undefined
  const value = (wanted: string): string | undefined => {
    const found = Object.entries(headers).find(([name]) => name.toLowerCase() === wanted)?.[1]
    const text = Array.isArray(found) ? found.join(', ') : found
    return typeof text === 'string' && text.trim() !== '' ? text.slice(0, maxCharacters) : undefined
  }
  const deprecation = value('deprecation')
  const sunsetAt = dateOf(value('sunset'))
  const warnings = warningsOf(value('warning') ?? '').filter((text) => /deprecat|sunset|retire|remov|discontinu/i.test(text))
  const reason = value('x-shopify-api-deprecated-reason') ?? value('x-api-deprecated-reason') ?? value('x-deprecated-reason')
  const isDeprecated = deprecation !== undefined && !/^(false|\?0|0|no|none|null)$/i.test(deprecation.trim())
  if (!isDeprecated && !sunsetAt && warnings.length === 0 && reason === undefined) return undefined
  const deprecatedAt = isDeprecated ? dateOf(deprecation) : undefined
  return {
    ...(deprecatedAt ? { deprecatedAt } : {}),
    ...(sunsetAt ? { sunsetAt } : {}),
    links: linksOf(value('link') ?? ''),
    words:
      [...warnings, reason].filter((part) => part !== undefined).join(' ') ||
      (isDeprecated ? 'Marked as deprecated.' : 'A sunset date was given.'),
  }
}

const day = '(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?'
const time = '\\d{2}:\\d{2}:\\d{2}'
/** `@unix` of RFC 9745; the three forms of an HTTP date (RFC 9110 §5.6.7); ISO 8601, which is none of them and often sent. */
const datePatterns = [
  /@(-?\d{1,12})(?![\d.])/g,
  new RegExp(`${day}, \\d{1,2} [a-z]{3} \\d{4} ${time} (?:gmt|utc|[+-]\\d{4})`, 'gi'),
  new RegExp(`${day}, \\d{2}-[a-z]{3}-\\d{2} ${time} gmt`, 'gi'),
  new RegExp(`${day} [a-z]{3} [ \\d]\\d ${time} \\d{4}`, 'gi'),
  /\b\d{4}-\d{2}-\d{2}(?:[t ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:z|[+-]\d{2}:?\d{2})?)?/gi,
]

/** The earliest of the dates in a value. Other words carry none, whatever a lenient parser makes of them, and no age ends in ours. */
function dateOf(value: string | undefined): Date | undefined {
  const found = datePatterns.flatMap((pattern) => [...(value ?? '').matchAll(pattern)].map(([text, unix]) => msOf(text, unix)))
  const dates = found.filter((ms) => ms >= Date.parse(firstDayOf) && ms < Date.parse(lastDayOf))
  return dates.length === 0 ? undefined : new Date(Math.min(...dates))
}

function msOf(text: string, unix: string | undefined): number {
  if (text.startsWith('@')) return Number(unix) * 1_000
  const zoned = /(gmt|utc|z|[+-]\d{2}:?\d{2})$/i.test(text) || /^\d{4}-\d{2}-\d{2}$/.test(text)
  // A date without a zone is one of UTC, wherever the server stands.
  return Date.parse(zoned ? text : /^\d/.test(text) ? `${text.replace(' ', 'T')}Z` : `${text} GMT`)
}

/** Texts of `299 agent "text" ["date"]`, of which one header may hold several. */
function warningsOf(value: string): string[] {
  return [...value.matchAll(/(?:^|,)\s*299\s+\S+\s+"((?:[^"\\]|\\.)*)"/g)].map(([, text]) => text!.replace(/\\(.)/g, '$1'))
}

function linksOf(value: string): HeaderAnnouncement['links'] {
  return [...value.matchAll(/<([^<>]{1,2000})>((?:[^<",]|"(?:[^"\\]|\\.)*")*)/g)].flatMap(([, url, parameters]) => {
    const found = [...(parameters ?? '').matchAll(/;\s*([\w*-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;,"]+))/g)]
    const [, , quoted, plain] = found.find(([, name]) => name!.toLowerCase() === 'rel') ?? []
    const rels = (quoted ?? plain ?? '').toLowerCase().split(/\s+/)
    return rels.filter((rel) => relations.includes(rel)).map((rel) => ({ rel, url: url! }))
  })
}
