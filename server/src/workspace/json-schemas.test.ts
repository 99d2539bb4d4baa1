import { readdirSync, readFileSync } from 'node:fs'
import { Ajv } from 'ajv'
import addFormats from 'ajv-formats'
import { beforeAll, describe, expect, it } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { findYamlFiles, looksLikeEntities } from './find-files.ts'
import { printJsonSchemas } from './json-schemas.ts'
import { agreement, cast, entity, integration } from './temporary-workspace.ts'

const project = new URL('../../../', import.meta.url).pathname
const documents = (text: string) => parseAllDocuments(text).map((document): unknown => document.toJS())

let ajv: Ajv
beforeAll(() => {
  ajv = new Ajv({ allErrors: true, strict: true, strictRequired: false, allowUnionTypes: true })
  addFormats.default(ajv)
  for (const [file, text] of printJsonSchemas()) ajv.addSchema(JSON.parse(text), file)
})
const judge = (value: unknown) => ajv.validate('entity.schema.json', value)

describe('the JSON Schemas for editors', () => {
  it('in docs/schemas are the ones that the program prints; `bridgekeeper workspace schemas --out docs/schemas` brings them up to date', () => {
    const folder = `${project}docs/schemas/`
    // The schema of what a program exports, not of what an author writes: printed and compared with the other documents (`printed-docs.ts`).
    const files = readdirSync(folder).filter((file) => file !== 'consumer-contract.schema.json')
    const present = new Map(files.map((file) => [file, readFileSync(folder + file, 'utf8')]))
    expect([...present.keys()].sort()).toEqual([...printJsonSchemas().keys()].sort())
    for (const [file, text] of printJsonSchemas()) expect(present.get(file), file).toBe(text)
  })

  it('accept every entity of the examples', async () => {
    const files = await findYamlFiles(`${project}examples`)
    const entities = files
      .map((file) => readFileSync(`${project}examples/${file}`, 'utf8'))
      .filter(looksLikeEntities)
      .flatMap(documents)
    expect(entities.length).toBeGreaterThan(10)
    for (const value of entities) expect(judge(value) || ajv.errorsText(), JSON.stringify(value).slice(0, 120)).toBe(true)
  })

  it.each([
    ['an unknown field', integration('wombat: 1')],
    ['a missing field', entity('Integration', 'a', 'stage: ga')],
    ['a wrong word', entity('Organization', 'a', 'business: both')],
    ['a wrong type', integration('knownGaps: none')],
    ['a name that can’t be referred to', entity('Organization', 'Acme Inc', 'business: product')],
    ['an amount without a currency', integration('price: { kind: fixed, amount: "5", per: month }')],
    ['a share without a sign', integration('price: { kind: free, split: [{ party: acme, share: "70" }] }')],
    ['a day that is none', integration('stageSince: tomorrow')],
    [
      'a person without an organization',
      integration('knownGaps: [{ id: a, title: A, owner: ada, risk: R, mitigation: M, reviewOn: 2026-01-01 }]'),
    ],
    ['an unknown kind', entity('Team', 'a', 'business: product')],
  ])('refuse %s', (_, text) => {
    expect(judge(documents(text)[0])).toBe(false)
  })

  it('accept what the program accepts', () => {
    for (const value of [...documents(cast), ...documents(integration('')), ...documents(agreement(''))])
      expect(judge(value) || ajv.errorsText()).toBe(true)
  })

  it('explain a field where its name alone would not', () => {
    const { spec } = (
      JSON.parse(printJsonSchemas().get('integration.schema.json')!) as {
        properties: { spec: { properties: Record<string, { description?: string }> } }
      }
    ).properties
    expect(spec.properties.relationship?.description).toBe('Sets who sells, who supports first, whose brand.')
    expect(spec.properties.stageSince?.description).toBe('A day as YYYY-MM-DD.')
  })
})
