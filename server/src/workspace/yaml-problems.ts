import { type Document, isAlias, isMap, isScalar, type Pair, visit, type YAMLMap, type YAMLParseError } from 'yaml'
import type { BridgekeeperError } from '../errors/index.ts'
import { errors } from './errors.ts'
import { type Mend, type Problem, problemAt } from './problem.ts'
import type { SourceFile } from './source-file.ts'

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
  return {
    // One slip of the pen makes the parser stumble over everything after it: only the first is the reader's.
    problems: [
      ...(first ? [at(first.pos[0], inWords(first, source.text))] : []),
      ...duplicates(document).map(({ offset, error, mend }) => at(offset, error(source), mend?.(source))),
      ...aliases.map(({ offset, name }) => at(offset, errors.alias_unknown({ alias: name }))),
    ],
    fatal: syntax.length > 0 || aliases.length > 0,
  }
}

function unknownAliases(document: Document.Parsed): { offset: number; name: string }[] {
  const found: { offset: number; name: string }[] = []
  visit(document, {
    Alias: (_, alias) => void (alias.resolve(document) ?? found.push({ offset: alias.range?.[0] ?? 0, name: alias.source })),
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

/** The parser's codes in words for people who have never heard of a scalar. */
function inWords({ code, message, pos }: YAMLParseError, text: string): BridgekeeperError {
  const lineStart = text.lastIndexOf('\n', pos[0] - 1) + 1
  const line = text.slice(lineStart, (text.indexOf('\n', pos[0]) + 1 || text.length + 1) - 1)
  const [found, fix] = sentences(code, message, line, text.slice(pos[0], pos[0] + 1))
  return errors.yaml({ found, expected: 'YAML', fix })
}

function sentences(code: string, message: string, line: string, character: string): [found: string, fix: string] {
  switch (code) {
    case 'BAD_INDENT':
      if (/Flow (map|sequence)/.test(message)) {
        const [open, close] = message.includes('map') ? ['{', '}'] : ['[', ']']
        return [`a ${open} before this line is never closed`, `Add ${close} at the end of what belongs together.`]
      }
      return [
        'this line is indented differently from the lines it belongs to',
        'Put it exactly below its neighbours: the same number of spaces before each.',
      ]
    case 'BLOCK_AS_IMPLICIT_KEY':
      return [
        'a colon with a space after it stands inside a value',
        'Put the whole value in quotes, for example title: "Phase 1: tickets".',
      ]
    case 'MULTILINE_IMPLICIT_KEY':
    case 'MISSING_CHAR':
      if (message.includes('quote'))
        return ['a quotation mark that opens before this line is never closed', 'Close the text with the same quotation mark.']
      if (/^\s*[\w-]+:\S/.test(line)) return ['there is no space after the colon', 'Write a space after the colon: key: value.']
      return [
        'a key and a colon were expected here',
        'Write key: value. If the line before goes on here, indent this one or put the text in quotes.',
      ]
    case 'BAD_SCALAR_START':
      return [`a value can't start with ${character}`, 'Put the value in quotes.']
    case 'BAD_DQ_ESCAPE':
      return ['there is a backslash that means nothing here', 'Use single quotes around the text, or write two backslashes.']
    case 'UNEXPECTED_TOKEN':
      if (character === '-')
        return ['a list starts on the same line as its key', 'Start the list on the next line, with two more spaces before each hyphen.']
      return [
        'this does not belong to what stands before it',
        'Look at the line before: a list and fields can’t be mixed, and text with special signs needs quotes.',
      ]
    default:
      return [message.replace(/ at line \d+.*$/s, ''), 'Correct the line. Text with special signs (: # @ % { [ * &) needs quotes.']
  }
}
