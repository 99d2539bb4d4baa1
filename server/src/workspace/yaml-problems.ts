import { type Document, isAlias, isMap, isScalar, type Pair, visit, type YAMLMap, type YAMLParseError } from 'yaml'
import type { BridgekeeperError } from '../errors/index.ts'
import { errors } from './errors.ts'
import { type Mend, type Problem, problemAt } from './problem.ts'
import type { SourceFile } from './source-file.ts'
import { inWords } from './syntax-in-words.ts'

/**
 * What is wrong with the text of one document, before anybody asks what it says.
 *
 * @returns fatal: its values can't be trusted. A key that is there twice is not fatal: the last one is read.
 */
export function yamlProblems(source: SourceFile, document: Document.Parsed, index: number): { problems: Problem[]; fatal: boolean } {
  const at = (offset: number, error: BridgekeeperError, mend?: Mend): Problem =>
    problemAt(
      { file: source.file, ...source.position(offset), entity: index === 0 ? '' : `document ${index + 1}`, path: [] },
      error,
      source.exact ? mend : undefined,
    )
  const syntax = document.errors.filter(({ code }) => code !== 'DUPLICATE_KEY')
  const aliases = unknownAliases(document)
  const first = syntax[0]
  const syntaxProblem = (error: YAMLParseError): Problem => {
    const { offset, found, fix, mend } = inWords(error, source.text, document)
    return at(offset, errors.yaml({ found, expected: 'YAML', fix }), mend)
  }
  const tags = foreignTags(document)
  return {
    // One slip of the pen makes the parser stumble over everything after it: only the first is the reader's.
    problems: [
      ...(first ? [syntaxProblem(first)] : []),
      ...duplicates(document).map(({ offset, error, mend }) => at(offset, error(source), mend?.(source))),
      ...aliases.map(({ offset, name }) => at(offset, errors.alias_unknown({ alias: name }))),
      ...tags.map(({ offset, tag }) => at(offset, errors.tag({ tag }))),
    ],
    fatal: syntax.length > 0 || aliases.length > 0 || tags.length > 0,
  }
}

function unknownAliases(document: Document.Parsed): { offset: number; name: string }[] {
  const found: { offset: number; name: string }[] = []
  visit(document, {
    Alias: (_, alias) => void (alias.resolve(document) ?? found.push({ offset: alias.range?.[0] ?? 0, name: alias.source })),
  })
  return found
}

const knownTags = new Set(['str', 'int', 'float', 'bool', 'null', 'seq', 'map'].map((name) => `tag:yaml.org,2002:${name}`))

/** `!!timestamp`, `!Ref`: the parser would make something of them that no file of ours can hold. */
function foreignTags(document: Document.Parsed): { offset: number; tag: string }[] {
  const found: { offset: number; tag: string }[] = []
  visit(document, {
    Node: (_, node) => {
      if (isAlias(node) || !node.tag || knownTags.has(node.tag)) return
      found.push({ offset: node.range?.[0] ?? 0, tag: node.tag.replace('tag:yaml.org,2002:', '!!') })
    },
  })
  return found
}

interface Duplicate {
  offset: number
  error: (source: SourceFile) => BridgekeeperError
  mend?: (source: SourceFile) => Mend | undefined
}

function duplicates(document: Document.Parsed): Duplicate[] {
  const found: Duplicate[] = []
  visit(document, {
    Map: (_, map) => {
      const firstOf = new Map<unknown, Pair>()
      for (const pair of map.items) {
        if (!isScalar(pair.key)) continue
        const first = firstOf.get(pair.key.value)
        if (first) found.push(duplicate(document, map as YAMLMap, first, pair))
        else firstOf.set(pair.key.value, pair)
      }
    },
  })
  return found
}

function duplicate(document: Document.Parsed, map: YAMLMap, first: Pair, second: Pair): Duplicate {
  const [firstKey, key] = [first.key, second.key]
  const same = JSON.stringify(first.value) === JSON.stringify(second.value) && !map.flow && !isAlias(second.value)
  const start = isScalar(key) ? (key.range?.[0] ?? 0) : 0
  return {
    offset: start,
    error: (source) =>
      errors.duplicate_key({
        key: String(isScalar(key) && key.value),
        firstLine: source.position(isScalar(firstKey) ? (firstKey.range?.[0] ?? 0) : 0).line,
      }),
    ...(same &&
      document.errors.every(({ code }) => code === 'DUPLICATE_KEY') && { mend: (source) => wholeLines(source.text, start, second) }),
  }
}

/** Deletes a pair with its line, when nothing else stands on it. */
function wholeLines(text: string, keyStart: number, { value }: Pair): Mend | undefined {
  const range = isScalar(value) || isMap(value) ? value.range : undefined
  const lineStart = text.lastIndexOf('\n', keyStart - 1) + 1
  if (!range || text.slice(lineStart, keyStart).trim() !== '' || !isScalar(value)) return undefined
  const lineEnd = text.indexOf('\n', range[1])
  const end = lineEnd === -1 ? text.length : lineEnd + 1
  return text.slice(range[1], end).trim() === '' ? { start: lineStart, end, text: '' } : undefined
}
