import { displayWidth } from './display-width.ts'

/**
 * Breaks lines between words, so that the terminal does not break them inside one. What goes on is indented below where the
 * words of its line began: past a bullet, or by four spaces in a line that has none. Words longer than a line stay whole.
 *
 * @param columns of the terminal; undefined: nothing is broken, so that programs and files get whole sentences
 */
export function wrapText(text: string, columns: number | undefined): string {
  if (columns === undefined) return text
  return text
    .split('\n')
    .map((line) => (shownLength(line) <= columns ? line : wrapLine(line, columns)))
    .join('\n')
}

const colour = /\u001b\[\d+m/g
const shownLength = (text: string): number => displayWidth(text.replace(colour, ''))

function wrapLine(line: string, columns: number): string {
  const [before = ''] = /^ *(?:[-→•] |\S+(?: \S+)* {2,})?/.exec(line) ?? []
  const indent = shownLength(before) < columns / 2 ? shownLength(before) : 4
  const lines: string[] = []
  let current = ''
  // Spaces stay with the word after them, so that what stands in columns keeps its place.
  for (const word of line.match(/ *\S+/g) ?? []) {
    if (current.trim() === '' || shownLength(current) + shownLength(word) <= columns) current += word
    else {
      lines.push(current)
      current = ' '.repeat(indent) + word.trim()
    }
  }
  return [...lines, current].join('\n')
}

/**
 * Columns as wide as their longest cell, two spaces apart, numbers to the right. A table that is wider than the terminal becomes
 * a block for each row: its first cell that is not empty, and below it a line for each of the others with the name of its column.
 *
 * @param rows the first is the head
 */
export function tableLines(
  rows: readonly (readonly string[])[],
  right: readonly number[],
  columns: number | undefined,
  indent = '  ',
): string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => shownLength(row[column]!))))
  const lines = rows.map((row) => {
    const cells = row.map((cell, column) => {
      const blanks = ' '.repeat(widths[column]! - shownLength(cell))
      return right.includes(column) ? blanks + cell : cell + blanks
    })
    return `${indent}${cells.join('  ')}`.trimEnd()
  })
  if (columns === undefined || lines.every((line) => shownLength(line) <= columns)) return lines
  const [head, ...body] = rows
  return body.flatMap((row) => block(head!, row, indent))
}

function block(head: readonly string[], row: readonly string[], indent: string): string[] {
  const names = Math.max(...head.map((name) => name.length))
  const [first = '', ...others] = row
  const cells = others.flatMap((cell, at) =>
    cell === '' ? [] : [`${indent}    ${(head[at + 1] ?? '').padEnd(names)}  ${cell}`.replace(/ +$/, '')],
  )
  return [`${indent}${first}`, ...cells]
}
