import { announcementOf, descriptionOf, sentencesOf } from '../announcement.ts'
import { canonical, type Json, type JsonObject } from '../json.ts'
import { directionOf, type SchemaFamily } from './family.ts'
import { places } from './rule.ts'
import { schemaRules } from './schema-rules.ts'

/** Words with which descriptions demand something that the schema does not say. */
const demand =
  /\b(required|must|mandatory|cannot|can ?not|can't|may not|not allowed|not permitted|not supported|is ignored|only (?:be|if|when|for|one|applies|allowed|supported)|maximum|minimum|at least|at most|no more than|up to|exceed|read[- ]only|no longer|needs? to be|has to be|have to be)\b/i

const words = (description: string, more: JsonObject = {}): Json => ({ type: 'string', description, ...more })

/** What stands only in sentences: no schema checker sees it, but servers act on it. */
export const prose: SchemaFamily = {
  name: 'prose',
  words: ['description'],
  rules: schemaRules('prose', [
    {
      suffix: 'demand-in-prose',
      effect: 'narrows',
      clause: 'a new sentence demands something that the schema does not say',
      before: words('The name.'),
      after: words('The name. Must be unique.'),
      levels: { request: 'WARN' },
      only: (place) => places[place].direction === 'request',
    },
    {
      suffix: 'retirement-announced',
      effect: 'neutral',
      clause: "its end is announced, in the provider's own words or in a sentence",
      before: words('The name.'),
      after: words('The name. Will be removed on 28 April 2027.'),
    },
    {
      suffix: 'retirement-withdrawn',
      effect: 'neutral',
      clause: 'its announced end is no longer mentioned',
      before: words('The name. Will be removed on 28 April 2027.'),
      after: words('The name.'),
    },
  ]),
  check: (pair, report) => {
    if (directionOf(pair) === 'request') {
      const sentences = newDemands(descriptionOf(pair.before.node), descriptionOf(pair.after.node))
      if (sentences.length > 0) report('demand-in-prose', { before: descriptionOf(pair.before.node) || undefined, after: sentences })
    }
    const change = announcementChange(pair.before.node, pair.after.node)
    if (change)
      report(change.kind === 'announced' ? 'retirement-announced' : 'retirement-withdrawn', { before: change.before, after: change.after })
  },
}

/** Sentences of the new description that demand something and did not stand in the old one, whatever their markup. */
export function newDemands(before: string, after: string): string[] {
  if (before === after) return []
  const known = new Set(sentencesOf(before).map(bare))
  return sentencesOf(after).filter((sentence) => demand.test(sentence) && !known.has(bare(sentence)))
}

function bare(sentence: string): string {
  return sentence
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
}

/** What changed about the end of something, apart from `deprecated` and `x-sunset`, which have rules of their own. */
export function announcementChange(
  before: JsonObject,
  after: JsonObject,
): { kind: 'announced' | 'withdrawn'; before?: Json; after?: Json } | undefined {
  const [old, now] = [announcementOf(before), announcementOf(after)]
  if (canonical(plain(old)) === canonical(plain(now))) return undefined
  if (!now) return old && isOwnKind(old.source) ? { kind: 'withdrawn', before: plain(old) } : undefined
  if (!isOwnKind(now.source)) return undefined
  return { kind: 'announced', ...(old ? { before: plain(old) } : {}), after: plain(now) }
}

function isOwnKind(source: string): boolean {
  return source === 'dialect' || source === 'prose'
}

function plain(value: object | undefined): Json {
  return value === undefined ? null : (value as unknown as Json)
}
