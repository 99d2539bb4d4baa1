import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'

const root = join(import.meta.dirname, '..', '..')
const rows = readFileSync(join(root, 'docs', 'capabilities.md'), 'utf8')
  .split('\n')
  .flatMap((line) => {
    const [, id, , proof = ''] = line.split('|').map((cell) => cell.trim())
    return id !== undefined && /^[RCPSL]\d+$/.test(id) ? [{ id, proofs: [...proof.matchAll(/`([^`]+)`: “(.+?)”(?=<br>|$)/g)] }] : []
  })

const through = (letter: string, ...numbers: number[]) => numbers.map((number) => `${letter}${number}`)

it('every capability that was promised has a row, once', () => {
  expect(rows.map(({ id }) => id)).toEqual([
    ...through('R', 1, 2, 3, 4, 5, 6, 7, 10, 11, 12, 13),
    ...through('C', 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11),
    ...through('P', 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11),
    ...through('S', 1, 2, 8),
    ...through('L', 1, 2, 3, 4, 5),
  ])
})

it.each(rows)('$id names tests that exist, by file and by words of their title', ({ proofs }) => {
  expect(proofs.length).toBeGreaterThan(0)
  for (const [, file, title] of proofs) {
    expect(existsSync(join(root, file!)), file).toBe(true)
    const titles = titlesIn(readFileSync(join(root, file!), 'utf8'))
    expect(
      titles.some((one) => one.includes(title!)),
      `${file} has no test “${title}”`,
    ).toBe(true)
  }
})

/** First strings of tests, and of the lines of their tables; a word in a comment or an assertion is no proof. */
function titlesIn(source: string): string[] {
  const calls = source.matchAll(/(?:\bit|\btest)(?:\.each(?:<[^(]*>)?\([\s\S]*?\))?\(\s*(['"`])(.*?)\1,/g)
  const tableLines = source.matchAll(/^\s*\[?\s*(['"`])([^'"`\n]+)\1,/gm)
  return [...calls, ...tableLines].map(([, , title]) => title!)
}
