import { type Scalar, visit } from 'yaml'
import { errors } from './errors.ts'
import { type Mend, type Problem, problemAt } from './problem.ts'
import { type SourceFile, sourceFile } from './source-file.ts'

const tabbedIndent = /^[ \t]*\t[ \t]*/

/**
 * The file as it would read with two spaces for each tab of its indentation, so that one tab does not hide all other problems.
 * Lines stay where they are; columns are counted in the file as it is written.
 */
export function untabbed(source: SourceFile): { readable: SourceFile; problems: Problem[] } {
  if (source.documents().every(({ errors }) => errors.length === 0)) return { readable: source, problems: [] }
  const lines = source.text.split('\n')
  const mended = lines.map((line) => line.replace(tabbedIndent, (indent) => indent.replaceAll('\t', '  ')))
  const tabbed = lines.flatMap((line, index) => (line !== mended[index] && line.trim() !== '' ? [index] : []))
  const text = mended.join('\n')
  if (text === source.text) return { readable: source, problems: [] }
  const inner = sourceFile(source.file, text)
  const readable: SourceFile = {
    ...inner,
    exact: false,
    position: (offset) => {
      const { line, column } = inner.position(offset)
      return { line, excerpt: lines[line - 1]!, column: Math.max(1, column - (mended[line - 1]!.length - lines[line - 1]!.length)) }
    },
  }
  const safe = inner.documents().every(({ errors }) => errors.length === 0) && !hasLiteralText(inner)
  return { readable, problems: runs(tabbed).map(([first, last]) => tabProblem(source, lines, first, last, safe)) }
}

/** In a block of literal text a tab may be meant. */
function hasLiteralText(source: SourceFile): boolean {
  let found = false
  const look = (_: unknown, { type }: Scalar) => {
    if (type === 'BLOCK_LITERAL' || type === 'BLOCK_FOLDED') found = true
  }
  for (const document of source.documents()) visit(document, { Scalar: look })
  return found
}

/** 2, 3, 4, 7 → [2, 4], [7, 7] */
function runs(numbers: readonly number[]): [number, number][] {
  const result: [number, number][] = []
  for (const number of numbers) {
    const last = result.at(-1)
    if (last && last[1] === number - 1) last[1] = number
    else result.push([number, number])
  }
  return result
}

function tabProblem(source: SourceFile, lines: string[], first: number, last: number, safe: boolean): Problem {
  const start = lines.slice(0, first).reduce((length, line) => length + line.length + 1, 0)
  const run = lines.slice(first, last + 1)
  const mend: Mend = {
    start,
    end: start + run.join('\n').length,
    text: run.map((line) => line.replace(tabbedIndent, (indent) => indent.replaceAll('\t', '  '))).join('\n'),
  }
  const spot = { file: source.file, line: first + 1, column: lines[first]!.indexOf('\t') + 1, excerpt: lines[first]!, entity: '', path: [] }
  return problemAt(spot, errors.tab({ first: first + 1, last: last + 1 }), safe ? mend : undefined)
}
