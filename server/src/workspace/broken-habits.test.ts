import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { explainProblems } from './explain-problems.ts'
import { loadWorkspace } from './load-workspace.ts'
import { mendWorkspace } from './mend-workspace.ts'
import { agreement, cast, entity, integration, problemsOf, temporaryWorkspace } from './temporary-workspace.ts'

const told = (files: Record<string, string>) => problemsOf({ 'cast.yaml': cast, ...files })

const gap = '{ id: g, title: T, owner: acme/ada, risk: R, mitigation: M, reviewOn: 2026-01-01 }'

describe('what people and their tools do to files is told as what it is', () => {
  it.each([
    [
      'two versions that git left in the file',
      integration('problem: A\n').replace('  problem: A', '<<<<<<< HEAD\n  problem: A\n=======\n  problem: B\n>>>>>>> theirs'),
      'i.yaml:10:1 two versions of this file were not put together: git left both here. Decide which lines stay, and delete the others together with the lines that start with <<<<<<<, ======= and >>>>>>>.',
    ],
    [
      'a # in a value',
      integration('marketing: { headline: The #1 bridge }\n'),
      'i.yaml:10:30 a # after a space starts a comment, so the } behind it is not read. Put the text with the # in quotes.',
    ],
    [
      'merge keys',
      integration(`knownGaps:\n  - &g ${gap}\n  - { <<: *g, id: h }\n`),
      'i.yaml:12:9 taking over the fields of another group with << is not understood here. Write the fields out: who reads a file should not have to put it together.',
    ],
    [
      'an anchor that repeats too much',
      integration(`knownGaps:\n  - &g ${gap}\n  - *g\n`),
      'i.yaml:12:7 the known gap g is there twice. Delete one of them, or give it another name.',
    ],
    [
      'a tag of another program',
      integration('stageSince: !!timestamp 2026-01-01\n'),
      "i.yaml:10:27 !!timestamp gives this value a type that files can't have. Delete !!timestamp; put the value in quotes if it starts with an exclamation mark.",
    ],
    [
      'a template that was not filled in',
      integration('problem: {{ problem }}\n'),
      'i.yaml:10:12 problem must be text; here it is in double braces. Put text that starts with a brace in quotes.',
    ],
    [
      'hyphens without a space',
      integration('documentation:\n  -title: T\n'),
      'i.yaml:11:5 documentation must be a list; here it is a group with -title. Write a space after each hyphen.',
    ],
    [
      'a line that is indented too far',
      integration('roadmap:\n  - id: a\n').replace('    - id: a', '    - id: a\n     title: T'),
      'i.yaml:12:1 this line is indented differently from the lines it belongs to. Put it exactly below its neighbours: the same number of spaces before each.',
    ],
    [
      'a control character',
      integration('problem: "a\u001B[31m"\n'),
      'i.yaml:10:14 there is an invisible control character (U+001B) in this line. Delete it; it was probably copied from another program.',
    ],
    [
      'a name of another kind',
      integration('plan: crm\n'),
      'i.yaml:10:9 there is no plan crm in this workspace. crm is a platform, and a plan is needed here. Add a file of kind Plan with this name, or correct the name.',
    ],
    [
      'a fee below zero',
      integration('price: { kind: fixed, amount: -5 EUR, per: month }\n'),
      'i.yaml:10:33 amount must be zero or more; here it is “-5 EUR”. Write it without the minus sign. Who pays whom is said by the other fields: exchange the two if it is the other way round.',
    ],
    [
      'a currency that is one letter away from another country’s',
      integration('price: { kind: fixed, amount: 5 BTC, per: month }\n'),
      'i.yaml:10:33 there is no currency BTC. Use the three capital letters of ISO 4217, for example EUR, USD or JPY.',
    ],
    [
      'a version that is not ours on a kind that is',
      integration('').replace('bridgekeeper.dev/v1', 'v1'),
      "i.yaml:1:13 apiVersion can't be “v1”. Use one of: bridgekeeper.dev/v1.",
    ],
  ])('%s', async (_, text, problem) => {
    expect(await told({ 'i.yaml': text })).toEqual([problem])
  })

  it('fields that stand outside spec are told where they belong', async () => {
    const text = 'apiVersion: bridgekeeper.dev/v1\nkind: Organization\nmetadata: { name: o }\nspec:\nbusiness: product\n'
    expect(await told({ 'o.yaml': text })).toEqual([
      'o.yaml:4:1 spec must be a group of fields; here it is empty. Write its fields below it, indented: business.',
      'o.yaml:5:1 business stands outside spec, where it belongs. Indent it, with everything below it, by two spaces under spec.',
    ])
  })

  it('a file that is indented as a whole, or is JSON, is still ours', async () => {
    const spec = 'spec: { busines: product }'
    const indented = `  apiVersion: bridgekeeper.dev/v1\n  kind: Organization\n  metadata: { name: o }\n  ${spec}\n`
    const json = '{"apiVersion": "bridgekeeper.dev/v1", "kind": "Organization", "metadata": {"name": "j"}, "spec": {"busines": "product"}}'
    expect(await told({ 'o.yaml': indented, 'j.yaml': json })).toEqual([
      'j.yaml:1:99 spec has no field busines. Did you mean business?',
      'o.yaml:4:11 spec has no field busines. Did you mean business?',
    ])
  })

  it('old line ends do not move the place of a problem', async () => {
    const text = entity('Organization', 'o', 'business: product\nwebsite: nowhere\n')
    for (const end of ['\r\n', '\r'])
      expect(await told({ 'o.yaml': text.replaceAll('\n', end) })).toEqual([
        'o.yaml:6:12 website must be a web address with http:// or https://; here it is “nowhere”. Write it in full, for example https://example.com/docs.',
      ])
  })
})

