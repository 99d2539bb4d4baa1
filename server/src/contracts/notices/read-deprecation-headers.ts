/** What a partner's answer says about the end of what was called. */
export interface HeaderAnnouncement {
  /** When it became deprecated, where a date is given (RFC 9745 `@unix`, or an HTTP date as older drafts had it). */
  deprecatedAt?: Date
  /** From when on it may no longer answer (RFC 8594). */
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

/** Announcements in the headers of one answer; undefined when there are none. Names in any case; values as they came. */
export function readDeprecationHeaders(headers: Readonly<Record<string, unknown>>): HeaderAnnouncement | undefined {
  // Asked of every answer of every partner, and almost none says anything.
  if (!Object.keys(headers).some((name) => telling.has(name.toLowerCase()))) return undefined
  const value = (wanted: string): string | undefined => {
    const found = Object.entries(headers).find(([name]) => name.toLowerCase() === wanted)?.[1]
    const text = Array.isArray(found) ? found.join(', ') : found
    return typeof text === 'string' && text !== '' ? text.slice(0, 4_000) : undefined
  }
  const deprecation = value('deprecation')
  const sunsetAt = dateOf(value('sunset'))
  const warning = /(?:^|,)\s*299\s+\S+\s+"((?:[^"\\]|\\.)*)"/.exec(value('warning') ?? '')?.[1]
  const reason = value('x-shopify-api-deprecated-reason') ?? value('x-api-deprecated-reason') ?? value('x-deprecated-reason')
  const links = linksOf(value('link') ?? '')
  const isDeprecated = deprecation !== undefined && deprecation.trim().toLowerCase() !== 'false'
  const endWarning = warning !== undefined && /deprecat|sunset|retire|remov|discontinu/i.test(warning) ? warning : undefined
  if (!isDeprecated && !sunsetAt && endWarning === undefined && reason === undefined) return undefined
  const deprecatedAt = dateOf(deprecation)
  return {
    ...(deprecatedAt ? { deprecatedAt } : {}),
    ...(sunsetAt ? { sunsetAt } : {}),
    links,
    words:
      [endWarning, reason].filter((part) => part !== undefined).join(' ') ||
      (isDeprecated ? 'Marked as deprecated.' : 'A sunset date was given.'),
  }
}

/** `@1688169599`, or an HTTP date. Other words carry no date. */
function dateOf(value: string | undefined): Date | undefined {
  if (value === undefined) return undefined
  const unix = /^@(-?\d{1,12})$/.exec(value.trim())?.[1]
  const ms = unix === undefined ? (/\d{4}/.test(value) ? Date.parse(value) : Number.NaN) : Number(unix) * 1_000
  return Number.isNaN(ms) ? undefined : new Date(ms)
}

function linksOf(value: string): HeaderAnnouncement['links'] {
  return [...value.matchAll(/<([^>]{1,2000})>([^<]*)/g)].flatMap(([, url, parameters]) => {
    const rels =
      /\brel\s*=\s*"?([^";,]+)"?/i
        .exec(parameters ?? '')?.[1]
        ?.toLowerCase()
        .split(/\s+/) ?? []
    return rels.filter((rel) => ['deprecation', 'sunset', 'successor-version'].includes(rel)).map((rel) => ({ rel, url: url! }))
  })
}
