import { isMap, isNode, isScalar, isSeq, parseDocument } from 'yaml'
import { unescapePointer } from '../contract.ts'

/** Counted from 1. */
export interface Place {
  line: number
  column: number
}

/**
 * Where JSON pointers stand in a text, in their order. A pointer to what does not stand there gives the nearest place around it.
 *
 * @param text known to be valid JSON or YAML
 */
export function placesIn(text: string, format: 'json' | 'yaml', pointers: readonly string[]): Place[] {
  const offsets = format === 'json' ? offsetsInJson(text, pointers) : offsetsInYaml(text, pointers)
  const position = positionsIn(text)
  return pointers.map((pointer) => position(offsets.get(pointer) ?? 0))
}

function positionsIn(text: string): (offset: number) => { line: number; column: number } {
  const starts = [0]
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  return (offset) => {
    let [low, high] = [0, starts.length - 1]
    while (low < high) {
      const middle = Math.ceil((low + high) / 2)
      if (starts[middle]! <= offset) low = middle
      else high = middle - 1
    }
    return { line: low + 1, column: offset - starts[low]! + 1 }
  }
}

interface Wanted {
  /** Pointer that ends here. */
  pointer: string | undefined
  below: Map<string, Wanted>
}

function treeOf(pointers: readonly string[]): Wanted {
  const root: Wanted = { pointer: undefined, below: new Map() }
  for (const pointer of pointers) {
    let at = root
    for (const part of pointer === '' ? [] : pointer.slice(1).split('/').map(unescapePointer)) {
      const next = at.below.get(part) ?? { pointer: undefined, below: new Map() }
      at.below.set(part, next)
      at = next
    }
    at.pointer = pointer
  }
  return root
}

/** Everything below a place that was not found stands at that place. */
function settle(wanted: Wanted, offset: number, offsets: Map<string, number>): void {
  if (wanted.pointer !== undefined && !offsets.has(wanted.pointer)) offsets.set(wanted.pointer, offset)
  for (const next of wanted.below.values()) settle(next, offset, offsets)
}

function offsetsInYaml(text: string, pointers: readonly string[]): Map<string, number> {
  const document = parseDocument(text, { logLevel: 'silent' })
  const offsets = new Map<string, number>()
  const visit = (wanted: Wanted, node: unknown, offset: number): void => {
    if (wanted.pointer !== undefined) offsets.set(wanted.pointer, offset)
    for (const [part, next] of wanted.below) {
      const found = memberOf(node, part)
      if (found) visit(next, found.node, found.offset)
      else settle(next, offset, offsets)
    }
  }
  visit(treeOf(pointers), document.contents, 0)
  return offsets
}

/** Where the key of a member stands, or the element of a list. Status codes may be numbers to YAML and are texts to us. */
function memberOf(holder: unknown, part: string): { node: unknown; offset: number } | undefined {
  if (isSeq(holder)) {
    const item = holder.items[Number(part)]
    return isNode(item) ? { node: item, offset: item.range?.[0] ?? 0 } : undefined
  }
  const pair = isMap(holder) ? holder.items.find((item) => isScalar(item.key) && String(item.key.value) === part) : undefined
  return pair && isScalar(pair.key) ? { node: pair.value, offset: pair.key.range?.[0] ?? 0 } : undefined
}

function offsetsInJson(text: string, pointers: readonly string[]): Map<string, number> {
  const offsets = new Map<string, number>()
  new JsonScanner(text, offsets).visit(treeOf(pointers), 0)
  return offsets
}

/** Reads only the way to what is wanted and steps over the rest. The text is known to be valid JSON. */
class JsonScanner {
  readonly #text: string
  readonly #offsets: Map<string, number>
  #at = 0

  constructor(text: string, offsets: Map<string, number>) {
    this.#text = text
    this.#offsets = offsets
  }

  /** Leaves the position behind the value. */
  visit(wanted: Wanted, keyAt: number): void {
    if (wanted.pointer !== undefined) this.#offsets.set(wanted.pointer, keyAt)
    this.#space()
    const open = this.#text[this.#at]
    if (wanted.below.size === 0 || (open !== '{' && open !== '[')) this.#skip()
    else this.#members(wanted, open === '{')
    settle(wanted, keyAt, this.#offsets)
  }

  #members(wanted: Wanted, named: boolean): void {
    this.#at++
    for (let index = 0; ; index++) {
      this.#space()
      if (this.#text[this.#at] === ',') this.#at++
      this.#space()
      if (this.#text[this.#at] === '}' || this.#text[this.#at] === ']' || this.#at >= this.#text.length) break
      const start = this.#at
      const key = named ? this.#key() : String(index)
      const next = wanted.below.get(key)
      this.#space()
      if (next) this.visit(next, start)
      else this.#skip()
    }
    this.#at++
  }

  #key(): string {
    const start = this.#at
    this.#string()
    const key = JSON.parse(this.#text.slice(start, this.#at)) as string
    this.#space()
    this.#at++
    return key
  }

  #string(): void {
    for (this.#at++; this.#text[this.#at] !== '"' && this.#at < this.#text.length; this.#at++) if (this.#text[this.#at] === '\\') this.#at++
    this.#at++
  }

  #skip(): void {
    let depth = 0
    do {
      const character = this.#text[this.#at]
      if (character === '"') {
        this.#string()
        continue
      }
      if (character === '{' || character === '[') depth++
      if (character === '}' || character === ']') depth--
      if (depth === 0 && character !== '}' && character !== ']') {
        this.#plain()
        return
      }
      this.#at++
    } while (depth > 0 && this.#at < this.#text.length)
  }

  #plain(): void {
    while (this.#at < this.#text.length && !/[,\]}\s]/.test(this.#text[this.#at]!)) this.#at++
  }

  #space(): void {
    while (this.#text.charCodeAt(this.#at) <= 32) this.#at++
  }
}
