import { mapping, type ToolsOf } from '@bridgekeeper/sdk'
import { z } from 'zod'
import { github } from './generated/github.ts'
import { helpdesk } from './generated/helpdesk.ts'

/** Everything about the integration but its flows: what it connects, what a customer may set and map, what it counts. */
export const product = {
  name: 'github-helpdesk',
  version: '1.0.0',
  platforms: { github, helpdesk },
  settings: z.object({
    label: z.string().min(1).default('customer').describe('Issues with this label become tickets.'),
    webhook: z
      .object({ repository: z.string().regex(/^[\w.-]+\/[\w.-]+$/, 'expected owner/name'), id: z.int().positive() })
      .optional()
      .describe('The webhook of your repository. With it, events that GitHub could not deliver are fetched later.'),
  }),
  meters: ['ticket.synced', 'comment.synced'],
  mappings: {
    ticket: mapping(
      { from: [github.webhook('issues.labeled'), github.webhook('issue_comment.created')], to: helpdesk.body('POST', '/tickets') },
      `{
        "subject": $substring(issue.title, 0, 255),
        "description": $join([issue.body, issue.html_url][$], "\\n\\n"),
        "status": issue.state = "closed" ? "closed" : "open",
        "priority": "urgent" in issue.labels.name ? "urgent" : "normal",
        "tags": [$distinct(issue.labels.name)],
        "requester": { "name": issue.user.login, "email": issue.user.login & "@users.noreply.github.com" }
      }`,
    ),
    comment: mapping(
      { from: [github.webhook('issue_comment.created')], to: helpdesk.body('POST', '/tickets/{id}/comments') },
      `{ "body": comment.body, "author": { "kind": "customer", "name": comment.user.login } }`,
    ),
    reply: mapping(
      { from: [helpdesk.webhook('comment.created')], to: github.body('POST', '/repos/{owner}/{repo}/issues/{issue_number}/comments') },
      `{ "body": "**" & data.comment.author.name & "** wrote:\\n\\n" & data.comment.body }`,
    ),
  },
} as const

export type Tools = ToolsOf<typeof product>
