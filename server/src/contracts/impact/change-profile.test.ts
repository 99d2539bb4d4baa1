import { describe, expect, it } from 'vitest'
import { changeTerms } from '../../workspace/index.ts'
import { compareContracts, judgeImpact, readContract } from '../index.ts'
import type { Json } from '../json.ts'
import { profileOf } from './change-profile.ts'

const document = (schema: Json, request: Json = { type: 'object' }): string =>
  JSON.stringify({
    openapi: '3.1.0',
    info: { title: 'x', version: '1' },
    paths: {
      '/things': {
        post: {
          requestBody: { content: { 'application/json': { schema: request } } },
          responses: { 200: { description: 'ok', content: { 'application/json': { schema } } } },
        },
      },
    },
  })
const states = (...values: string[]): Json => ({ type: 'object', properties: { state: { type: 'string', enum: values } } })

async function judge(before: string, after: string, terms: object, reads: readonly string[] | undefined) {
  const [old, now] = [await readContract({ name: 'api', text: before }), await readContract({ name: 'api', text: after })]
  const change = { before: old, after: now, findings: compareContracts(old, now) }
  const operation = { method: 'POST', path: '/things', sends: [{ field: 'name' }], ...(reads ? { reads } : {}) }
  return judgeImpact(change, { operations: [operation], webhooks: [] }, profileOf(changeTerms.parse(terms)))
}

describe('the profile of an agreement', () => {
  const [one, two] = [document(states('open', 'closed')), document(states('open', 'closed', 'merged'))]

  it('makes of a new value a break, a risk or nothing, by the school of the parties', async () => {
    const outcome = async (profile: string) => (await judge(one, two, { profile }, ['state'])).outcome
    expect([await outcome('strict'), await outcome('standard'), await outcome('tolerant')]).toEqual(['break', 'warn', 'none'])
    expect((await judge(one, two, { profile: 'strict' }, ['other'])).outcome).toBe('none')
  })

  it('makes no break of what nobody knows', async () => {
    expect((await judge(one, two, { profile: 'strict' }, undefined)).outcome).toBe('warn')
  })

  it('yields to what the parties wrote rule by rule', async () => {
    const overrides = [{ rule: 'response-property-enum-value-added', level: 'potentially-breaking' }]
    expect((await judge(one, two, { profile: 'strict', overrides }, ['state'])).outcome).toBe('warn')
    expect((await judge(one, two, { profile: 'tolerant', overrides }, ['state'])).outcome).toBe('warn')
  })

  it('leaves a real break a break in every school', async () => {
    const gone = document({ type: 'object', properties: {} })
    for (const profile of ['strict', 'standard', 'tolerant']) expect((await judge(one, gone, { profile }, ['state'])).outcome).toBe('break')
  })
})

it('says of a newly required field that the client lacks it', async () => {
  const demanding = { type: 'object', properties: { name: { type: 'string' }, size: { type: 'string' } }, required: ['size'] }
  const { outcome, reasons } = await judge(document(states('open')), document(states('open'), demanding), {}, [])
  expect(outcome).toBe('break')
  expect(reasons.map(({ why }) => why)).toContain('The client does not send size.')
})
