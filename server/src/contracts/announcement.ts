import { isObject, type Json, type JsonObject, own, ownString } from './json.ts'

/** What a document says about the end of something, and how far that can be trusted. */
export interface Announcement {
  /** ISO date on which it goes, when one is given. */
  date?: string
  /** Version of the API with which it goes, when the provider counts in versions. */
  version?: string
  /** The words or the extension it was read from. */
  source: 'deprecated' | 'x-sunset' | 'dialect' | 'prose'
  words: string
  /** `stated` in a field made for it, `read` out of a sentence: a person confirms. */
  confidence: 'stated' | 'read'
}

const dialectWord = /^x-.*(sunset|deprecat|retire|release-status|removal|end-of-life)/i
const endWords =
  /\b(deprecated|deprecation|sunset(ted)?|retir(ed|ement|ing)|will be removed|to be removed|no longer (be )?(supported|available)|discontinued|end[- ]of[- ]life|decommission(ed)?)\b/i

/** Reads every kind of announcement that an operation, parameter, property or schema carries, most trusted first. */
export function announcementsOf(node: JsonObject): Announcement[] {
  const found: Announcement[] = []
  const prose = fromProse(own(node, 'description')) ?? fromProse(own(node, 'summary'))
  for (const word of Object.keys(node)) {
    const value = node[word]!
    if (word === 'x-sunset') found.push({ source: 'x-sunset', words: `x-sunset: ${text(value)}`, confidence: 'stated', ...when(value) })
    else if (dialectWord.test(word) && saysEnd(word, value)) {
      found.push({ source: 'dialect', words: `${word}: ${text(value)}`, confidence: 'stated', ...when(value) })
    }
  }
  if (own(node, 'deprecated') === true) found.push({ source: 'deprecated', words: 'deprecated: true', confidence: 'stated' })
  return prose ? [...found, prose] : found
}

/** One announcement of all that is said: the most trusted words, with the date from wherever one stands. */
export function announcementOf(node: JsonObject): Announcement | undefined {
  const all = announcementsOf(node)
  const [first] = all
  if (!first) return undefined
  const dated = all.find((item) => item.date !== undefined)
  const version = all.find((item) => item.version !== undefined)?.version
  return dated ? { ...dated, ...(version === undefined ? {} : { version }) } : { ...first, ...(version === undefined ? {} : { version }) }
}

/** The same thing as if nothing were said about its end. */
export function withoutAnnouncement(node: JsonObject): JsonObject {
  const tells = (word: string): boolean =>
    word === 'deprecated' || dialectWord.test(word) || (/^(description|summary)$/.test(word) && fromProse(own(node, word)) !== undefined)
  return Object.fromEntries(Object.entries(node).filter(([word]) => !tells(word)))
}

/** Square writes `x-release-status: PUBLIC` and `BETA` with the same word that says DEPRECATED and RETIRED. */
function saysEnd(word: string, value: Json): boolean {
  if (value === false || value === null || value === '') return false
  return !/release-status/i.test(word) || /deprecat|retire|sunset|end/i.test(String(value))
}

function when(value: Json): { date?: string; version?: string } {
  if (typeof value === 'string') return dateIn(value)
  if (!isObject(value)) return {}
  const end = Object.entries(value).find(([key, item]) => /retire|sunset|removal|end/i.test(key) && typeof item === 'string')
  return end ? dateIn(String(end[1])) : {}
}

function fromProse(description: Json | undefined): Announcement | undefined {
  if (typeof description !== 'string' || !endWords.test(description)) return undefined
  const sentence = sentencesOf(description).find((item) => endWords.test(item))
  return sentence === undefined ? undefined : { source: 'prose', words: sentence, confidence: 'read', ...dateIn(sentence) }
}

const months = ['january', 'february', 'march', 'april', 'may', 'june', 'july', 'august', 'september', 'october', 'november', 'december']
const monthName =
  '(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sep(?:t(?:ember)?)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\\.?'
const american = new RegExp(`\\b${monthName}\\s+(\\d{1,2})(?:st|nd|rd|th)?,?\\s+(\\d{4})\\b`, 'gi')
const european = new RegExp(`\\b(\\d{1,2})(?:st|nd|rd|th)?\\s+(?:of\\s+)?${monthName},?\\s+(\\d{4})\\b`, 'gi')

/**
 * The last date a sentence names: "deprecated on 1 May 2024 and removed on 1 May 2025" ends in 2025. A date after the
 * word "version" is a version, not a day.
 */
export function dateIn(sentence: string): { date?: string; version?: string } {
  const version = [...sentence.matchAll(/\bversion\s+v?(\d[\w.-]*\w|\d)/gi)].at(-1)?.[1]
  const dates = [
    ...[...sentence.matchAll(/(version\s+)?\b(\d{4})-(\d{2})-(\d{2})\b/gi)]
      .filter((m) => !m[1])
      .map((m) => ({ at: m.index, iso: `${m[2]}-${m[3]}-${m[4]}` })),
    ...[...sentence.matchAll(american)].map((m) => ({ at: m.index, iso: isoDate(m[3]!, m[1]!, m[2]!) })),
    ...[...sentence.matchAll(european)].map((m) => ({ at: m.index, iso: isoDate(m[3]!, m[2]!, m[1]!) })),
  ].filter((item) => isDay(item.iso))
  const last = dates.sort((a, b) => a.at - b.at).at(-1)
  return { ...(last ? { date: last.iso } : {}), ...(version === undefined ? {} : { version }) }
}

/** `2026-02-31` parses, as a day in March. */
function isDay(iso: string): boolean {
  const time = Date.parse(iso)
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(iso)
}

function isoDate(year: string, month: string, day: string): string {
  const index = months.findIndex((name) => name.startsWith(month.toLowerCase().slice(0, 3)))
  return `${year}-${String(index + 1).padStart(2, '0')}-${day.padStart(2, '0')}`
}

/** Sentences of a description, without markup that only moves links. */
export function sentencesOf(description: string): string[] {
  return description
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/<[^>]+>/g, ' ')
    .split(/(?<=[.!?])\s+|\n{2,}|\n\s*[-*]\s+/)
    .map((sentence) =>
      sentence
        .replace(/\s+/g, ' ')
        .replace(/^[*_\s]+|[*_\s]+$/g, '')
        .trim(),
    )
    .filter((sentence) => sentence !== '')
}

function text(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

export function descriptionOf(node: JsonObject): string {
  return ownString(node, 'description') ?? ''
}
