import { describe, expect, it } from 'vitest'
import { compareContracts } from '../compare-contracts.ts'
import { isObject, type Json, type JsonObject } from '../json.ts'
import { readContract } from '../read-contract.ts'
import type { Rule } from './rule.ts'
import { contractRules } from './table.ts'

/** Writes a document of an example another way that means the same, or puts the same thing elsewhere. */
type Rewrite = (document: JsonObject) => JsonObject

const today = new Date('2026-01-01')
const rules = [...contractRules.values()]
const holders = ['requestBody', 'responses', 'parameters', 'headers'] as const

/** Copies a document and lets `change` replace members on the way up; nothing below a replaced member is visited again. */
function mapMembers(node: Json, change: (key: string, value: Json) => Json): Json {
  if (Array.isArray(node)) return node.map((item) => mapMembers(item, change))
  if (!isObject(node)) return node
  return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, change(key, mapMembers(value, change))]))
}

const inPaths = (document: JsonObject, change: (key: string, value: Json) => Json): JsonObject => ({
  ...document,
  paths: mapMembers(document.paths!, change),
})

/** Schemas of bodies, parameters and headers: the only members called `schema`. */
const mapSchemas = (document: JsonObject, change: (schema: Json) => Json) =>
  inPaths(document, (key, value) => (key === 'schema' && (isObject(value) || typeof value === 'boolean') ? change(value) : value))

const withComponents = (document: JsonObject, kind: string, made: JsonObject): JsonObject => {
  const components = (document.components ?? {}) as JsonObject
  return { ...document, components: { ...components, [kind]: { ...((components[kind] ?? {}) as JsonObject), ...made } } }
}

const bodiesOnly = (change: (schema: Json) => Json): Rewrite => {
  return (document) =>
    inPaths(document, (key, value) =>
      key === 'content' && isObject(value)
        ? mapMembers(value, (inner, schema) => (inner === 'schema' && isObject(schema) ? change(schema) : schema))
        : value,
    )
}

const sameMeaning: Record<string, Rewrite> = {
  'with every schema behind a reference': (document) => {
    const made: Record<string, Json> = {}
    const rewritten = mapSchemas(document, (schema) => {
      const name = `Made${Object.keys(made).length}`
      made[name] = schema
      return { $ref: `#/components/schemas/${name}` }
    })
    return withComponents(rewritten, 'schemas', made)
  },
  'with body, parameters, answers and headers behind references': (document) => {
    let result = document
    for (const holder of holders) {
      const made: Record<string, Json> = {}
      const kind = holder === 'requestBody' ? 'requestBodies' : holder
      const hoist = (value: Json): Json => {
        if (!isObject(value) || '$ref' in value) return value
        const name = `Made${Object.keys(made).length}`
        made[name] = value
        return { $ref: `#/components/${kind}/${name}` }
      }
      const rewritten = inPaths(result, (key, value) => {
        if (key !== holder || typeof value !== 'object') return value
        if (holder === 'requestBody') return hoist(value)
        if (Array.isArray(value)) return value.map(hoist)
        return isObject(value) ? Object.fromEntries(Object.entries(value).map(([name, item]) => [name, hoist(item)])) : value
      })
      result = withComponents(rewritten, kind, made)
    }
    return result
  },
  'with a vendor media type': (document) =>
    inPaths(document, (key, value) => {
      if (key !== 'content' || !isObject(value)) return value
      return Object.fromEntries(
        Object.entries(value).map(([type, media]) => [type === 'application/json' ? 'application/vnd.example+json' : type, media]),
      )
    }),
  'as JSON with other order of members': (document) => {
    const reversed = (node: Json): Json => {
      if (Array.isArray(node)) return node.map(reversed)
      return isObject(node)
        ? Object.fromEntries(
            Object.entries(node)
              .reverse()
              .map(([key, value]) => [key, reversed(value)]),
          )
        : node
    }
    return reversed(document) as JsonObject
  },
}

const beside = { title: 'Beside', type: 'object', required: ['beside'], properties: { beside: { const: 'yes' } } }
const deeper: Record<string, Rewrite> = {
  'in a property': bodiesOnly((schema) => ({ type: 'object', properties: { outer: schema } })),
  'in the elements of a list': bodiesOnly((schema) => ({ type: 'array', items: schema })),
  'in the values of a map': bodiesOnly((schema) => ({ type: 'object', additionalProperties: schema })),
  'in properties by pattern': bodiesOnly((schema) => ({ type: 'object', patternProperties: { '^x': schema } })),
  'in a part of allOf': bodiesOnly((schema) => ({ allOf: [{ type: 'object', properties: { other: { type: 'string' } } }, schema] })),
  'in a branch of oneOf': bodiesOnly((schema) => ({
    oneOf: [
      beside,
      {
        ...(schema as JsonObject),
        title: 'Changed',
        properties: { ...((schema as JsonObject).properties as object), kind: { const: 'this' } },
      },
    ],
  })),
  'in a branch of anyOf': bodiesOnly((schema) => ({
    anyOf: [
      beside,
      {
        ...(schema as JsonObject),
        title: 'Changed',
        properties: { ...((schema as JsonObject).properties as object), kind: { const: 'this' } },
      },
    ],
  })),
  'in an object that holds itself': (document) =>
    withComponents(
      bodiesOnly(() => ({ $ref: '#/components/schemas/Node' }))(document),
      'schemas',
      Object.fromEntries(
        bodySchemas(document).map((schema) => [
          'Node',
          {
            ...(schema as JsonObject),
            properties: { ...((schema as JsonObject).properties as object), again: { $ref: '#/components/schemas/Node' } },
          },
        ]),
      ),
    ),
}

