/** `application/problem+json; version=1` in parts. */
interface MediaType {
  essence: string
  /** `application`. */
  type: string
  /** `problem`, and the last of `+json` behind it. */
  subtype: string
  suffix: string | undefined
  /** Without `charset` and `q`, which name no other thing. */
  parameters: string
  /** What the payload is written in: `json` for `application/problem+json`. */
  syntax: string
}

function read(name: string): MediaType {
  const [essence = '', ...parameters] = name
    .toLowerCase()
    .split(';')
    .map((part) => part.trim())
  const [type = '', rest = ''] = essence.split('/')
  const plus = rest.lastIndexOf('+')
  const [subtype, suffix] = plus < 0 ? [rest, undefined] : [rest.slice(0, plus), rest.slice(plus + 1)]
  const telling = parameters.filter((part) => part !== '' && !/^(charset|q)\s*=/.test(part))
  return { essence, type, subtype, suffix, parameters: telling.sort().join(';'), syntax: suffix ?? subtype }
}

/** A media type that writes every value as text, so that `1` and `"1"` are the same. */
export function isLoose(mediaType: string): boolean {
  const { syntax } = read(mediaType)
  return !typed.has(syntax) && !isRange(mediaType)
}

/** What is written with types, the elements of sequences included. */
const typed = new Set([
  'json',
  'yaml',
  'x-yaml',
  'json-seq',
  'jsonl',
  'x-jsonl',
  'ndjson',
  'x-ndjson',
  'event-stream',
  'cbor',
  'msgpack',
  'x-msgpack',
])

/** All media types, or all of one kind. */
export function isRange(mediaType: string): boolean {
  return read(mediaType).essence.endsWith('/*')
}

export interface MediaTypeMatch {
  before: string
  after: string
  /** `renamed`: only `charset`, `q` or letters differ. `parameters`: another version or profile. The last two: one names a part of the other. */
  change: 'same' | 'renamed' | 'parameters' | 'generalized' | 'specialized'
}

export interface MediaTypeMatches {
  matched: MediaTypeMatch[]
  removed: string[]
  added: string[]
}

/**
 * Pairs the media types of one body: by name, then without parameters, then the plain one (`application/json`) with one of its kind
 * (`application/problem+json`), and at last ranges with all that they contain. Two vendors' types are two types, however both are written.
 */
export function matchMediaTypes(before: readonly string[], after: readonly string[]): MediaTypeMatches {
  const [first] = before
  // Most bodies of most contracts.
  if (before.length === 1 && after.length === 1 && first !== undefined && first === after[0])
    return { matched: [{ before: first, after: first, change: 'same' }], removed: [], added: [] }
  const match: MediaTypeMatches = { matched: [], removed: [...before], added: [...after] }
  const steps: ((old: MediaType, now: MediaType) => MediaTypeMatch['change'] | undefined)[] = [
    (old, now) => (old.essence === now.essence && old.parameters === now.parameters ? 'renamed' : undefined),
    (old, now) => (old.essence === now.essence ? 'parameters' : undefined),
    (old, now) => (isKindOf(old, now) ? 'generalized' : isKindOf(now, old) ? 'specialized' : undefined),
  ]
  pairBy(match, (old, now) => (old === now ? 'same' : undefined))
  for (const step of steps) pairBy(match, (old, now) => step(read(old), read(now)))
  return withRanges(match, before, after)
}

function pairBy(match: MediaTypeMatches, changeOf: (before: string, after: string) => MediaTypeMatch['change'] | undefined): void {
  for (const before of [...match.removed]) {
    const after = match.added.find((name) => changeOf(before, name) !== undefined)
    if (after === undefined) continue
    match.removed.splice(match.removed.indexOf(before), 1)
    match.added.splice(match.added.indexOf(after), 1)
    match.matched.push({ before, after, change: changeOf(before, after)! })
  }
}

/** `application/problem+json` is a kind of `application/json`, `a/b+c+json` of `a/b+c`. */
function isKindOf(special: MediaType, general: MediaType): boolean {
  if (special.type !== general.type || special.suffix === undefined) return false
  return (general.suffix === undefined && special.suffix === general.subtype) || special.subtype === general.essence.split('/')[1]
}

/** A range on one side stands for all that it contains on the other. */
function withRanges(match: MediaTypeMatches, before: readonly string[], after: readonly string[]): MediaTypeMatches {
  const [ranges, newRanges] = [before.filter(isRange), after.filter(isRange)]
  const removed = match.removed.filter((name) => {
    const range = newRanges.find((other) => other !== name && contains(other, name))
    if (range !== undefined) match.matched.push({ before: name, after: range, change: 'generalized' })
    return range === undefined
  })
  const added = match.added.filter((name) => {
    const range = ranges.find((other) => other !== name && contains(other, name))
    if (range !== undefined) match.matched.push({ before: range, after: name, change: 'specialized' })
    return range === undefined
  })
  const used = new Set(match.matched.flatMap((pair) => [pair.before, pair.after]))
  const isFree = (name: string) => !(isRange(name) && used.has(name))
  return { matched: match.matched, removed: removed.filter(isFree), added: added.filter(isFree) }
}

/** Whether one media type, which may be a range, stands for another. */
export function contains(range: string, name: string): boolean {
  const [wide, narrow] = [read(range), read(name)]
  return wide.essence === '*/*' || (wide.essence.endsWith('/*') ? wide.type === narrow.type : wide.essence === narrow.essence)
}

/** Whether the two ask for different things beside their names, `q` included: the field then takes neither for a part of the other. */
export function hasOtherParameters(a: string, b: string): boolean {
  const parameters = (name: string) =>
    name
      .toLowerCase()
      .split(';')
      .slice(1)
      .map((part) => part.trim())
      .sort()
      .join(';')
  return parameters(a) !== parameters(b)
}