describe('what is wrong beside it hides nothing', () => {
  it('rules over several fields of one file', async () => {
    const text = agreement('governigLaw: X\n')
      .replace('status: draft', 'status: signed')
      .replace('role: provider', 'role: boss')
      .replace('end: 2026-12-31, renewal: none', 'end: 2025-12-31, renewal: automatic, renewsFor: often')
    expect((await told({ 'a.yaml': text })).map((line) => line.split('. ', 1)[0])).toEqual([
      'a.yaml:8:7 the agreement is signed, but signedOn is missing',
      "a.yaml:8:35 role can't be “boss”",
      'a.yaml:9:7 the agreement is signed, but signedOn is missing',
      'a.yaml:10:35 end must come after start (2026-01-01); here it is 2025-12-31',
      'a.yaml:10:78 renewsFor must be a length of time in ISO 8601; here it is “often”',
      'a.yaml:11:3 spec has no field governigLaw',
    ])
  })

  it('rules over several files', async () => {
    const files = {
      'i.yaml': integration('roadmap: 5\nplan: p\n').replace('[crm]', '[shop]'),
      'a.yaml': agreement('integrations: [sync]\nfreezes: 1\n').replace('organization: globex', 'organization: initech'),
      'o.yaml': entity('Organization', 'initech', 'business: servce\n'),
      'p.yaml': entity('Plan', 'p', 'status: draft\nintegration: other\nparties: 5\n'),
    }
    const codes = (await loadWorkspace(await temporaryWorkspace({ 'cast.yaml': cast, ...files }))).problems.map(({ code }) => code)
    for (const code of ['owned_by_another', 'party_not_a_side', 'plan_of_another']) expect(codes).toContain(`workspace.${code}`)
  })
})

