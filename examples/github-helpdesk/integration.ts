import { defineIntegration, every, on, timeBefore } from '@bridgekeeper/sdk'
import { newComments, undelivered } from './backfill.ts'
import { github } from './generated/github.ts'
import { helpdesk } from './generated/helpdesk.ts'
import { hasLabel, issueKey, issuePath, marked, readMark } from './issue.ts'
import { product } from './product.ts'
import { setStatus, source, ticketOf } from './tickets.ts'

const commentedInHelpdesk = helpdesk.webhook('comment.created')

/**
 * GitHub issues with the customer's label are tickets in the helpdesk: they open, close and reopen with the issue, and comments cross
 * both ways. One lane per issue, in both directions, so nothing about one issue overtakes anything else about it.
 */
export default defineIntegration(product, {
  openTicket: on(github.webhook('issues.labeled'), {
    lane: issueKey,
    // What comes later about an issue makes no sense without its ticket. Everywhere else the lane goes on.
    onPoison: 'block',
    filter: (event, { settings }) => event.label?.name === settings.label,
    async run({ event, ...tools }) {
      await ticketOf(event, tools)
    },
  }),

  closeTicket: on(github.webhook('issues.closed'), {
    lane: issueKey,
    onPoison: 'park',
    filter: hasLabel,
    run: ({ event, ...tools }) => setStatus(event, 'closed', tools),
  }),

  reopenTicket: on(github.webhook('issues.reopened'), {
    lane: issueKey,
    onPoison: 'park',
    filter: hasLabel,
    run: ({ event, ...tools }) => setStatus(event, 'open', tools),
  }),

  commentToHelpdesk: on(github.webhook('issue_comment.created'), {
    lane: issueKey,
    onPoison: 'park',
    // Pull requests have issue comments too; and what carries our mark came from the helpdesk.
    filter: (event, before) => hasLabel(event, before) && !event.issue.pull_request && !readMark(event.comment.body),
    async run({ event, ...tools }) {
      const { helpdesk, map, step, meter } = tools
      const { id } = await ticketOf(event, tools)
      const external_id = String(event.comment.id)
      const known = await step('find comment', async () => {
        const { data } = await helpdesk.GET('/comments', { params: { query: { ticket_id: id, external_id, source } } })
        return data.length > 0
      })
      if (known) return
      await step('add comment', async () => {
        const body = { ...(await map('comment', event)), external_id, source }
        await helpdesk.POST('/tickets/{id}/comments', { params: { path: { id } }, body })
        meter('comment.synced')
      })
    },
  }),

  commentToGithub: on(commentedInHelpdesk, {
    // The key of the ticket's issue: the lane in which GitHub's events about it are, too.
    lane: ({ data }) => data.ticket.external_id ?? data.ticket.id,
    onPoison: 'park',
    filter: ({ data: { comment, ticket } }) => ticket.source === source && comment.source !== source && comment.visibility === 'public',
    async run({ event, delivery, github, map, step, meter }) {
      const { comment, ticket } = event.data
      const path = issuePath(ticket.external_id)
      // GitHub honours no idempotency key: look and write in one step, and count what this delivery wrote, now or before a crash.
      await step('comment on issue', async () => {
        const since = timeBefore(comment.created_at, 'PT10M')
        const list = await github.GET('/repos/{owner}/{repo}/issues/{issue_number}/comments', {
          params: { path, query: { since, per_page: 100 } },
        })
        const written = list.map(({ body }) => readMark(body)).find((mark) => mark?.commentId === comment.id)
        if (!written) {
          const { body } = await map('reply', event)
          await github.POST('/repos/{owner}/{repo}/issues/{issue_number}/comments', {
            params: { path },
            body: { body: marked(body, comment.id, delivery.id) },
          })
        }
        if (!written || written.deliveryId === delivery.id) meter('comment.synced')
      })
    },
  }),

  /** Events that GitHub could not deliver, as it would have sent them, under the ids it would have sent: what did arrive is dropped. */
  backfillFromGithub: every('PT15M', {
    lookBack: 'PT5M',
    initialCursor: ({ now }) => timeBefore(now, 'PT1H'),
    async run({ github, settings, cursor, emit }) {
      if (!settings.webhook) return
      const { newest, deliveries } = await undelivered(github, settings.webhook, cursor.since)
      for (const params of deliveries) {
        const path = '/repos/{owner}/{repo}/hooks/{hook_id}/deliveries/{delivery_id}'
        const { guid, event, action, request, delivered_at } = await github.GET(path, { params })
        const trigger = { platform: 'github', event: action ? `${event}.${action}` : event }
        emit(trigger, { id: guid, event: request.payload, occurredAt: delivered_at })
      }
      await cursor.advance(newest ?? cursor.value)
    },
  }),

  /** The helpdesk keeps no log of its webhooks, so comments are read again; those that crossed before are found by their mark. */
  backfillFromHelpdesk: every('PT15M', {
    lookBack: 'PT5M',
    initialCursor: ({ now }) => timeBefore(now, 'PT1H'),
    async run({ helpdesk, cursor, emit }) {
      const { id: account_id } = await helpdesk.GET('/account')
      let newest = cursor.value
      for await (const data of newComments(helpdesk, cursor.since)) {
        const { id, created_at: timestamp } = data.comment
        const event = { id, type: 'comment.created', timestamp, account_id, data } as const
        emit(commentedInHelpdesk, { id, event, occurredAt: timestamp })
        newest = timestamp
      }
      await cursor.advance(newest)
    },
  }),
})
