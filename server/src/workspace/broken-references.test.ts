import { describe, expect, it } from 'vitest'
import { loadWorkspace } from './load-workspace.ts'
import { agreement, cast, entity, integration, problemsOf, temporaryWorkspace } from './temporary-workspace.ts'

interface Case {
  claim: string
  files: Record<string, string>
  problems: string[]
}

const cases: Case[] = [
  {
    claim: 'names of nothing',
    files: { 'i.yaml': integration('builder: initech\nhost: globx\nplan: big-plan\n').replace('shop]', 'shpo]').replace('crm]', 'erp]') },
    problems: [
      'i.yaml:8:41 there is no platform erp in this workspace. There are crm, shop. Correct the name, or add what is missing.',
      'i.yaml:9:43 there is no platform shpo in this workspace. Did you mean shop?',
      'i.yaml:10:12 builder names initech, which is no side of this integration. Use acme, globex, or add initech to spec.sides: whoever has a job in the bridge is a side, third parties too.',
      'i.yaml:11:9 there is no side globx in this integration. Did you mean globex?',
      'i.yaml:12:9 there is no plan big-plan in this workspace. Add a file of kind Plan with this name, or correct the name.',
    ],
  },
  {
    claim: 'people who are not there',
    files: {
      'i.yaml': integration(
        'proposal: { by: acme/adda, on: 2026-01-01, expiresOn: 2026-02-01 }\nknownGaps:\n  - { id: a, title: A, owner: acm/ada, risk: R, mitigation: M, reviewOn: 2026-01-01 }\n  - { id: b, title: B, owner: ada, risk: R, mitigation: M, reviewOn: 2026-01-01 }\n  - { id: b, title: C, owner: globex/ada, risk: R, mitigation: M, reviewOn: 2026-01-01 }\n',
      ),
    },
    problems: [
      'i.yaml:10:19 there is no person acme/adda in this workspace. Did you mean acme/ada?',
      'i.yaml:12:33 there is no organization acm in this workspace. Did you mean acme?',
      'i.yaml:13:33 a person must be written organization/name; here it is “ada”. Did you mean acme/ada?',
      'i.yaml:14:13 the known gap b is there twice. Delete one of them, or give it another name.',
      'i.yaml:14:33 there is no person globex/ada in this workspace. Did you mean globex/gus?',
    ],
  },
  {
    claim: 'agreements about nothing and with nobody',
    files: {
      'i.yaml': integration(''),
      'a.yaml': agreement('integrations: [sync, sink]\nsupersedes: dael\ncommitments:\n  - { id: c, party: initech, does: D }\n'),
    },
    problems: [
      'a.yaml:11:24 there is no integration sink in this workspace. There is only sync. Correct the name, or add what is missing.',
      'a.yaml:12:15 there is no agreement dael in this workspace. Did you mean deal?',
      'a.yaml:14:23 party names initech, which is no party of this agreement. Use acme, globex, or add initech to spec.parties.',
    ],
  },
  {
    claim: 'a party without a side in the bridge',
    files: {
      'i.yaml': integration(''),
      'o.yaml': entity('Organization', 'initech', 'business: service\n'),
      'a.yaml': agreement('integrations: [sync]\n').replace('organization: globex', 'organization: initech'),
    },
    problems: [
      'a.yaml:9:23 initech is a party of this agreement, but no side of the integration sync that it covers. Add initech to spec.sides of sync (it has acme, globex), or take it out of this agreement.',
    ],
  },
  {
    claim: 'a side that brings somebody else’s platform',
    files: { 'i.yaml': integration('').replace('[crm]', '[shop]') },
    problems: [
      "i.yaml:8:41 acme can't bring the platform shop: it belongs to globex. List shop under the side of globex, or correct spec.owner of the platform.",
    ],
  },
  {
    claim: 'a circle is reported once, at its first file',
    files: {
      'a.yaml': agreement('supersedes: b\n', 'a'),
      'b.yaml': agreement('supersedes: c\n', 'b'),
      'c.yaml': agreement('supersedes: a\n', 'c'),
    },
    problems: [
      'a.yaml:11:15 a supersedes b, b supersedes c, c supersedes a: a circle without a first one. Delete or correct supersedes in one of them: a (a.yaml:11), b (b.yaml:11), c (c.yaml:11). Usually the oldest has none.',
    ],
  },
  {
    claim: 'a circle is told also while one of its files is wrong elsewhere',
    files: {
      'a.yaml': agreement('supersedes: b\n', 'a'),
      'b.yaml': agreement('supersedes: a\ngovernigLaw: Bavaria\n', 'b'),
    },
    problems: [
      'a.yaml:11:15 a supersedes b, b supersedes a: a circle without a first one. Delete or correct supersedes in one of them: a (a.yaml:11), b (b.yaml:11). Usually the oldest has none.',
      'b.yaml:12:3 spec has no field governigLaw. Did you mean governingLaw?',
    ],
  },
  {
    claim: 'an agreement that supersedes itself',
    files: { 'a.yaml': agreement('supersedes: a\n', 'a') },
    problems: ['a.yaml:11:15 a supersedes itself. Name another one in supersedes, or delete the line.'],
  },
  {
    claim: 'a plan that was made for another integration',
    files: {
      'i.yaml': integration('plan: p\n'),
      'j.yaml': integration('', 'other'),
      'p.yaml': entity(
        'Plan',
        'p',
        'status: draft\nintegration: other\nparties:\n  - { organization: acme, platform: crm }\n  - { organization: globex, platform: shop }\nassumptions: { currency: EUR, buildHours: 5 }\n',
      ),
    },
    problems: [
      'i.yaml:10:9 the plan p was made for the integration other, not for sync. Name the plan that led to sync here, or correct spec.integration of p.',
    ],
  },
  {
    claim: 'money terms that wait for each other',
    files: {
      'a.yaml': agreement(
        'settlement: { currency: EUR }\nterms:\n  - { id: up, kind: advance, payer: acme, payee: globex, amount: 5 EUR, dueOn: 2026-02-01, recoupFrom: [back, more], recoupShare: 50% }\n  - { id: more, kind: advance, payer: acme, payee: globex, amount: 5 EUR, dueOn: 2026-02-01, recoupFrom: [up], recoupShare: 50% }\n  - { id: back, kind: clawback, of: [up], within: P90D, when: W }\n',
      ),
    },
    problems: [
      'a.yaml:13:107 an advance is recouped from what is earned later; back is a clawback, which earns nothing. Name a term that pays, for example a revenue share.',
      'a.yaml:13:113 an advance is recouped from what is earned later; more is an advance itself. Name a term that pays, for example a revenue share.',
      'a.yaml:14:109 an advance is recouped from what is earned later; up is an advance itself. Name a term that pays, for example a revenue share.',
    ],
  },
  {
    claim: 'an integration that succeeds itself',
    files: {
      'i.yaml': integration('windDown: { announcedOn: 2026-01-01, lastDay: 2026-06-30, notice: N, successor: sync, migration: M }\n'),
    },
    problems: ['i.yaml:10:83 sync is succeeded by itself. Name another one in successor, or delete the line.'],
  },
  {
    claim: 'two entities of one name',
    files: { 'i.yaml': integration(''), 'j.yaml': integration('') },
    problems: [
      'j.yaml:3:19 there are two Integrations named sync; the other is in i.yaml. Give one of them another metadata.name, and correct what refers to it.',
    ],
  },
  {
    claim: 'files that are not there',
    files: {
      'i.yaml': integration('code: ./sycn.ts\ndocumentation:\n  - { title: T, audience: sales, file: ./docs/t.md }\n'),
      'sync.ts': '',
      'p.yaml': entity('Platform', 'p', 'owner: acme\ncontract: { file: "@octokit/nothing/x.json" }\n'),
    },
    problems: [
      'i.yaml:10:9 code points to ./sycn.ts, which does not exist. Did you mean ./sync.ts?',
      'i.yaml:12:42 file points to ./docs/t.md, which does not exist. Looked for docs/t.md. Correct the path; it starts at the folder of this file.',
      'p.yaml:6:21 file points to @octokit/nothing/x.json, which does not exist. Looked for @octokit/nothing/x.json. Correct the path; it starts at the folder of this file.',
    ],
  },
  {
    claim: 'a plan whose parts, ranges and parties do not fit',
    files: {
      'p.yaml': entity(
        'Plan',
        'p',
        'status: draft\nparties:\n  - { organization: acme, platform: crm }\n  - { organization: globex, platform: shop }\nsponsor: initech\nsale: { pricePerInstanceMonth: 1 EUR, instances: { low: 5, likely: 3, high: 9 }, split: { acme: 50%, reseller: 40% } }\nincentives:\n  - { id: x, title: X, to: hosts, kind: cash, amount: { low: 1 EUR, likely: 2 USD, high: 3 EUR } }\nassumptions: { currency: EUR, buildHours: 5 }\n',
      ),
    },
    problems: [
      'p.yaml:9:12 sponsor names initech, which is no party of this plan. Use acme, globex, or add initech to spec.parties.',
      'p.yaml:10:52 instances must be from low over likely to high; here it is low 5, likely 3, high 9. Put them in order, or correct the one that does not fit.',
      'p.yaml:10:91 the parts of a sale must sum to 100%; they sum to 90%. 10% are missing: say who gets them.',
      'p.yaml:10:114 there is no party or job reseller in this plan. Did you mean seller?',
      'p.yaml:12:30 there is no party or job hosts in this plan. Did you mean host?',
      'p.yaml:12:79 this amount is in USD, but low is in EUR. Write it in EUR.',
    ],
  },
  {
    claim: 'a name that can’t be referred to',
    files: { 'o.yaml': entity('Organization', 'Acme Inc.', 'business: product\n') },
    problems: [
      'o.yaml:3:19 name must be a short name in lower case letters, digits and hyphens, at most 63 characters; here it is “Acme Inc.”. Write acme-inc.',
    ],
  },
  {
    claim: 'a document that is no entity',
    files: { 'o.yaml': `${entity('Organization', 'o', 'business: product')}---\n- a\n` },
    problems: [
      'o.yaml:7:1 an entity was expected: fields named apiVersion, kind, metadata and spec; this is a list of 1. Start it with `apiVersion: bridgekeeper.dev/v1` and `kind: Organization` (or Platform, Integration, Agreement, Plan).',
    ],
  },
]

