import { createRequire } from 'node:module'
import { received, testIntegration, tick } from '@bridgekeeper/sdk/testing'
import { github } from './generated/github.ts'
import { helpdesk, type schemas } from './generated/helpdesk.ts'
import integration from './integration.ts'

const webhooks: { name: string; examples: { action?: string }[] }[] = createRequire(import.meta.url)('@octokit/webhooks-examples')

/** A payload as GitHub has sent it. Recorded in 2019, it lacks fields that today's contract has: hence `never`. */
function sent(name: string, action: string): never {
  return webhooks.find((event) => event.name === name)?.examples.find((example) => example.action === action) as never
}

const now = new Date().toISOString()
const ticket: schemas['Ticket'] = {
  id: 'tkt_1',
  number: 1,
  subject: 'Spelling error in the README file',
  description: '',
  status: 'open',
  priority: 'normal',
  tags: ['bug'],
  requester: { name: 'Codertocat', email: 'mona@acme.example' },
  customer_id: null,
  assignee_email: null,
  external_id: 'Codertocat/Hello-World#1',
  source: 'github',
  comment_count: 1,
  created_at: now,
  updated_at: now,
  closed_at: null,
}
const comment: schemas['Comment'] = {
  id: 'cmt_1',
  ticket_id: 'tkt_1',
  body: 'We have found it.',
  visibility: 'public',
  author: { kind: 'agent', name: 'Dilan' },
  external_id: null,
  source: 'agent',
  created_at: now,
  updated_at: now,
}
const reply = (changes: Partial<schemas['Comment']>) =>
  received(helpdesk.webhook('comment.created'), {
    id: 'evt_1',
    type: 'comment.created',
    timestamp: now,
    account_id: 'acc_1',
    data: { comment: { ...comment, ...changes }, ticket },
  })

const missed = {
  id: 71,
  guid: '0b989ba4-242f-11e5-81e1-c7b6966d2516',
  event: 'issues',
  action: 'labeled',
  status: 'Service Unavailable',
  status_code: 503,
}
const delivery = {
  ...missed,
  delivered_at: now,
  redelivery: false,
  duration: 0.1,
  installation_id: null,
  repository_id: 186853002,
  request: { headers: {}, payload: sent('issues', 'labeled') },
  response: { headers: {}, payload: '' },
}

await testIntegration(integration, {
  workspace: import.meta.dirname,
  settings: { label: 'bug', webhook: { repository: 'Codertocat/Hello-World', id: 7 } },
  seed: {
    github: [{ path: '/repos/Codertocat/Hello-World/hooks/7/deliveries/71', record: delivery }],
  },
  scenarios: {
    'an issue becomes a ticket, people talk on both sides, and it is closed and reopened': [
      received(github.webhook('issues.labeled'), sent('issues', 'labeled')),
      received(github.webhook('issue_comment.created'), sent('issue_comment', 'created')),
      reply({}),
      reply({ id: 'cmt_2', body: 'Between us: the customer is angry.', visibility: 'internal' }),
      reply({ id: 'cmt_3', source: 'github' }),
      received(github.webhook('issues.closed'), { ...(sent('issues', 'reopened') as object), action: 'closed' } as never),
      received(github.webhook('issues.reopened'), sent('issues', 'reopened')),
    ],
    'polls find what webhooks missed': [tick('backfillFromGithub'), tick('backfillFromHelpdesk')],
  },
})
