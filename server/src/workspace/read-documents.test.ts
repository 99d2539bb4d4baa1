import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { findYamlFiles } from './find-files.ts'
import { readDocuments } from './read-documents.ts'
import { sourceFile } from './source-file.ts'

const examples = new URL('../../../examples/', import.meta.url).pathname
const carefully = (text: string) =>
  sourceFile('a.yaml', text)
    .documents()
    .map((document): unknown => document.toJS())
const fast = (text: string) => readDocuments(sourceFile('a.yaml', text)).documents.map(({ value }) => value)

describe('the fast and the careful reader', () => {
  it('read the same from whatever the careful one writes', () => {
    const scalar = fc.oneof(
      fc.string(),
      fc.stringMatching(/^[-+.\w:#@%*&!|>'"{}[\], ]{0,8}$/),
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
      fc.constantFrom('yes', 'No', '~', '0x1f', '012', '1_000', '2026-01-01', '09:00', '1e3', '.5', 'null', '<<', '=', '0o7', '12:30:45'),
    )
    const value = fc.letrec((tie) => ({
      any: fc.oneof(
        { depthSize: 'small' },
        scalar,
        fc.array(tie('any'), { maxLength: 4 }),
        fc.dictionary(fc.stringMatching(/^[a-zA-Z][\w-]{0,8}$/), tie('any'), { maxKeys: 4 }),
      ),
    })).any
    fc.assert(
      fc.property(value, fc.constantFrom('PLAIN', 'QUOTE_DOUBLE', 'QUOTE_SINGLE', 'BLOCK_LITERAL'), (data, style) => {
        const text = stringify({ data }, { defaultStringType: style as 'PLAIN' })
        expect(fast(text)).toEqual(carefully(text))
      }),
      { numRuns: 400 },
    )
  })

  it.each([
    'yes',
    'No',
    'on',
    '012',
    '0o14',
    '0x1F',
    '1_000',
    '1.0',
    '.5',
    '5.',
    '1e3',
    '+1',
    '.inf',
    '~',
    'null',
    'Null',
    '2026-01-01',
    '09:00',
    '12:30:45',
    '70 %',
    '"x"',
    'a#b',
    'a #b',
    '-',
    '- 1',
    '!!str 1',
  ])('read %s as the same value', (written) => {
    expect(fast(`a: ${written}\n`)).toEqual(carefully(`a: ${written}\n`))
  })

  it('see the same documents in one file', () => {
    for (const text of [
      '',
      '# only a comment\n',
      'a: 1\n---\nb: 2\n',
      '---\na: 1\n...\n---\nb: 2\n',
      'a: 1\n---\n',
      'a: 1\n---\n# end\n',
      '%YAML 1.2\n---\na: 1\n',
    ])
      expect(
        fast(text).filter((value) => value !== null && value !== undefined),
        text,
      ).toEqual(carefully(text).filter((value) => value !== null && value !== undefined))
  })

  it('read the same from every file of the examples', async () => {
    const files = await findYamlFiles(examples)
    expect(files.length).toBeGreaterThan(10)
    for (const file of files) {
      const text = readFileSync(examples + file, 'utf8')
      expect(fast(text), file).toEqual(carefully(text))
    }
  })
})

it('a document of many aliases of aliases is refused instead of eating the memory', () => {
  const bomb = [
    'a: &a [x,x,x,x,x,x,x,x,x,x]',
    ...'bcdefgh'.split('').map((name, index) => `${name}: &${name} [${Array(10).fill(`*${'abcdefg'[index]}`).join(',')}]`),
  ].join('\n')
  const { documents } = readDocuments(sourceFile('a.yaml', bomb))
  expect(documents).toHaveLength(1)
})
