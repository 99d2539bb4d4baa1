import { type Document, isCollection, isScalar, visit, type YAMLParseError } from 'yaml'
import type { Mend } from './problem.ts'
import { rangeOf } from './source-file.ts'

/** What word processors and web pages put between words. YAML takes only the space bar's. */
export const otherSpaces = /[\u00A0\u2000-\u200B\u202F\u205F\u3000\uFEFF]/
export const noBreakSpace = {
  found: 'there is a no-break space in this line, copied from a web page or a document',
  fix: 'Replace it by an ordinary space.',
}

interface InWords {
  /** Where the reader should look: not always where the parser gave up. */
  offset: number
  found: string
  fix: string
  mend?: Mend
}

/** The parser's codes in words for people who have never heard of a scalar. */
export function inWords({ code, message, pos: [offset] }: YAMLParseError, text: string, document: Document.Parsed): InWords {
  const line = lineAt(text, offset)
  return (
    mergeConflict(text, offset) ??
    strangeSpaces(line) ??
    (isNeverClosed(code, message) ? neverClosed(text, document, message) : undefined) ?? {
      offset,
      ...sentences(code, message, line.text, text.slice(offset, offset + 1)),
    }
  )
}

interface Line {
  start: number
  text: string
}

function lineAt(text: string, offset: number): Line {
  const start = text.lastIndexOf('\n', offset - 1) + 1
  const end = text.indexOf('\n', offset)
  return { start, text: text.slice(start, end === -1 ? text.length : end) }
}

/** Git writes both versions into the file, and nothing after the first mark can be read. */
function mergeConflict(text: string, offset: number): InWords | undefined {
  const mark = /^(?:<<<<<<<|=======|>>>>>>>)(?: |$)/m.exec(text)
  if (!mark || mark.index > offset) return undefined
  const fix = 'Decide which lines stay, and delete the others together with the lines that start with <<<<<<<, ======= and >>>>>>>.'
  return { offset: mark.index, found: 'two versions of this file were not put together: git left both here', fix }
}

function strangeSpaces({ start, text }: Line): InWords | undefined {
  const first = text.search(otherSpaces)
  if (first === -1) return undefined
  const mend = { start, end: start + text.length, text: text.replaceAll(new RegExp(otherSpaces, 'g'), ' ') }
  return { offset: start + first, ...noBreakSpace, mend }
}

const isNeverClosed = (code: string, message: string): boolean =>
  (code === 'BAD_INDENT' && /Flow (map|sequence)/.test(message)) || (code === 'MISSING_CHAR' && message.includes('quote'))

/** The parser notices at the end of the file; the reader has to look at the beginning of the text or the bracket. */
function neverClosed(text: string, document: Document.Parsed, message: string): InWords | undefined {
  let offset: number | undefined
  const quote = message.includes('quote')
  visit(document, {
    Node: (_, node) => {
      const range = rangeOf(node)
      if (!range) return
      const open = text[range.start] ?? ''
      const close = { '{': '}', '[': ']', '"': '"', "'": "'" }[open]
      const inner = text.slice(range.start + 1, range.end).trimEnd()
      const isOpen = quote ? isScalar(node) : isCollection(node) && node.flow
      if (close !== undefined && isOpen && (!inner.endsWith(close) || (!quote && / #[^\n]*$/.test(inner)))) offset = range.start
    },
  })
  if (offset === undefined) return undefined
  if (quote) return { offset, found: 'this quotation mark is never closed', fix: 'Close the text with the same quotation mark.' }
  const [open, close] = text[offset] === '{' ? ['{', '}'] : ['[', ']']
  const { start, text: line } = lineAt(text, offset)
  const comment = line.indexOf(' #', offset - start)
  if (comment !== -1 && line.includes(close, comment))
    return {
      offset: start + comment + 1,
      found: `a # after a space starts a comment, so the ${close} behind it is not read`,
      fix: 'Put the text with the # in quotes.',
    }
  return { offset, found: `this ${open} is never closed`, fix: `Add ${close} at the end of what belongs together.` }
}

const badIndent = {
  found: 'this line is indented differently from the lines it belongs to',
  fix: 'Put it exactly below its neighbours: the same number of spaces before each.',
}

function sentences(code: string, message: string, line: string, character: string): { found: string; fix: string } {
  switch (code) {
    case 'BAD_INDENT':
      return badIndent
    case 'BLOCK_AS_IMPLICIT_KEY':
      return (line.match(/:(?= )/g) ?? []).length > 1
        ? {
            found: 'a colon with a space after it stands inside a value',
            fix: 'Put the whole value in quotes, for example title: "Phase 1: tickets".',
          }
        : {
            found: 'the line below this one is indented as if it belonged to its value',
            fix: 'Put it exactly below this one, or delete the value if fields were meant to follow.',
          }
    case 'MULTILINE_IMPLICIT_KEY':
    case 'MISSING_CHAR':
      if (/^\s*[\w-]+:\S/.test(line))
        return { found: 'there is no space after the colon', fix: 'Write a space after the colon: key: value.' }
      if (/^\s*(?:- )?[\w-]+:(?: |$)/.test(line)) return badIndent
      return {
        found: 'a key and a colon were expected here',
        fix: 'Write key: value. If the line before goes on here, indent this one or put the text in quotes.',
      }
    case 'BAD_SCALAR_START':
      return { found: `a value can't start with ${character}`, fix: 'Put the value in quotes.' }
    case 'BAD_DQ_ESCAPE':
      return { found: 'there is a backslash that means nothing here', fix: 'Use single quotes around the text, or write two backslashes.' }
    case 'UNEXPECTED_TOKEN':
      return character === '-'
        ? {
            found: 'a list starts on the same line as its key',
            fix: 'Start the list on the next line, with two more spaces before each hyphen.',
          }
        : {
            found: 'this does not belong to what stands before it',
            fix: 'Look at the line before: a list and fields can’t be mixed, and text with special signs needs quotes.',
          }
    default:
      return /call stack/.test(message)
        ? { found: 'this is nested too deeply to be read', fix: 'Delete it: no field of an entity is nested like this.' }
        : {
            found: message.replace(/ at line \d+.*$/s, ''),
            fix: 'Correct the line. Text with special signs (: # @ % { [ * &) needs quotes.',
          }
  }
}
