import { describe, expect, it } from 'vitest'
import { agreement, cast, entity, integration, problemsOf } from './temporary-workspace.ts'

interface Case {
  claim: string
  files: Record<string, string>
  problems: string[]
}

const cases: Case[] = [
  {
    claim: 'a field that nobody knows lists what is still free',
    files: { 'i.yaml': integration('wombat: 1\n') },
    problems: [
      'i.yaml:10:3 spec has no field wombat. Delete it, or use one of: stageSince, code, problem, startedBy, proposal, plan, builder, host, seller, supporter, support, serviceLevels, scenarios, documentation, roadmap, marketing, programs, price, valueMetric, funding, knownGaps, waivers, windDown.',
    ],
  },
  {
    claim: 'a field in another spelling names the right one',
    files: { 'i.yaml': integration('knowngaps: []\nroadMap: []\nfundings: []\n') },
    problems: [
      'i.yaml:10:3 spec has no field knowngaps. Did you mean knownGaps?',
      'i.yaml:11:3 spec has no field roadMap. Did you mean roadmap?',
      'i.yaml:12:3 spec has no field fundings. Did you mean funding?',
    ],
  },
  {
    claim: 'missing fields say what to write',
    files: { 'i.yaml': entity('Integration', 'sync', 'relationship: direct\n') },
    problems: [
      'i.yaml:4:1 spec needs the field sides, which is missing. Add sides: a list below it; each item starts with a hyphen and has organization.',
      'i.yaml:4:1 spec needs the field stage, which is missing. Add stage: one of proposed, experimental, pilot, beta, ga, deprecated, sunset, retired.',
    ],
  },
  {
    claim: 'missing fields of list items say which item',
    files: { 'i.yaml': integration('roadmap:\n  - { id: a, title: A }\nfunding:\n  - side: acme\n') },
    problems: [
      'i.yaml:11:7 item 1 of roadmap needs the field commitment, which is missing. Add commitment: one of committed, planned, exploring.',
      'i.yaml:11:7 item 1 of roadmap needs the field kind, which is missing. Add kind: one of feature, maintenance, upgrade, removal.',
      'i.yaml:11:7 item 1 of roadmap needs the field side, which is missing. Add side: the organization of one side, for example acme.',
      'i.yaml:13:7 item 1 of funding needs the field amount, which is missing. Add amount: an amount of money, for example 1250.00 EUR.',
      'i.yaml:13:7 item 1 of funding needs the field from, which is missing. Add from: a day as YYYY-MM-DD, for example 2026-09-30.',
      'i.yaml:13:7 item 1 of funding needs the field per, which is missing. Add per: one of once, month, year.',
      'i.yaml:13:7 item 1 of funding needs the field purpose, which is missing. Add purpose: one of build, run, marketing.',
      'i.yaml:13:7 item 1 of funding needs the field until, which is missing. Add until: a day as YYYY-MM-DD, for example 2026-09-30.',
    ],
  },
  {
    claim: 'wrong types say what was expected and what is there',
    files: { 'i.yaml': integration('problem: 12\nsupport: yes\nscenarios: { name: a }\nknownGaps: none\nscenarios2: 1\n') },
    problems: [
      "i.yaml:10:12 problem must be text; here it is the number 12. Put it in quotes: '12'.",
      'i.yaml:11:12 support must be a group of fields; here it is “yes”. Write its fields below it, indented: firstLine.',
      'i.yaml:12:14 scenarios must be a list; here it is a group with name. Write a list below it; each item starts with a hyphen and has name and title.',
      'i.yaml:13:14 knownGaps must be a list; here it is “none”. Write a list below it; each item starts with a hyphen and has id, title, owner, risk, mitigation and reviewOn.',
      'i.yaml:14:3 spec has no field scenarios2. Delete it, or use one of: stageSince, code, startedBy, proposal, plan, builder, host, seller, supporter, serviceLevels, documentation, roadmap, marketing, programs, price, valueMetric, funding, waivers, windDown.',
    ],
  },
  {
    claim: 'a field with nothing after it is not the same as leaving it out',
    files: { 'i.yaml': integration('problem:\nsupport:\nserviceLevels:\n  -\n') },
    problems: [
      'i.yaml:10:3 problem must be text; here it is empty. Write it, or leave the whole field out.',
      'i.yaml:11:3 support must be a group of fields; here it is empty. Write its fields below it, indented: firstLine.',
      'i.yaml:13:6 item 1 of serviceLevels must be a group of fields; here it is empty. Write its fields below it, indented: name, indicator and objective.',
    ],
  },
  {
    claim: 'blank text is no text',
    files: { 'i.yaml': integration('problem: "  "\n') },
    problems: [
      'i.yaml:10:12 problem must be text that says something; here it is “  ”. Write it, or leave the whole field out: what is left out is reported as missing, not hidden.',
    ],
  },
  {
    claim: 'numbers outside their bounds',
    files: {
      'p.yaml': entity(
        'Plan',
        'p',
        'status: draft\nparties:\n  - { organization: acme, platform: crm }\n  - { organization: globex, platform: shop }\nassumptions: { currency: EUR, buildHours: -5, draws: 3, seed: 1.5 }\nincentives: []\n',
      ),
    },
    problems: [
      'p.yaml:9:45 buildHours must be more than 0; here it is the number -5. Correct the number.',
      'p.yaml:9:56 draws must be at least 100; here it is the number 3. Correct the number.',
      'p.yaml:9:65 seed must be a whole number; here it is the number 1.5. Write a whole number.',
    ],
  },
  {
    claim: 'days that do not exist, and texts that are no days',
    files: {
      'i.yaml': integration(
        'stageSince: 2026-02-30\nproposal: { by: acme/ada, on: 2026-13-01, expiresOn: tomorrow }\nroadmap:\n  - { id: a, title: A, side: acme, kind: feature, commitment: planned, targetDate: 31.12.2026 }\n',
      ),
    },
    problems: [
      'i.yaml:10:15 the day 2026-02-30 does not exist. That month has 28 days: use 2026-02-28 or correct the day.',
      'i.yaml:11:33 the day 2026-13-01 does not exist. The middle number is the month, 01 to 12. Day and month may have changed places.',
      'i.yaml:11:56 expiresOn must be a day as YYYY-MM-DD; here it is “tomorrow”. Write year, month and day, for example 2026-09-30.',
      'i.yaml:13:86 targetDate must be a day as YYYY-MM-DD; here it is “31.12.2026”. Write year, month and day, for example 2026-09-30.',
    ],
  },
  {
    claim: 'an end before its start',
    files: {
      'a.yaml': agreement(
        'incentives:\n  - { id: x, party: acme, kind: cash, title: X, amountPerYear: 1 EUR, from: 2026-05-01, expiresOn: 2026-04-01 }\n',
      ).replace('end: 2026-12-31', 'end: 2025-12-31'),
    },
    problems: [
      'a.yaml:10:35 end must come after start (2026-01-01); here it is 2025-12-31. Correct one of the two days. They may have changed places.',
      'a.yaml:12:102 expiresOn must come after from (2026-05-01); here it is 2026-04-01. Correct one of the two days. They may have changed places.',
    ],
  },
  {
    claim: 'currencies that do not exist and amounts that can’t be paid',
    files: {
      'a.yaml': agreement(
        'terms:\n  - { id: a, kind: retainer, payer: acme, payee: globex, amount: 10 EURO, per: month }\n  - { id: b, kind: retainer, payer: acme, payee: globex, amount: 10.50 JPY, per: month }\n  - { id: c, kind: retainer, payer: acme, payee: globex, amount: 1.000,50 EUR, per: month }\n  - { id: d, kind: retainer, payer: acme, payee: globex, amount: 100, per: month }\nsettlement: { currency: ABC }\n',
      ),
    },
    problems: [
      'a.yaml:12:68 there is no currency EURO. Did you mean EUR?',
      'a.yaml:13:68 amount must be an amount that can be paid in JPY, with no decimal places; here it is “10.50 JPY”. Round it. Prices per unit, per instance and per hour may be finer; amounts may not.',
      'a.yaml:14:68 amount must be an amount of money; here it is the number 1. Write it with its currency, for example 1 EUR.',
      'a.yaml:14:74 item 3 of terms has no field 50 EUR. Delete it, or use one of: clause, from, until.',
      'a.yaml:15:68 amount must be an amount of money; here it is the number 100. Write it with its currency, for example 100 EUR.',
      'a.yaml:16:27 there is no currency ABC. Use the three capital letters of ISO 4217, for example EUR, USD or JPY.',
    ],
  },
  {
    claim: 'shares that do not sum to the whole',
    files: {
      'a.yaml': agreement(
        'terms:\n  - { id: a, kind: revenue-share, collector: acme, shares: [{ party: acme, share: 60% }, { party: globex, share: 37% }] }\n  - { id: b, kind: revenue-share, collector: acme, tiers: [{ above: 5 EUR, shares: [{ party: acme, share: 100% }] }, { above: 4 EUR, shares: [{ party: acme, share: 101% }] }] }\n  - { id: c, kind: revenue-share, collector: acme }\n  - { id: d, kind: revenue-share, collector: acme, shares: [{ party: acme, share: 0.7 }] }\nsettlement: { currency: EUR }\n',
      ),
    },
    problems: [
      'a.yaml:12:62 the shares must sum to 100%; they sum to 97%. 3% are missing: say who gets them.',
      'a.yaml:13:71 above must be zero in the first tier; here it is 5.00 EUR. Put them in order, or correct the one that does not fit.',
      'a.yaml:13:129 above must be more than in the tier before; here it is 4.00 EUR. Put them in order, or correct the one that does not fit.',
      'a.yaml:13:167 share must be a percentage from 0% to 100%; here it is “101%”. A part can’t be more than the whole.',
      'a.yaml:14:7 revenue is shared, but shares is missing. Add shares, or tiers with shares, that sum to 100%.',
      'a.yaml:15:85 share must be a percentage from 0% to 100%; here it is the number 0.7. Write it with a percent sign: 70%.',
    ],
  },
  {
    claim: 'one of several forms, in none of them',
    files: {
      'p.yaml': entity(
        'Platform',
        'p',
        'owner: acme\nauthentication: { kind: oauth }\nwebhooks:\n  verification: { secret: x }\n  deliveryId: X-Id\n  event: [{ header: X, body: /a }]\n  account: { body: id }\n',
      ),
    },
    problems: [
      "p.yaml:6:27 kind can't be “oauth”. Use one of: apiKey, bearer, basic, header, none.",
      'p.yaml:8:5 verification needs the field scheme, which is missing. Add scheme: one of standard-webhooks, github, stripe, shopify, slack, adyen, hmac, basic, mtls-header, unverified.',
      'p.yaml:9:17 deliveryId must be exactly one of header, body or query, a list of such places, or { digest: body } where the sender gives no id; here it is “X-Id”. Write it like { header: X-Request-Id }.',
      'p.yaml:10:13 item 1 of event must be exactly one of header, body or query; here it is a group with header and body. Write it like { header: X-Request-Id }.',
      'p.yaml:11:22 body must be a JSON Pointer; here it is “id”. Write it like /installation/id.',
    ],
  },
  {
    claim: 'a signature that would verify less than it seems',
    files: {
      'p.yaml': entity(
        'Platform',
        'p',
        'owner: acme\nwebhooks:\n  verification: { scheme: hmac, header: X Sig, parts: [timestamp] }\n  deliveryId: { header: X-Id }\n  event: []\n',
      ),
    },
    problems: [
      'p.yaml:7:19 the signature covers the timestamp, but timestamp is missing. Say where the signed time stands, for example timestamp: { header: X-Timestamp }.',
      'p.yaml:7:43 header must be the name of an HTTP header; here it is “X Sig”. Write it like X-Request-Id.',
      'p.yaml:7:57 the signature does not cover the body. Add body to the parts: otherwise any content would pass.',
      'p.yaml:9:12 event must be a list of at least 1; here it is an empty list. Add what is missing.',
    ],
  },
  {
    claim: 'targets that nobody can measure',
    files: {
      'a.yaml': agreement(
        'commitments:\n  - { id: c, party: acme, does: D, measure: { indicator: availabilty }, target: { atLeast: often } }\n  - { id: d, party: acme, does: D, target: 99% }\n  - { id: e, party: acme, does: D, clock: acme/nights }\n',
      ),
    },
    problems: [
      "a.yaml:12:60 indicator can't be “availabilty”. Did you mean availability?",
      'a.yaml:12:94 atLeast must be a percentage, a length of time or a number; here it is “often”. Write 99.5% for a share, PT4H for four hours, P90D for ninety days, or a plain number.',
      'a.yaml:13:46 target must be exactly one of atLeast or atMost; here it is “99%”. Write it like { atLeast: 99.5% }.',
      'a.yaml:14:45 there is no calendar acme/nights in this workspace. acme lists acme/office. Correct the name, or add what is missing.',
    ],
  },
  {
    claim: 'a price and service levels that contradict themselves',
    files: {
      'i.yaml': integration(
        'price: { kind: free, amount: 5 EUR }\nserviceLevels:\n  - { name: a, indicator: latency, objective: 99% }\n  - { name: b, indicator: availability, objective: 100.5%, threshold: PT1M }\n',
      ),
    },
    problems: [
      'i.yaml:10:32 the price is free, but there is amount. Delete amount, or choose another kind of price.',
      'i.yaml:12:7 latency is measured as time, but threshold is missing. Add up to when an event is good, for example threshold: PT5M.',
      'i.yaml:13:54 objective must be a percentage from 0% to 100%; here it is “100.5%”. A part can’t be more than the whole.',
      'i.yaml:13:73 availability is no time, so threshold says nothing. Delete the threshold, or measure latency or freshness.',
    ],
  },
  {
    claim: 'a waiver that one side signed alone',
    files: {
      'i.yaml': integration('waivers:\n  - { check: x, reason: R, signedBy: [acme/ada], grantedOn: 2026-05-01, expiresOn: 2026-04-01 }\n'),
    },
    problems: [
      'i.yaml:11:40 signedBy must be people of at least two organizations; here it is “acme/ada”. Add somebody of the other side: whoever lives with the consequences signs too.',
      'i.yaml:11:86 expiresOn must come after grantedOn (2026-05-01); here it is 2026-04-01. Correct one of the two days. They may have changed places.',
    ],
  },
  {
    claim: 'pushes that do not fit together',
    files: {
      'i.yaml': integration(
        'roadmap:\n  - { id: a, title: A, side: acme, kind: upgrade, commitment: committed, targetDate: 2026-09-01, pushes: [{ from: 2026-01-01, to: 2026-03-01, decidedOn: 2026-01-01, reason: R }, { from: 2026-04-01, to: 2026-08-01, decidedOn: 2026-03-01, reason: R }] }\n',
      ),
    },
    problems: [
      'i.yaml:11:133 this push ends at 2026-03-01, but the next one starts at 2026-04-01. Correct one of the two days.',
      'i.yaml:11:205 this push ends at 2026-08-01, but targetDate is 2026-09-01. Correct one of the two days.',
    ],
  },
  {
    claim: 'a signed agreement without signatures, settlement, renewal',
    files: {
      'a.yaml': agreement(
        'terms:\n  - { id: x, kind: retainer, payer: acme, payee: acme, amount: 1 EUR, per: month }\n  - { id: y, kind: clawback, of: [z], within: P1M, when: W }\n',
      )
        .replace('status: draft', 'status: signed')
        .replace('renewal: none', 'renewal: automatic'),
    },
    problems: [
      'a.yaml:5:3 there are commercial terms, but settlement is missing. Add it, for example settlement: { currency: EUR }; everything else in it has a default.',
      'a.yaml:8:7 the agreement is signed, but signedOn is missing. Add the day on which acme signed, or write status: draft until it has.',
      'a.yaml:9:7 the agreement is signed, but signedOn is missing. Add the day on which globex signed, or write status: draft until it has.',
      'a.yaml:10:9 it renews automatically, but renewsFor is missing. Add for how long, for example renewsFor: P1Y.',
      'a.yaml:12:52 acme would pay itself. Correct payer or payee.',
      'a.yaml:13:37 there is no other term z in this agreement. The terms are x, y.',
    ],
  },
  {
    claim: 'facts that are neither yes nor no',
    files: {
      'p.yaml': entity('Platform', 'p', 'owner: acme\nopenness:\n  webhooks: { answer: true, attestedBy: acme/ada }\n  sandbox: maybe\n'),
    },
    problems: [
      'p.yaml:7:15 there is attestedBy, but attestedOn is missing. Add the day on which this person said so.',
      "p.yaml:7:25 answer can't be true. Did you mean yes?",
      'p.yaml:8:14 sandbox must be a group of fields; here it is “maybe”. Write its fields below it, indented: answer.',
    ],
  },
  {
    claim: 'working hours that nobody works',
    files: {
      'o.yaml': entity(
        'Organization',
        'o',
        'business: product\ncalendars:\n  - { name: n, timeZone: Berlin, hours: [{ days: [], from: "22:00", to: "06:00" }] }\n',
      ),
    },
    problems: [
      'o.yaml:7:28 timeZone must be a time zone of the IANA list; here it is “Berlin”. Write region and city, for example Europe/Berlin, or UTC.',
      'o.yaml:7:52 days must be a list of at least 1; here it is an empty list. Add what is missing.',
      'o.yaml:7:75 to must be later than from (22:00); here it is “06:00”. Write a night shift as two: until 24:00, and from 00:00 of the next day.',
    ],
  },
]

describe('what a file says wrongly is told in words that a product manager understands', () => {
  it.each(cases)('$claim', async ({ files, problems }) => {
    expect(await problemsOf({ 'cast.yaml': cast, ...files })).toEqual(problems)
  })
})