describe('a file that is hardly text', () => {
  const written = async (file: string, bytes: Buffer) => {
    const folder = await temporaryWorkspace({ 'cast.yaml': cast })
    await writeFile(join(folder, file), bytes)
    return folder
  }
  const first = async (folder: string) => {
    const { problems } = await loadWorkspace(folder)
    return problems.map(({ line, code, message }) => `${line} ${code} ${message}`)
  }

  it('UTF-16 is told, and not passed over', async () => {
    const folder = await written('i.yaml', Buffer.from(`\uFEFF${integration('')}`, 'utf16le'))
    expect(await first(folder)).toEqual(['1 workspace.encoding this file is UTF-16, and UTF-8 was expected'])
  })

  it('Latin-1 is told with its line, and --fix leaves the file as it is', async () => {
    const bytes = Buffer.from(integration('problem: Kündigung\nstageSince: 2026-1-1\n'), 'latin1')
    const folder = await written('i.yaml', bytes)
    expect((await first(folder))[0]).toBe(
      '10 workspace.encoding this line has letters that are not UTF-8, for example from Windows-1252 or Latin-1',
    )
    await mendWorkspace(folder)
    expect((await readFile(join(folder, 'i.yaml'))).equals(bytes)).toBe(true)
  })

  it('ten megabytes are refused at once; twenty thousand broken items are told by the first of them and their number', async () => {
    const huge = await written('i.yaml', Buffer.from(integration(`problem: "${'x'.repeat(10_000_000)}"\n`)))
    expect(await first(huge)).toEqual(['1 workspace.too_large this file has 9.5 MiB; an entity file may have at most 2 MiB'])
    const many = await written('i.yaml', Buffer.from(integration(`knownGaps:\n${'  - { id: g }\n'.repeat(20_000)}`)))
    const { problems } = await loadWorkspace(many)
    expect(problems.length).toBeLessThan(1_100)
    expect(problems.map(({ message }) => message)).toContain('there are 99500 more problems in this entity than are listed')
  })

  it('does not command the terminal it is printed on, nor fill it', async () => {
    const { problems } = await loadWorkspace(
      await temporaryWorkspace({ 'cast.yaml': cast, 'i.yaml': integration(`"\u001B[31mred": "${'x'.repeat(5000)}"\n`) }),
    )
    const printed = explainProblems(problems)
    expect(printed).not.toContain('\u001B')
    for (const line of printed.split('\n').filter((line) => line.includes(' | '))) expect(line.length).toBeLessThan(180)
  })
})

describe('--fix', () => {
  it.each([
    ['a yes where a fact belongs', 'openness:\n  webhooks: yes\n', 'openness:\n  webhooks: { answer: yes }\n'],
    [
      'a day with a time of midnight',
      'openness:\n  webhooks: { answer: yes, attestedBy: acme/ada, attestedOn: 2026-01-01T00:00:00Z }\n',
      '2026-01-01 }',
    ],
    [
      'a day without hyphens',
      'openness:\n  webhooks: { answer: yes, attestedBy: acme/ada, attestedOn: 20260101 }\n',
      'attestedOn: 2026-01-01 }',
    ],
    ['a sign of a currency', 'program: { title: T, tiers: [{ name: t, fee: €500, per: year }] }\n', 'fee: 500 EUR'],
    ['quotes of a word processor', 'program: { title: T, tiers: [{ name: t, fee: “500 EUR”, per: year }] }\n', 'fee: 500 EUR'],
    ['no-break spaces', 'calls:\u00A0{ timeout: PT5S }\n\u00A0\u00A0\n', 'calls: { timeout: PT5S }'],
  ])('mends %s', async (_, spec, expected) => {
    const folder = await temporaryWorkspace({ 'cast.yaml': cast, 'p.yaml': entity('Platform', 'p', `owner: acme\n${spec}`) })
    const { problems } = await mendWorkspace(folder)
    expect(problems).toEqual([])
    expect(await readFile(join(folder, 'p.yaml'), 'utf8')).toContain(expected.split('\n').join('\n  ').trim())
  })

  it('offers nothing for what is right by itself: two days in the wrong order are not rewritten', async () => {
    const folder = await temporaryWorkspace({ 'cast.yaml': cast, 'a.yaml': agreement('').replace('end: 2026-12-31', 'end: 2025-12-31') })
    const { problems, mended } = await mendWorkspace(folder)
    expect([mended, problems.map(({ code, mend }) => [code, mend])]).toEqual([[], [['workspace.date_order', undefined]]])
  })
})
