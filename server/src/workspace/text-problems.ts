import { errors } from './errors.ts'
import type { FileText } from './find-files.ts'
import { type Problem, problemAt } from './problem.ts'
import { type SourceFile, sourceFile } from './source-file.ts'

/** Far beyond what two companies review line by line; below it, thousands of problems are still reported within seconds. */
const maximumBytes = 2 * 1024 * 1024

export interface ReadableFile {
  /** Nothing when the file is not worth reading on. */
  source: SourceFile | undefined
  problems: Problem[]
}

/** Whether a file is text at all, before anybody asks whether the text is YAML. */
export function readableFile(file: string, { text, bytes, encoding }: FileText): ReadableFile {
  const top = { file, line: 1, column: 1, entity: '', path: [], excerpt: text.slice(0, 80).split(/\r?\n/, 1)[0]! }
  if (bytes > maximumBytes) {
    const [size, limit] = [`${(bytes / 1024 / 1024).toFixed(1)} MiB`, `at most ${maximumBytes / 1024 / 1024} MiB`]
    return { source: undefined, problems: [problemAt(top, errors.too_large({ size, limit }))] }
  }
  if (encoding === 'UTF-16')
    return { source: undefined, problems: [problemAt(top, errors.encoding({ found: 'this file is UTF-16, and UTF-8 was expected' }))] }
  // Writing the text back would destroy what could not be read, so nothing in it is mended.
  const source = { ...sourceFile(file, text), exact: encoding === 'UTF-8' }
  const wrong = strangeCharacters(source, encoding === 'unknown')
  return { source, problems: wrong }
}

const controls = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F]/g

/** One problem for each line. */
function strangeCharacters(source: SourceFile, unknownEncoding: boolean): Problem[] {
  const problems = [...source.text.matchAll(controls)].map(({ index, 0: character }) => {
    const code = `U+${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`
    return problemAt({ file: source.file, ...source.position(index), entity: '', path: [] }, errors.control_character({ code }))
  })
  const unreadable = unknownEncoding ? source.text.indexOf('\uFFFD') : -1
  if (unreadable >= 0) {
    const found = 'this line has letters that are not UTF-8, for example from Windows-1252 or Latin-1'
    problems.push(problemAt({ file: source.file, ...source.position(unreadable), entity: '', path: [] }, errors.encoding({ found })))
  }
  return [...new Map(problems.map((problem) => [`${problem.code} ${problem.line}`, problem])).values()]
}
