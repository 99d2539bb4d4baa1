import { describe, expect, it } from 'vitest'
import { compareContracts, judgeImpact, type OperationUsage, readContract } from '../index.ts'
import type { Json, JsonObject } from '../json.ts'
import { field, json, object, operation, parameter, reads, sends, text, two } from '../proofs/truths.ts'

interface Case {
  because: string
  before: object
  after: object
  usage: Partial<OperationUsage>
  outcome: string
  why?: string
}

const body = (...shares: (number | undefined)[]): NonNullable<OperationUsage['sends']> =>
  shares.map((share) => ({ field: 'f', ...(share === undefined ? {} : { share }) }))
const values = (...list: Json[]): Partial<OperationUsage> => ({ sends: [{ field: 'f', values: list }] })
const optional = object({ f: text, other: text })
const needed = { before: sends(optional), after: sends({ ...optional, required: ['f'] }) }
const query = two({}, { required: true }, parameter)
const byDefault = two({ schema: { ...text, default: 'a' } }, { schema: { ...text, default: 'b' } }, parameter)
const schema = (from: JsonObject, to: JsonObject) => two(from, to, (part) => sends(object({ f: part })))
const media = two(['application/json', 'application/xml'], ['application/json'], (names) =>
  operation({ requestBody: { content: Object.fromEntries((names as string[]).map((name) => [name, { schema: object({ f: text }) }])) } }),
)
const needsBody = two({}, { required: true }, (more) => operation({ requestBody: { ...json(object({ f: text })), ...more } }))
const answers = two({ 200: { description: 'ok' }, 202: { description: 'later' } }, { 200: { description: 'ok' } }, (responses) =>
  operation({ responses }),
)
const hidden = two({}, { writeOnly: true }, (more) => reads(field({ ...text, ...more })))

/** Verdicts that depend on how often, and as what, something is used. */
const cases: Record<string, Case[]> = {
  'a field that became required': [
    { because: 'it is always sent', ...needed, usage: { sends: body(undefined) }, outcome: 'none' },
    {
      because: 'calls without it are refused',
      ...needed,
      usage: { sends: body(0.7) },
      outcome: 'break',
      why: 'leaves f out in 30 % of its calls',
    },
    {
      because: 'one call in a thousand may be a slip of counting',
      ...needed,
      usage: { sends: body(0.999) },
      outcome: 'warn',
      why: 'under 1 %',
    },
    { because: 'it is never sent', ...needed, usage: { sends: [{ field: 'other' }] }, outcome: 'break', why: 'does not send f' },
    { because: 'nothing is sent', ...needed, usage: { sends: [] }, outcome: 'none' },
  ],
  'a parameter that became required': [
    { because: 'it is always sent', ...query, usage: { sends: [{ field: 'query p' }] }, outcome: 'none' },
    {
      because: 'half of the calls are refused',
      ...query,
      usage: { sends: [{ field: 'query p', share: 0.5 }] },
      outcome: 'break',
      why: '50 %',
    },
    { because: 'nobody looked', ...query, usage: {}, outcome: 'warn', why: 'not known' },
    { because: 'nobody sends what is new', before: operation({}), after: parameter({ required: true }), usage: {}, outcome: 'break' },
  ],
  'a body that became required': [
    { because: 'every call has one', ...needsBody, usage: { sends: body(undefined) }, outcome: 'none' },
    {
      because: 'every fifth call has none',
      ...needsBody,
      usage: { sends: body(undefined), bodyShare: 0.8 },
      outcome: 'break',
      why: '20 %',
    },
  ],
  'a default that became another': [
    { because: 'it is never left out', ...byDefault, usage: { sends: [{ field: 'query p' }] }, outcome: 'none' },
    {
      because: 'pages are of another size for calls without it',
      ...byDefault,
      usage: { sends: [{ field: 'query p', share: 0.5 }] },
      outcome: 'warn',
    },
    { because: 'it is always left out', ...byDefault, usage: { sends: [] }, outcome: 'warn' },
  ],
  'values that are taken no more': [
    { because: 'others are sent', ...schema(text, { ...text, enum: ['a', 'b'] }), usage: values('a'), outcome: 'none' },
    { because: 'one of them is sent', ...schema(text, { ...text, enum: ['a', 'b'] }), usage: values('a', 'c'), outcome: 'break' },
    {
      because: 'it is not known what is sent',
      ...schema(text, { ...text, enum: ['a'] }),
      usage: { sends: body(undefined) },
      outcome: 'break',
    },
    { because: 'the one that is left is sent', ...schema(text, { ...text, const: 'a' }), usage: values('a'), outcome: 'none' },
    { because: 'null is never sent', ...schema({ type: ['string', 'null'] }, text), usage: values('a'), outcome: 'none' },
    { because: 'null is sent', ...schema({ type: ['string', 'null'] }, text), usage: values('a', null), outcome: 'break' },
    {
      because: 'only small numbers are sent',
      ...schema({ type: 'integer', maximum: 9 }, { type: 'integer', maximum: 5 }),
      usage: values(1, 5),
      outcome: 'none',
    },
    {
      because: 'a number above is sent',
      ...schema({ type: 'integer', maximum: 9 }, { type: 'integer', maximum: 5 }),
      usage: values(6),
      outcome: 'break',
    },
    {
      because: 'texts are counted by their letters',
      ...schema({ ...text, maxLength: 9 }, { ...text, maxLength: 2 }),
      usage: values('abc'),
      outcome: 'break',
    },
  ],
  'media types and statuses': [
    { because: 'XML was never sent', ...media, usage: { sends: body(undefined), sendsAs: ['application/json'] }, outcome: 'none' },
    { because: 'XML is sent', ...media, usage: { sends: body(undefined), sendsAs: ['application/xml'] }, outcome: 'break' },
    { because: '202 comes', ...answers, usage: { reads: ['f'], statuses: { 200: 30, 202: 3 } }, outcome: 'break' },
    {
      because: '202 never came in thirty answers',
      ...answers,
      usage: { reads: ['f'], statuses: { 200: 30 } },
      outcome: 'warn',
      why: 'never got 202',
    },
    { because: 'three answers say nothing', ...answers, usage: { reads: ['f'], statuses: { 200: 3 } }, outcome: 'warn', why: 'waits for' },
  ],
  'a field that answers no longer carry': [
    { because: 'it is read', ...hidden, usage: { reads: ['f'] }, outcome: 'break' },
    { because: 'it is not read', ...hidden, usage: { reads: ['g'] }, outcome: 'none' },
  ],
}

describe.each(Object.entries(cases))('%s', (_, list) => {
  it.each(list)('$outcome: $because', async ({ before, after, usage, outcome, why }) => {
    const read = (name: string, document: object) => readContract({ name, text: JSON.stringify(document) })
    const [old, now] = [await read('before', before), await read('after', after)]
    const operations = [{ method: 'POST', path: '/x', ...usage }] as OperationUsage[]
    const impact = judgeImpact({ before: old, after: now, findings: compareContracts(old, now) }, { operations, webhooks: [] })
    expect(impact.outcome, JSON.stringify(impact.reasons)).toBe(outcome)
    if (why !== undefined) expect(impact.reasons.map((reason) => reason.why).join(' ')).toContain(why)
  })
})
