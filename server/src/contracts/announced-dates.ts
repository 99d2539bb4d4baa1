/** Days outside of these are slips of a pen, numbers of versions, or nobody's concern. */
export const firstDayOf = '2000-01-01'
export const lastDayOf = '2200-01-01'

const monthNames = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const month =
  '(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sep(?:t(?:ember)?)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\\.?'
const th = '(?:st|nd|rd|th)?'

interface Form {
  pattern: RegExp
  /** `YYYY-MM-DD`, or undefined when these are the parts of no day. */
  dayOf(parts: readonly (string | undefined)[]): string | undefined
}

/**
 * Forms in which sentences write a day, or the first or last day of a month, a quarter or a year. What can be read as two days (`05/06/2026`) is
 * none: a guess would be judged as a promise.
 */
const forms: readonly Form[] = [
  { pattern: /\b(\d{4})([-/.])(\d{2})\2(\d{2})(?!\d)/g, dayOf: ([year, , m, d]) => isoDay(year, Number(m), d) },
  { pattern: new RegExp(`\\b${month}\\s+(\\d{1,2})${th},?\\s+(\\d{4})\\b`, 'gi'), dayOf: ([m, d, year]) => isoDay(year, monthOf(m), d) },
  {
    pattern: new RegExp(`\\b(\\d{1,2})${th}[\\s-]+(?:of\\s+)?${month},?[\\s-]+(\\d{4})\\b`, 'gi'),
    dayOf: ([d, m, year]) => isoDay(year, monthOf(m), d),
  },
  { pattern: /\b(\d{1,2})\.(\d{1,2})\.(\d{4})(?![\w-])/g, dayOf: ([d, m, year]) => isoDay(year, Number(m), d) },
  { pattern: /\b(\d{1,2})\/(\d{1,2})\/(\d{4})\b/g, dayOf: ([one, other, year]) => slashed(Number(one), Number(other), year!) },
  {
    pattern: new RegExp(
      `\\b(end\\s+of\\s+)?(?:the\\s+month\\s+of\\s+)?(?<!\\d\\s|\\d${th}\\s|of\\s+the\\s)${month},?\\s+(\\d{4})\\b`,
      'gi',
    ),
    // What may happen 2,024 times happens in no month.
    dayOf: ([end, m, year]) => (m === 'may' ? undefined : monthDay(year!, monthOf(m), monthOf(m), end !== undefined)),
  },
  {
    pattern: /\b(end\s+of\s+)?q([1-4])(?:\s+of)?\s+(\d{4})\b/gi,
    dayOf: ([end, quarter, year]) => monthDay(year!, 3 * Number(quarter) - 2, 3 * Number(quarter), end !== undefined),
  },
  { pattern: /\b(?:the\s+)?end\s+of\s+(?:the\s+year\s+)?(\d{4})\b/gi, dayOf: ([year]) => isoDay(year, 12, '31') },
]

/** Words before a date that make it one of something else than an end. */
const notTheEnd =
  /\b(since|introduced|added|released?|available|created|updated|published|launched|dated|born)(?:\s+(?:on|in|at|since|from|as\s+of))?\s*[:(]?\s*$|\bversions?\s*[:("`'v]*\s*$/i
/** "Deprecated on" tells since when something is advised against; "will be deprecated on" is said of an end. */
const deprecatedOn =
  /(\b(?:will\s+be|to\s+be|be|being|gets?|getting)\s+)?\bdeprecated(?:\s+(?:as\s+of|on|in|from|at|effective))?\s*[:(]?\s*$/i

/**
 * The day on which something ends, by a sentence that says so: the last one that is said of an end. "Deprecated on 1 May 2024 and removed on
 * 1 May 2025" ends in 2025; "deprecated since 1 May 2024" has no day yet; a date that names a version is that version.
 */
export function dateIn(sentence: string): { date?: string; version?: string } {
  const found = forms
    .flatMap(({ pattern, dayOf }, rank) =>
      [...sentence.matchAll(pattern)].flatMap((match) => {
        const date = dayOf(match.slice(1))
        return date === undefined ? [] : [{ date, from: match.index, until: match.index + match[0].length, rank }]
      }),
    )
    .filter((one, _, all) => !all.some((other) => other.rank < one.rank && other.from < one.until && one.from < other.until))
    .sort((a, b) => a.from - b.from)
  const isEnd = ({ from, until }: { from: number; until: number }): boolean => {
    const [before, after] = [sentence.slice(Math.max(0, from - 60), from), sentence.slice(until, until + 20)]
    const deprecated = deprecatedOn.exec(before)
    return (
      !notTheEnd.test(before) && !/^[`"')]*\s+(?:api\s+)?(?:version|release)\b/i.test(after) && (!deprecated || deprecated[1] !== undefined)
    )
  }
  const date = found.findLast(isEnd)?.date
  const version = [...sentence.matchAll(/\bversion\s+[`"']?v?(\d[\w.-]*\w|\d)/gi)].at(-1)?.[1]
  return { ...(date ? { date } : {}), ...(version === undefined ? {} : { version }) }
}

function monthOf(name: string | undefined): number {
  return 1 + monthNames.indexOf((name ?? '').slice(0, 3).toLowerCase())
}

function slashed(one: number, other: number, year: string): string | undefined {
  if (one > 12 && other <= 12) return isoDay(year, other, String(one))
  if (other > 12 && one <= 12) return isoDay(year, one, String(other))
  return one === other ? isoDay(year, one, String(other)) : undefined
}

/** The first day of a time of months, or its last. */
function monthDay(year: string, first: number, last: number, atEnd: boolean): string | undefined {
  return isoDay(year, atEnd ? last : first, String(atEnd ? new Date(Date.UTC(Number(year), last, 0)).getUTCDate() : 1))
}

/** `2026-02-31` parses, as a day in March: it is no day. */
function isoDay(year: string | undefined, monthNumber: number, dayNumber: string | undefined): string | undefined {
  const iso = `${year}-${String(monthNumber).padStart(2, '0')}-${(dayNumber ?? '').padStart(2, '0')}`
  const ms = Date.parse(iso)
  if (Number.isNaN(ms) || iso < firstDayOf || iso >= lastDayOf) return undefined
  return new Date(ms).toISOString().startsWith(iso) ? iso : undefined
}
