import { type Document, isAlias, isMap, isNode, isPair, isScalar, isSeq, LineCounter, type Node, type Pair, parseAllDocuments } from 'yaml'

type Path = readonly (string | number)[]

/** The text of one entity file. Positions are found only when somebody asks: most files never need them. */
export interface SourceFile {
  /** Relative to the root of the workspace, with forward slashes. */
  readonly file: string
  readonly text: string
  /** False for a copy in which tabs were replaced to read on: its offsets are not those of the file, so nothing may be mended by them. */
  readonly exact: boolean
  /** The file with every comment and position; parsed once, on the first call. */
  readonly documents: () => Document.Parsed[]
  readonly position: (offset: number) => Position
}

export interface Position {
  /** From 1. */
  line: number
  /** From 1; a tab counts as one. */
  column: number
  /** The whole line. */
  excerpt: string
}

export function sourceFile(file: string, text: string): SourceFile {
  let parsed: { documents: Document.Parsed[]; lines: LineCounter } | undefined
  const parse = () => {
    if (parsed) return parsed
    const lines = new LineCounter()
    const documents = parseAllDocuments(text, { lineCounter: lines, prettyErrors: false, keepSourceTokens: false })
    parsed = { documents: Array.isArray(documents) ? documents : [], lines }
    return parsed
  }
  return {
    file,
    text,
    exact: true,
    documents: () => parse().documents,
    position: (offset) => {
      const { line, col } = parse().lines.linePos(Math.min(offset, text.length))
      const start = text.lastIndexOf('\n', Math.min(offset, text.length) - 1) + 1
      const end = text.indexOf('\n', start)
      return { line: Math.max(line, 1), column: Math.max(col, 1), excerpt: text.slice(start, end === -1 ? text.length : end).trimEnd() }
    },
  }
}

/** What stands at a path: the value, and the pair that holds it when its parent is a map. Ends at the deepest part that exists. */
export interface Location {
  node: Node | null
  pair: Pair<Node, Node | null> | undefined
  /** How many steps of the path were found. */
  depth: number
  /** Where the text that is looked at is only repeated (`*name`); it stands elsewhere, perhaps for others too. */
  alias: number | undefined
}

export function locate(source: SourceFile, documentIndex: number, path: Path): Location {
  let node: Node | null = source.documents()[documentIndex]?.contents ?? null
  let pair: Location['pair']
  let depth = 0
  let alias: number | undefined
  for (const step of path) {
    if (isAlias(node)) {
      alias ??= rangeOf(node)?.start
      node = node.resolve(source.documents()[documentIndex]!) ?? null
    }
    if (isMap(node)) {
      // The last one of a key that is there twice is the one that is read.
      const next = node.items.findLast((item) => isScalar(item.key) && String(item.key.value) === String(step)) as Location['pair']
      if (!next) break
      pair = next
      node = next.value
    } else if (isSeq(node) && typeof step === 'number') {
      const next = node.items[step]
      if (next === undefined) break
      pair = isPair(next) ? (next as Location['pair']) : undefined
      node = isNode(next) ? next : null
    } else break
    depth++
  }
  return { node, pair, depth, alias }
}

/** Characters from the start of a node to its end, without comments; `undefined` for nodes that no text stands for. */
export function rangeOf(node: Node | null | undefined): { start: number; end: number } | undefined {
  const range = node?.range
  return range ? { start: range[0], end: range[1] } : undefined
}

/** Where to point: at the value when it is written, otherwise at the key (or list item) that should hold it. */
export function offsetOf({ node, pair, alias }: Location, prefer: 'value' | 'key'): number {
  if (alias !== undefined) return alias
  const value = rangeOf(node)?.start
  const key = rangeOf(pair?.key)?.start
  const written = value !== undefined && rangeOf(node)!.end > value
  if (prefer === 'value' && written) return value
  return key ?? value ?? 0
}
