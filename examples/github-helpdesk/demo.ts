import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Demo, DemoDelivery } from '@bridgekeeper/sdk'

interface Recorded {
  name: string
  examples: { action?: string }[]
}

/** Payloads that GitHub really sent, collected by the community in `@octokit/webhooks-examples`. */
const recorded = JSON.parse(
  readFileSync(fileURLToPath(import.meta.resolve('@octokit/webhooks-examples/api.github.com/index.json')), 'utf8'),
) as Recorded[]

const customers = ['ada', 'birch', 'cedar']
/** In the order of life: a label comes before the comments. */
const ours = ['issues', 'issue_comment']

/** Three customers with the same events and different wishes. */
const demo: Demo = {
  instances: [
    {
      customer: 'ada',
      integration: 'github-helpdesk',
      organization: 'helpdesk',
      settings: { label: 'bug' },
      accounts: { helpdesk: ['acc_demo'] },
    },
    {
      customer: 'birch',
      integration: 'github-helpdesk',
      organization: 'helpdesk',
      settings: { label: 'bug' },
      // A support team that triages by repository and wants every ticket to be urgent.
      mappings: {
        ticket: `{
          "subject": "[" & repository.name & "] " & issue.title,
          "description": issue.html_url,
          "status": "open",
          "priority": "urgent",
          "tags": ["github", repository.name],
          "requester": { "name": issue.user.login, "email": issue.user.login & "@birch.example" }
        }`,
      },
    },
    {
      customer: 'cedar',
      integration: 'github-helpdesk',
      organization: 'helpdesk',
      settings: { label: 'bug' },
      // Comments with a link back, for agents who answer on GitHub.
      mappings: {
        comment: `{ "body": comment.body & "\\n\\n" & comment.html_url, "author": { "kind": "customer", "name": comment.user.login } }`,
      },
    },
  ],

  // One refusal on purpose, so that there is something to look into: the third customer's ticket.
  faults: { helpdesk: [{ kind: 'status', method: 'POST', path: '/tickets', status: 422, skip: 2, times: 1 }] },

  deliveries: () => [...customers.flatMap((customer) => ours.flatMap((name) => deliveriesOf(named(name), customer))), ...foreign()],

  // The answer appears on the issue.
  act: {
    title: 'An agent answers in the helpdesk',
    async run({ helpdesk }) {
      const headers = { 'x-api-key': 'agent', 'content-type': 'application/json' }
      const { data } = (await (await fetch(`${helpdesk}/tickets?limit=1`, { headers })).json()) as { data: { id: string }[] }
      if (!data[0]) return
      await fetch(`${helpdesk}/tickets/${data[0].id}/comments`, {
        method: 'POST',
        headers,
        body: JSON.stringify({
          body: 'We found the cause; a fix ships on Thursday.',
          author: { kind: 'agent', name: 'Chiara' },
          visibility: 'public',
        }),
      })
    },
  },
}
export default demo

const named = (name: string): Recorded => recorded.find((event) => event.name === name)!

function deliveriesOf({ name, examples }: Recorded, customer: string): DemoDelivery[] {
  const inOrder = [...examples.filter(({ action }) => action === 'labeled'), ...examples.filter(({ action }) => action !== 'labeled')]
  return inOrder.map((example, at) => ({
    platform: 'github',
    customer,
    // The same ids at every start: what was played before is a repeat and does nothing again.
    headers: { 'x-github-event': name, 'x-github-delivery': uuidOf(`${customer}/${name}/${at}`), 'user-agent': 'GitHub-Hookshot/demo' },
    body: inRepositoryOf(customer, example),
  }))
}

/** Each customer has a repository of their own; all else is as GitHub sent it. */
function inRepositoryOf(customer: string, payload: object): unknown {
  return JSON.parse(JSON.stringify(payload).replaceAll('Codertocat/Hello-World', `${customer}/Hello-World`))
}

/** All other kinds of events GitHub sends: stored, and shown as events that no flow wants. */
function foreign(): DemoDelivery[] {
  return recorded
    .filter(({ name }) => !ours.includes(name))
    .flatMap((event) => deliveriesOf({ ...event, examples: event.examples.slice(0, 1) }, 'ada'))
}

function uuidOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}
