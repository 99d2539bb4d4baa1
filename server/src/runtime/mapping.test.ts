import jsonata from 'jsonata'
import { describe, expect, it } from 'vitest'
import { processorMs } from '../../test/processor-time.ts'
import { BoundedRegex } from '../contracts/index.ts'
import { applyMapping } from './mapping.ts'

const apply = (expression: string, input: unknown = {}) => applyMapping('order', expression, input, { settings: {}, instance: {} })

describe('a mapping of a customer', () => {
  it.each([
    ['an endless recursion', '($f := function($n) { $f($n + 1) }; $f(0))', '(does not come to an end|takes longer)'],
    ['endless steps', '$map([1..90000], function($v) { $map([1..90000], function($w) { $v * $w }) })', 'too many steps|longer than 2 s'],
    ['a range that fills the memory', '[1..9999999]', 'more than 100000 items'],
    [
      'a text that doubles',
      '($f := function($s, $n) { $n = 0 ? $s : $f($s & $s, $n - 1) }; $f("aaaaaaaa", 24))',
      'more than 8388608 characters',
    ],
    ['padding without end', '$pad("x", 300000000)', 'more than 8388608 characters'],
    ['padding to the left without end', '$pad("x", -300000000, "ab")', 'more than 8388608 characters'],
    [
      'a regular expression that backtracks',
      '$match("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab", /(a+)+$/)',
      'regular expression .* takes too long',
    ],
    ['many of them', '$replace($pad("", 5000, "a") & "b", /(a|a)*c/, "x")', 'regular expression .* takes too long|longer than'],
    ['one inside of $eval', '$eval("$match(\\"" & $pad("", 60, "a") & "b\\", /(a+)+$/)")', 'takes too long'],
    ['each with each', '$count($distinct([1..99999].{ "n": $ }))', 'too many steps|longer than 2 s'],
  ])('can not hold up the process by %s', async (_what, expression, message) => {
    const startedAt = processorMs()
    await expect(apply(expression)).rejects.toThrow(new RegExp(message))
    expect(processorMs() - startedAt).toBeLessThan(15_000)
  })

  it('is quick with many different values', async () => {
    const numbers = Array.from({ length: 90_000 }, (_, n) => ({ n }))
    expect(await apply('$count($distinct(numbers))', { numbers: [...numbers, ...numbers.slice(0, 9_000)] })).toBe(90_000)
  }, 5_000)

  it.each([
    '$distinct(labels.name)',
    '$distinct([1, "1", 1, null, null, true, 1])',
    '$distinct(one.name)',
    '[$distinct(one.name)]',
    '$distinct(objects)',
    '$distinct(missing)',
    '$distinct("x")',
    '$pad("é", 3)',
    '$pad("abc", -6, "#*")',
    '$pad("abc", 2)',
    '$pad(missing, 3)',
    '$match("a1b22", /\\d+/).match',
    '$replace("Ada Lovelace", /(\\w+)\\s(\\w+)/, "$2 $1")',
    '$split("a, b;c", /[,;]\\s*/)',
    '$contains("ABC", /b/i)',
  ])('means by %s what JSONata means by it', async (expression) => {
    const input = {
      labels: [{ name: 'a' }, { name: 'b' }, { name: 'a' }],
      one: [{ name: 'x' }, { name: 'x' }],
      objects: [{ a: 1, b: 2 }, { b: 2, a: 1 }, {}],
    }
    const expected = await jsonata(expression).evaluate(input)
    if (expected === undefined) await expect(apply(expression, input)).rejects.toThrow('made nothing')
    else expect(await apply(expression, input)).toEqual(JSON.parse(JSON.stringify(expected)))
  })
})

describe('a regular expression with a limit', () => {
  it('matches as without, on short and long texts, from lastIndex on', () => {
    const long = `${'x'.repeat(20_000)}42`
    const regex = new BoundedRegex(/\d+/g)
    expect(regex.exec(long)?.index).toBe(20_000)
    expect(regex.lastIndex).toBe(20_002)
    expect(regex.exec(long)).toBeNull()
    expect(new BoundedRegex(/(a)(b)?/).exec('ac')).toEqual(/(a)(b)?/.exec('ac'))
  })
})
