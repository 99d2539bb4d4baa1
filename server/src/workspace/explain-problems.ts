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
  // Tabs stay tabs under themselves, so that the mark stands where the problem is.
  const indent = excerpt.slice(0, column - 1).replace(/[^\t]/g, ' ')
  const where = [entity, pathInWords(path)].filter(Boolean).join(' › ')
  return [
    `${file}:${line}:${column}  ${message}`,
    `${number} | ${excerpt}`,
    `${gutter} | ${indent}^`,
    ...(where ? [`  where  ${where}`] : []),
    `  mend   ${fix}${mend ? ' --fix does it for you.' : ''}`,
    `  code   ${code}`,
  ].join('\n')
}

/** "3 problems in 2 files, 1 of them mended by --fix": the last line of a check. */
export function countProblems(problems: readonly Problem[]): string {
  const files = new Set(problems.map(({ file }) => file)).size
  const mendable = problems.filter(({ mend }) => mend).length
  const plural = (count: number, word: string) => `${count} ${word}${count === 1 ? '' : 's'}`
  const hint =
    mendable === 0 ? '' : `; --fix mends ${mendable === problems.length ? (mendable === 1 ? 'it' : 'all of them') : `${mendable} of them`}`
  return problems.length === 0 ? 'No problems.' : `${plural(problems.length, 'problem')} in ${plural(files, 'file')}${hint}.`
}
