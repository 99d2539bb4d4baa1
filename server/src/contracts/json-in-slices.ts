import type { Json, JsonObject } from './json.ts'

/** Containers shorter than this are left to JSON.parse: half a millisecond. */
const smallCharacters = 64 * 1024
/** Characters that are looked at before others get a turn; some milliseconds. */
const sliceCharacters = 512 * 1024

/** Ends of the containers that are not small, by where they begin. */
export type LargeContainers = ReadonlyMap<number, number>

/**
 * Looks at brackets and commas outside strings before anything is parsed. Yields now and then, so that whoever runs it may let others have a turn.
 *
 * @param onPart told the depth, and how many containers and commas there were so far, at each of them; throws where that is too much
 */
export function* scanBrackets(
  text: string,
  onPart: (depth: number, parts: number) => void,
  small = smallCharacters,
): Generator<void, LargeContainers> {
  const large = new Map<number, number>()
  const starts: number[] = []
  let parts = 0
  let turnAt = sliceCharacters
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === 34) at = endOfString(text, at)
    else if (code === 123 || code === 91) {
      starts.push(at)
      onPart(starts.length, ++parts)
    } else if (code === 44) onPart(starts.length, ++parts)
    else if (code === 125 || code === 93) {
      const start = starts.pop()
      if (start !== undefined && at - start >= small) large.set(start, at)
    }
    if (at >= turnAt) {
      turnAt = at + sliceCharacters
      yield
    }
  }
  return large
}

function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1)
  while (end > 0 && escaped(text, end)) end = text.indexOf('"', end + 1)
  return end < 0 ? text.length : end
}

function escaped(text: string, at: number): boolean {
  let backslashes = 0
  while (text.charCodeAt(at - 1 - backslashes) === 92) backslashes++
  return backslashes % 2 === 1
}

/**
 * What `JSON.parse` gives, in slices. Large containers are taken apart into runs of members that are parsed one after the other.
 *
 * @param large of this very text, as {@link scanBrackets} found them
 * @throws SyntaxError where `JSON.parse` would
 */
export function* parseInSlices(text: string, large: LargeContainers, small = smallCharacters): Generator<void, Json> {
  const start = skipSpace(text, text.charCodeAt(0) === 0xfeff ? 1 : 0)
  const end = large.get(start)
  if (end === undefined) return JSON.parse(text.slice(start))
  if (skipSpace(text, end + 1) < text.length) throw new SyntaxError('something follows the document')
  return yield* parseContainer(text, start, end, large, small)
}

function* parseContainer(text: string, start: number, end: number, large: LargeContainers, small: number): Generator<void, Json> {
  const isList = text.charCodeAt(start) === 91
  if (text.charCodeAt(end) !== (isList ? 93 : 125)) throw new SyntaxError('a bracket is closed by another')
  const list: Json[] = []
  const object: JsonObject = {}
  /** @returns how many members were in it */
  const take = (run: string): number => {
    if (isList) {
      const items = JSON.parse(`[${run}]`) as Json[]
      for (const item of items) list.push(item)
      return items.length
    }
    const members = Object.entries(JSON.parse(`{${run}}`) as JsonObject)
    for (const [name, member] of members) put(object, name, member)
    return members.length
  }
  let run = start + 1
  let at = run
  let comma = -1
  let taken = 0
  const flush = (until: number): void => {
    const count = take(text.slice(run, until))
    // Nothing between two commas, or before the first, is no member.
    if (count === 0 && (taken > 0 || until < end)) throw new SyntaxError('a member is missing')
    taken += count
  }
  let depth = 0
  while (at < end) {
    const code = text.charCodeAt(at)
    if (code === 34) at = endOfString(text, at)
    else if (code === 44 && depth === 0) {
      if (at - run >= small) {
        flush(at)
        run = at + 1
        yield
      }
      comma = at
    } else if (code === 125 || code === 93) depth -= 1
    else if (code === 123 || code === 91) {
      const closes = large.get(at)
      if (closes === undefined) depth += 1
      else {
        if (comma >= run) flush(comma)
        const before = text.slice(Math.max(run, comma + 1), at)
        const name = isList ? undefined : nameIn(before)
        if (isList && skipSpace(before, 0) < before.length) throw new SyntaxError('a member is written twice')
        const member = yield* parseContainer(text, at, closes, large, small)
        if (name === undefined) list.push(member)
        else put(object, name, member)
        taken += 1
        const next = skipSpace(text, closes + 1)
        if (next === end) return isList ? list : object
        if (text.charCodeAt(next) !== 44) throw new SyntaxError('expected a comma')
        at = next
        run = next + 1
        comma = -1
        yield
      }
    }
    at++
  }
  flush(end)
  return isList ? list : object
}

/** `"name" :` */
function nameIn(before: string): string {
  const [name] = Object.keys(JSON.parse(`{${before}0}`) as JsonObject)
  if (name === undefined || !before.trimEnd().endsWith(':')) throw new SyntaxError('a member has no name')
  return name
}

/** As JSON.parse does: `__proto__` is a name like any other. */
function put(object: JsonObject, name: string, member: Json): void {
  if (name === '__proto__') Object.defineProperty(object, name, { value: member, enumerable: true, configurable: true, writable: true })
  else object[name] = member
}

/** The four characters that JSON takes for space. */
function skipSpace(text: string, from: number): number {
  let at = from
  while (at < text.length && ' \n\r\t'.includes(text[at]!)) at++
  return at
}

/** Runs to the end without letting others have a turn. */
export function finish<Result>(work: Generator<void, Result>): Result {
  for (;;) {
    const { done, value } = work.next()
    if (done) return value
  }
}

/** Runs to the end in turns of a few milliseconds. */
export async function finishInTurns<Result>(work: Generator<void, Result>, turnMs = 8): Promise<Result> {
  for (let began = performance.now(); ; ) {
    const { done, value } = work.next()
    if (done) return value
    if (performance.now() - began < turnMs) continue
    await new Promise((resolve) => setImmediate(resolve))
    began = performance.now()
  }
}
