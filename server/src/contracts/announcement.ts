import { dateIn } from './announced-dates.ts'
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
      found.push({
        source: 'dialect',
        words: `${word}: ${text(value)}`,
        confidence: 'stated',
        ...(saysSinceWhen(word, value) ? {} : when(value)),
      })
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

/** `x-deprecated-on: 2024-05-01` is the day of the advice, not of the end. */
function saysSinceWhen(word: string, value: Json): boolean {
  return typeof value === 'string' && /^[\s\d:TZ.+-]+$/i.test(value) && !/sunset|retire|remov|end-of-life/i.test(word)
}

function when(value: Json): { date?: string; version?: string } {
  if (typeof value === 'string') return dateIn(value)
  if (!isObject(value)) return {}
  const end = Object.entries(value).find(
    ([key, item]) => /retire|sunset|remov|discontinu|end[-_]?(of|date)|^ends?$/i.test(key) && typeof item === 'string',
  )
  return end ? dateIn(String(end[1])) : {}
}

/** "The secret will be removed" is said of what the call does, "will be removed" or "this endpoint will be removed" of the thing itself. */
const ofItself =
  /^[^a-z]*((?:[a-z]+ly|soon|please note|note|warning)\W+)?(will|to) be removed|\b(th(is|ese|e)( \S+)? (apis?|endpoints?|operations?|methods?|resources?|routes?|calls?|fields?|parameters?|propert(y|ies)|attributes?|headers?|webhooks?|events?|values?|features?|versions?)|it|they|this|these|and|but|which|that)\b[^.]{0,60}\b(will|to) be removed/i
const removedWords = /\b(will|to) be removed\b/i
const otherEndWords = new RegExp(endWords.source.replace('will be removed|to be removed|', ''), 'i')

/** The first sentence about its end that names a day, or else the first. Without a day it must be said of the thing itself. */
function fromProse(description: Json | undefined): Announcement | undefined {
  if (typeof description !== 'string' || !endWords.test(description)) return undefined
  const found = sentencesOf(description)
    .filter((sentence) => endWords.test(sentence))
    .map((sentence): Announcement => ({ source: 'prose', words: sentence, confidence: 'read', ...dateIn(sentence) }))
    .filter(({ date, words }) => date !== undefined || otherEndWords.test(words) || !removedWords.test(words) || ofItself.test(words))
  return found.find(({ date }) => date !== undefined) ?? found[0]
}

/** Sentences of a description, without markup that only moves links, quotes or stresses. */
export function sentencesOf(description: string): string[] {
  return description
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/<[^>]+>/g, ' ')
    .replace(/^[ \t]*(?:>[ \t]*)+(?:\[![A-Z]+\])?/gm, '')
    .replaceAll('**', '')
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