describe('what a file names wrongly is told in words that a product manager understands', () => {
  it.each(cases)('$claim', async ({ files, problems }) => {
    expect(await problemsOf({ 'cast.yaml': cast, ...files })).toEqual(problems)
  })
})

describe('all problems at once', () => {
  const everything = Object.fromEntries(
    cases.flatMap(({ files }, index) => Object.entries(files).map(([file, text]) => [`${index}/${file}`, text])),
  )

  it('come in reading order, and in the same order each time', async () => {
    const folder = await temporaryWorkspace({ 'cast.yaml': cast, ...everything })
    const [first, second] = [await loadWorkspace(folder), await loadWorkspace(folder)]
    expect(first.problems.length).toBeGreaterThan(30)
    expect(second.problems).toEqual(first.problems)
    const places = first.problems.map(({ file, line, column }) => [file, String(line).padStart(6), String(column).padStart(6)].join(':'))
    expect(places).toEqual([...places].sort())
  })

  it('each have a code of the table, a place inside their file and the line that stands there', async () => {
    const { problems } = await loadWorkspace(await temporaryWorkspace({ 'cast.yaml': cast, ...everything }))
    const texts: Record<string, string> = { 'cast.yaml': cast, ...everything }
    for (const { code, file, line, column, excerpt } of problems) {
      expect(code).toMatch(/^workspace\.[a-z_]+$/)
      expect(texts[file]!.split('\n')[line - 1]).toBe(excerpt)
      expect(column).toBeLessThanOrEqual(excerpt.length + 1)
    }
  })
})
