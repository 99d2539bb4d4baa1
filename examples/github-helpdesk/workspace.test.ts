import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { Ajv2020 } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import jsonata from 'jsonata'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { loadIntegrationCode, loadWorkspace, writeTypes } from '../../server/src/workspace/index.ts'
import { product } from './product.ts'

const webhooks: { name: string; examples: { action?: string }[] }[] = createRequire(import.meta.url)('@octokit/webhooks-examples')
const sent = (name: string, action: string) =>
  webhooks.find((event) => event.name === name)?.examples.filter((example) => example.action === action) ?? []
const folder = import.meta.dirname

describe('the example workspace', () => {
  it('is in order, and its code fits its files', async () => {
    const { workspace, problems } = await loadWorkspace(folder)
    expect(problems).toEqual([])
    expect(await loadIntegrationCode(workspace, 'github-helpdesk')).toMatchObject({ name: 'github-helpdesk', version: '1.0.0' })
  })

  it('has types that are up to date with both contracts', async () => {
    const { workspace } = await loadWorkspace(folder)
    expect((await writeTypes(workspace, { check: true })).map(({ platform, state }) => [platform, state])).toEqual([
      ['github', 'unchanged'],
      ['helpdesk', 'unchanged'],
    ])
  })
})

describe('the default mappings make what the helpdesk takes of everything that GitHub sends', async () => {
  const contract = parse(await readFile(`${folder}/platforms/helpdesk/openapi.yaml`, 'utf8'))
  const ajv = new Ajv2020({ strict: false, allErrors: true }).addSchema(contract, 'helpdesk')
  formats.default(ajv)

  it.each([
    ['ticket', 'issues', 'labeled', 'TicketCreate'],
    ['ticket', 'issue_comment', 'created', 'TicketCreate'],
    ['comment', 'issue_comment', 'created', 'CommentCreate'],
  ] as const)('%s of %s.%s', async (name, event, action, schema) => {
    const payloads = sent(event, action)
    expect(payloads.length).toBeGreaterThan(1)
    for (const payload of payloads) {
      const body = await jsonata(product.mappings[name].expression).evaluate(payload)
      const fits = ajv.validate(`helpdesk#/components/schemas/${schema}`, JSON.parse(JSON.stringify(body)))
      expect(fits, JSON.stringify({ body, errors: ajv.errors })).toBe(true)
    }
  })

  it('ticket of an issue without words, with a label twice, with an endless title', async () => {
    const [event] = structuredClone(sent('issues', 'labeled')) as unknown as [{ issue: Record<string, unknown> }]
    Object.assign(event.issue, { body: null, labels: [{ name: 'urgent' }, { name: 'urgent' }], title: 'x'.repeat(400), state: 'closed' })
    const body = JSON.parse(JSON.stringify(await jsonata(product.mappings.ticket.expression).evaluate(event)))
    expect(body).toMatchObject({
      tags: ['urgent'],
      priority: 'urgent',
      status: 'closed',
      subject: 'x'.repeat(255),
      description: event.issue.html_url,
    })
  })
})
