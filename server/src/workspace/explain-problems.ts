import { type Problem, pathInWords } from './problem.ts'

/**
 * Problems for people, file by file:
 * ```
 * agreement.yaml:14:16  the shares must sum to 100%; they sum to 95%
 *    14 |     shares:
 *       |     ^
 *   where  Agreement acme-2026 › spec › terms › item 3 › shares
 *   mend   5% are missing: say who gets them.
 * ```
 */
export function explainProblems(problems: readonly Problem[]): string {
  return problems.map(explainProblem).join('\n\n')
}

function explainProblem({ file, line, column, excerpt, message, fix, mend, entity, path, code }: Problem): string {
  const number = String(line).padStart(5)
  const gutter = ' '.repeat(number.length)
  const { shown, before } = window(excerpt, column)
  // Tabs stay tabs under themselves, so that the mark stands where the problem is.
  const indent = before.replace(/[^\t]/g, ' ')
  const where = [entity, pathInWords(path)].filter(Boolean).join(' › ')
  return [
    `${file}:${line}:${column}  ${visible(message)}`,
    `${number} | ${visible(shown)}`,
    `${gutter} | ${indent}^`,
    ...(where ? [`  where  ${visible(where)}`] : []),
    `  mend   ${visible(fix)}${mend ? ' --fix does it for you.' : ''}`,
    `  code   ${code}`,
  ].join('\n')
}

const widest = 160

/** The part of a long line around a column. */
function window(excerpt: string, column: number): { shown: string; before: string } {
  const start = column < widest ? 0 : column - widest / 2
  const [head, tail] = [start > 0 ? '…' : '', excerpt.length > start + widest ? '…' : '']
  return { shown: head + excerpt.slice(start, start + widest) + tail, before: head + excerpt.slice(start, column - 1) }
}

/** Files come from others: what would command a terminal is shown instead. */
const visible = (text: string): string =>
  text.replace(/[\u0000-\u0008\u000B-\u001F\u007F]/g, (character) =>
    String.fromCharCode(character === '\u007F' ? 0x2421 : 0x2400 + character.charCodeAt(0)),
  )

/** "3 problems in 2 files, 1 of them mended by --fix": the last line of a check. */
export function countProblems(problems: readonly Problem[]): string {
  const files = new Set(problems.map(({ file }) => file)).size
  const mendable = problems.filter(({ mend }) => mend).length
  const plural = (count: number, word: string) => `${count} ${word}${count === 1 ? '' : 's'}`
  const hint =
    mendable === 0 ? '' : `; --fix mends ${mendable === problems.length ? (mendable === 1 ? 'it' : 'all of them') : `${mendable} of them`}`
  return problems.length === 0 ? 'No problems.' : `${plural(problems.length, 'problem')} in ${plural(files, 'file')}${hint}.`
}
