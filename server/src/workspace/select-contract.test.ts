import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Json, type JsonObject, selectContract, webhooksByEvent } from './select-contract.ts'

const require = createRequire(import.meta.url)
const github: JsonObject = JSON.parse(readFileSync(require.resolve('@octokit/openapi/generated/api.github.com.json'), 'utf8'))
const sent: { name: string; examples: { action?: string }[] }[] =
  require('@octokit/webhooks-examples').default ?? require('@octokit/webhooks-examples')

const operations = Object.entries(github.paths as JsonObject).flatMap(([path, item]) =>
  Object.keys(item as JsonObject)
    .filter((key) => ['get', 'put', 'post', 'patch', 'delete'].includes(key))
    .map((method) => `${method.toUpperCase()} ${path}`),
)
const events = Object.keys(webhooksByEvent(github))

function references(value: Json): string[] {
  if (Array.isArray(value)) return value.flatMap(references)
  if (value === null || typeof value !== 'object') return []
  return [...(typeof value.$ref === 'string' ? [value.$ref] : []), ...Object.values(value).flatMap(references)]
}

describe('the selected part of a contract', () => {
  it('names GitHub’s webhooks as GitHub sends them', () => {
    const names = sent.flatMap(({ name, examples }) => examples.map(({ action }) => (action ? `${name}.${action}` : name)))
    expect(names.length).toBeGreaterThan(200)
    // Examples recorded before GitHub withdrew the event: its contract no longer has them.
    const unknown = [...new Set(names)].filter((name) => !events.includes(name))
    expect(unknown.length / new Set(names).size).toBeLessThan(0.1)
    expect(events).toEqual(expect.arrayContaining(['push', 'issue_comment.created', 'pull_request.review_requested', 'issues.labeled']))
  })

  it('holds everything that it refers to, and nothing that it does not', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.constantFrom(...operations), { maxLength: 5 }),
        fc.uniqueArray(fc.constantFrom(...events), { maxLength: 5 }),
        (chosen, heard) => {
          const part = selectContract(github, { platform: 'github', operations: chosen, webhooks: heard })
          const held = Object.entries(part.components as JsonObject).flatMap(([section, entries]) =>
            Object.keys(entries as JsonObject).map((name) => `#/components/${section}/${name}`),
          )
          expect(new Set(references(part))).toEqual(new Set(held))
          expect(
            Object.entries(part.paths as JsonObject)
              .flatMap(([path, item]) =>
                Object.keys(item as JsonObject)
                  .filter((key) => key !== 'parameters')
                  .map((method) => `${method.toUpperCase()} ${path}`),
              )
              .sort(),
          ).toEqual([...chosen].sort())
          expect(Object.keys(part.webhooks as JsonObject).sort()).toEqual([...heard].sort())
        },
      ),
      { numRuns: 60 },
    )
  })

  it('keeps fields that are named like keywords', () => {
    const schema = {
      type: 'object',
      description: 'Kept. Cut.',
      example: 1,
      properties: {
        description: { type: 'string' },
        title: { type: 'string', title: 'gone' },
        example: { type: 'integer' },
        'x-rate': { type: 'number' },
      },
    }
    const document = {
      openapi: '3.1.0',
      info: {},
      paths: { '/a': { get: { responses: { 200: { description: 'ok', content: { 'application/json': { schema } } } } } } },
    }
    const part = selectContract(document, { platform: 'a' })
    expect(JSON.parse(JSON.stringify(part.paths))['/a'].get.responses[200].content['application/json'].schema).toEqual({
      description: 'Kept.',
      type: 'object',
      properties: {
        description: { type: 'string' },
        title: { type: 'string' },
        example: { type: 'integer' },
        'x-rate': { type: 'number' },
      },
    })
  })

  it('says what was probably meant', () => {
    expect(() => selectContract(github, { platform: 'github', operations: ['GET /repos/{owner}/{repo}/issue'] })).toThrow(
      expect.objectContaining({ code: 'types.operation_unknown', fix: expect.stringContaining('GET /repos/{owner}/{repo}/issues') }),
    )
    expect(() => selectContract(github, { platform: 'github', operations: [], webhooks: ['issues.labelled'] })).toThrow(
      expect.objectContaining({ code: 'types.webhook_unknown', fix: expect.stringContaining('issues.labeled') }),
    )
  })

  it('refuses references that lead nowhere', () => {
    const document = {
      info: {},
      paths: {
        '/a': { get: { responses: { 200: { content: { 'application/json': { schema: { $ref: '#/components/schemas/Gone' } } } } } } },
      },
    }
    expect(() => selectContract(document, { platform: 'a' })).toThrow(expect.objectContaining({ code: 'types.reference_broken' }))
  })
})
