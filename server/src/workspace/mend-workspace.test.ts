import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { loadWorkspace } from './load-workspace.ts'
import { applyMends, mendWorkspace } from './mend-workspace.ts'
import { agreement, cast, entity, integration, temporaryWorkspace } from './temporary-workspace.ts'

async function mended(text: string, others: Record<string, string> = {}): Promise<string> {
  const folder = await temporaryWorkspace({ 'cast.yaml': cast, ...others, 'a.yaml': text })
  await mendWorkspace(folder)
  return readFile(join(folder, 'a.yaml'), 'utf8')
}

describe('--fix mends what needs no judgement', () => {
  it.each([
    [
      'tabs',
      'kind: Organization\napiVersion: bridgekeeper.dev/v1\nmetadata:\n\tname: a\nspec:\n\tbusiness: product\n',
      'kind: Organization\napiVersion: bridgekeeper.dev/v1\nmetadata:\n  name: a\nspec:\n  business: product\n',
    ],
    [
      'a missing apiVersion',
      '# Ours\nkind: Organization\nmetadata: { name: a }\nspec: { business: product }\n',
      '# Ours\napiVersion: bridgekeeper.dev/v1\nkind: Organization\nmetadata: { name: a }\nspec: { business: product }\n',
    ],
    ['the spelling of a kind', entity('organization', 'a', 'business: product'), entity('Organization', 'a', 'business: product')],
    [
      'the spelling of a field',
      entity('Organization', 'a', 'business: product\nlegal_name: A # the company\nWebsite: https://a.example'),
      entity('Organization', 'a', 'business: product\nlegalName: A # the company\nwebsite: https://a.example'),
    ],
    ['the spelling of a word', entity('Organization', 'a', 'business: PRODUCT'), entity('Organization', 'a', 'business: product')],
    ['the spelling of a reference', entity('Platform', 'a', 'owner: Acme'), entity('Platform', 'a', 'owner: acme')],
    [
      'yes and no',
      entity('Platform', 'a', 'owner: acme\nopenness: { webhooks: { answer: true }, sandbox: { answer: No } }'),
      entity('Platform', 'a', 'owner: acme\nopenness: { webhooks: { answer: yes }, sandbox: { answer: no } }'),
    ],
    [
      'true and false',
      integration('scenarios: [{ name: a, title: A, critical: yes }]'),
      integration('scenarios: [{ name: a, title: A, critical: true }]'),
    ],
    [
      'numbers where text belongs',
      agreement('').replace("version: '1'", 'version: 1.10'),
      agreement('').replace("version: '1'", 'version: "1.10"'),
    ],
    [
      'text where a number belongs',
      entity('Platform', 'a', 'owner: acme\nrateLimit: { documented: { requests: "600", per: PT1M } }'),
      entity('Platform', 'a', 'owner: acme\nrateLimit: { documented: { requests: 600, per: PT1M } }'),
    ],
    [
      'one item where a list belongs',
      entity('Platform', 'a', 'owner: acme\nredact: /email'),
      entity('Platform', 'a', 'owner: acme\nredact: [/email]'),
    ],
    ['the form of a day', integration('stageSince: 2026/3/1'), integration('stageSince: 2026-03-01')],
    [
      'the form of a length of time',
      integration('scenarios: [{ name: a, title: A, canaryEvery: 15 minutes }]'),
      integration('scenarios: [{ name: a, title: A, canaryEvery: PT15M }]'),
    ],
    [
      'the form of an amount',
      integration('price: { kind: fixed, amount: "EUR 1,250.00", per: month }'),
      integration('price: { kind: fixed, amount: 1250.00 EUR, per: month }'),
    ],
    ['the capitals of a currency', agreement('settlement: { currency: eur }'), agreement('settlement: { currency: EUR }')],
    [
      'a line that is there twice',
      entity('Organization', 'a', 'business: product\nlegalName: A\nbusiness: product'),
      entity('Organization', 'a', 'business: product\nlegalName: A'),
    ],
  ])('%s', async (_, before, after) => {
    expect(await mended(before)).toBe(after)
  })

  it.each([
    ['a day that could be read in two ways', integration('stageSince: 03.04.2026')],
    ['an amount with a comma that could mean either', integration('price: { kind: fixed, amount: "1,250 EUR", per: month }')],
    ['m, which could be minutes or months', integration('scenarios: [{ name: a, title: A, canaryEvery: 15m }]')],
    ['a misspelled word', entity('Organization', 'a', 'business: produkt')],
    ['a misspelled field', entity('Organization', 'a', 'business: product\nlegalNaem: A')],
    ['a misspelled name', entity('Platform', 'a', 'owner: acmee')],
    ['a key that is there twice with two values', entity('Organization', 'a', 'business: product\nbusiness: service')],
    ['a share without a sign', integration('price: { kind: free, split: [{ party: acme, share: 100 }] }')],
    [
      'tabs beside a block of literal text',
      'kind: Organization\napiVersion: bridgekeeper.dev/v1\nmetadata:\n\tname: a\n\tdescription: |\n\t\ttext\nspec: { business: product }\n',
    ],
  ])('but not %s', async (_, text) => {
    expect(await mended(text)).toBe(text)
  })

  it('keeps comments, blank lines, order and the way lines are written', async () => {
    const before = `# The deal\n\n${integration('Builder: acme   # they know it\n\n# why: the customers asked\nproblem:   >-\n  two\n  lines\nsupport: {firstLine:    Globex}\n')}# end\n`
    const after = before.replace('Builder', 'builder').replace('Globex', 'globex')
    expect(await mended(before)).toBe(after)
  })

  it('keeps a byte order mark and Windows line ends', async () => {
    const before = `\uFEFF${entity('Organization', 'a', 'Business: product').replaceAll('\n', '\r\n')}`
    expect(await mended(before)).toBe(before.replace('Business', 'business'))
  })

  it('mends what a mend has uncovered, and a second run changes nothing', async () => {
    const text = 'kind: organization\nmetadata:\n\tname: b\nspec:\n\tBusiness: Product\n'
    const folder = await temporaryWorkspace({ 'b.yaml': text })
    const first = await mendWorkspace(folder)
    expect(first.problems).toEqual([])
    expect(first.mended.map(({ code }) => code)).toEqual([
      'workspace.tab',
      'workspace.tab',
      'workspace.kind_unknown',
      'workspace.field_missing',
      'workspace.field_unknown',
      'workspace.word',
    ])
    expect((await mendWorkspace(folder)).mended).toEqual([])
    expect(await readFile(join(folder, 'b.yaml'), 'utf8')).toBe(
      'apiVersion: bridgekeeper.dev/v1\nkind: Organization\nmetadata:\n  name: b\nspec:\n  business: product\n',
    )
  })

  it('only ever takes problems away: whatever is broken, what is left after it was there before', async () => {
    const breaks: readonly ((text: string) => string)[] = [
      (text) => text.replace('business', 'Business'),
      (text) => text.replace('product', 'Product'),
      (text) => text.replace('  legalName', '\tlegalName'),
      (text) => text.replace('2026-01-02', '2026-1-2'),
      (text) => text.replace('fullName', 'full-name'),
      (text) => text.replace('holidays', 'holydays'),
      (text) => text.replace('95 EUR', 'EUR 95'),
      (text) => text.replace('apiVersion: bridgekeeper.dev/v1\n', ''),
      (text) => text.replace('Europe/Berlin', 'europe/berlin'),
      (text) => text.replace("'09:00'", '9:00'),
    ]
    const whole = entity(
      'Organization',
      'a',
      "business: product\nlegalName: A\npeople:\n  - { name: p, fullName: P, joinedOn: 2026-01-02 }\ncalendars:\n  - { name: c, timeZone: Europe/Berlin, hours: [{ days: [monday], from: '09:00', to: '17:00' }], holidays: [] }\nrates:\n  - { role: any, from: 2026-01-01, loadedPerHour: 95 EUR }",
    )
    const folder = await temporaryWorkspace({ 'a.yaml': whole })
    await fc.assert(
      fc.asyncProperty(fc.subarray([...breaks]), async (chosen) => {
        await writeFile(
          join(folder, 'a.yaml'),
          chosen.reduce((text, apply) => apply(text), whole),
        )
        const before = (await loadWorkspace(folder)).problems
        const { problems } = await mendWorkspace(folder)
        expect(problems.every(({ mend }) => mend === undefined)).toBe(true)
        if (!chosen.includes(breaks[5]!)) expect(problems).toEqual([])
        expect(problems.length).toBeLessThanOrEqual(Math.max(before.length, 1))
      }),
      { numRuns: 60 },
    )
  })
})

it('mends are put in wherever they stand, in any order', () => {
  expect(
    applyMends('abcdef', [
      { start: 4, end: 6, text: 'EF' },
      { start: 0, end: 1, text: 'AAA' },
      { start: 2, end: 2, text: '-' },
    ]),
  ).toBe('AAAb-cdEF')
})