function bodySchemas(document: JsonObject): Json[] {
  const found: Json[] = []
  bodiesOnly((schema) => {
    found.push(schema)
    return schema
  })(document)
  return found.slice(-1)
}

const operationOf = (document: JsonObject) => ((document.paths as JsonObject)['/things'] as JsonObject).post as JsonObject

const elsewhere: Record<string, Rewrite> = {
  'in a webhook': (document) => ({
    ...document,
    paths: {},
    webhooks: { thingMade: { post: { requestBody: answerOf(document), responses: { 200: { description: 'Seen' } } } } },
  }),
  'in a callback': (document) => ({
    ...document,
    paths: {
      '/things': {
        post: {
          responses: { 200: { description: 'Done' } },
          callbacks: {
            made: { '{$request.body#/url}': { post: { requestBody: answerOf(document), responses: { 200: { description: 'Seen' } } } } },
          },
        },
      },
    },
  }),
}

const answerOf = (document: JsonObject): Json => (operationOf(document).responses as JsonObject)['200']!

async function count(rule: Rule, rewrite: Rewrite): Promise<number> {
  const { before, after } = rule.example.documents
  const [old, now] = await Promise.all(
    [before, after].map((document, at) => readContract({ name: String(at), text: JSON.stringify(rewrite(document)) })),
  )
  const found = compareContracts(old!, now!, { today, ...rule.example.options })
  return found.filter((finding) => finding.rule === rule.id && finding.level === rule.level).length
}

/** Rules about the names of media types are not about schemas: another name is another change. */
const aboutNames = (rule: Rule) => rule.id.includes('media-type')
const unchanged: Rewrite = (document) => document
const isProperty = (rule: Rule) =>
  /^(new-(required|optional)-request-property|request-(property|read-only-property|required-property|optional-property)|response-(property|write-only|optional|required))/.test(
    rule.id,
  ) && !rule.id.includes('header')
const hasAnswer = (rule: Rule) =>
  rule.direction === 'response' &&
  !/header|status/.test(rule.id) &&
  !aboutNames(rule) &&
  [rule.example.documents.before, rule.example.documents.after].every((document) => {
    const answer = answerOf(document)
    return isObject(answer) && 'content' in answer
  })

describe('a rule fires as often, whatever the way of writing', () => {
  describe.each(Object.entries(sameMeaning))('%s', (_, rewrite) => {
    it.each(rules.filter((rule) => !aboutNames(rule)))('$id', async (rule) =>
      expect(await count(rule, rewrite)).toBe(await count(rule, unchanged)),
    )
  })
})

describe('a rule about properties fires however deep the property stands', () => {
  describe.each(Object.entries(deeper))('%s', (_, rewrite) => {
    it.each(rules.filter(isProperty))('$id', async (rule) => expect(await count(rule, rewrite)).toBeGreaterThan(0))
  })
})

describe('what the provider sends by itself is judged like an answer', () => {
  describe.each(Object.entries(elsewhere))('%s', (_, rewrite) => {
    it.each(rules.filter(hasAnswer))('$id', async (rule) => expect(await count(rule, rewrite)).toBe(await count(rule, unchanged)))
  })
})

describe('a change that stands in several places is told at each of them', () => {
  it.each(rules.filter(hasAnswer))('$id, for two statuses and two media types', async (rule) => {
    const four: Rewrite = (document) =>
      inPaths(document, (key, value) => {
        if (!isObject(value)) return value
        if (key === 'content') {
          const [[type, media]] = Object.entries(value) as [[string, Json]]
          return type === 'application/json' ? { ...value, 'application/vnd.other+json; v=2': media } : value
        }
        return key === 'responses' ? { ...value, 202: value['200']! } : value
      })
    const once = await count(rule, unchanged)
    const types = Object.keys((answerOf(rule.example.documents.before) as JsonObject).content as JsonObject)
    const alone = types.length === 1 && types[0] === 'application/json'
    if (alone) expect(await count(rule, four)).toBe(once * 4)
  })
})
