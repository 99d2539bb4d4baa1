import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { tableLines, wrapText } from './text-layout.ts'

describe('lines on a narrow terminal', () => {
  it('break between words, and go on below where their words began', () => {
    expect(wrapText('one two three four', 8)).toBe('one two\nthree\nfour')
    expect(wrapText('  - one two three', 10)).toBe('  - one\n    two\n    three')
    expect(wrapText('  paid  one two', 13)).toBe('  paid  one\n    two')
    expect(wrapText('  a  one two three', 13)).toBe('  a  one two\n     three')
    expect(wrapText('', 8)).toBe('')
  })

  it('count what is shown, not what colours it', () => {
    expect(wrapText('\u001b[31mone\u001b[39m two three', 8)).toBe('\u001b[31mone\u001b[39m two\nthree')
    const red = '\u001b[31mno\u001b[39m'
    expect(
      tableLines(
        [
          ['a', 'b'],
          [red, 'x'],
          ['yes', 'y'],
        ],
        [],
        12,
        '',
      ),
    ).toEqual(['a    b', `${red}   x`, 'yes  y'])
  })

  it('stay as they are when nobody reads them at a terminal', () => {
    expect(wrapText('one two three four', undefined)).toBe('one two three four')
  })

  it('keep every word, in order, at any width', () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[a-z]{1,12}$/), { minLength: 1 }), fc.integer({ min: 1, max: 100 }), (words, columns) => {
        const lines = wrapText(words.join(' '), columns).split('\n')
        expect(lines.join(' ').split(/ +/)).toEqual(words)
        for (const line of lines) expect(line.length <= columns || !line.trim().includes(' ')).toBe(true)
      }),
    )
  })

  it('a table that does not fit becomes a block for each row', () => {
    const rows = [
      ['', 'from', 'to'],
      ['hours', '1', '20'],
    ]
    expect(tableLines(rows, [1, 2], undefined)).toEqual(['         from  to', '  hours     1  20'])
    expect(tableLines(rows, [1, 2], 12)).toEqual(['  hours', '      from  1', '      to    20'])
  })
})
