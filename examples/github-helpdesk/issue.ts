import { CustomerDataFailure } from '@bridgekeeper/sdk'

export interface IssueEvent {
  issue: { number: number; labels?: readonly ({ name?: string } | null)[] }
  repository: { full_name: string }
}

/** What an issue is called in the helpdesk's `external_id`, and the lane in which everything about it stays in order: `owner/name#7`. */
export function issueKey({ repository, issue }: IssueEvent): string {
  return `${repository.full_name}#${issue.number}`
}

/** The issue that a ticket came from, as GitHub's paths name it. */
export function issuePath(externalId: string | null | undefined): { owner: string; repo: string; issue_number: number } {
  const [, owner, repo, number] = /^([^/]+)\/([^/]+)#(\d+)$/.exec(externalId ?? '') ?? []
  if (!owner || !repo)
    throw new CustomerDataFailure(`the ticket's external_id ${JSON.stringify(externalId)} was expected to be owner/name#7`)
  return { owner, repo, issue_number: Number(number) }
}

/** The filter of every flow that follows a ticket: without the customer's label an issue has none. */
export function hasLabel({ issue }: IssueEvent, { settings }: { settings: { label: string } }): boolean {
  return (issue.labels ?? []).some((label) => label?.name === settings.label)
}

const mark = /<!-- github-helpdesk (\S+) (\S+) -->\s*$/

/** GitHub has no field for a foreign id, so a comment that we write ends with one that readers do not see. */
export function marked(body: string, commentId: string, deliveryId: string): string {
  return `${body}\n\n<!-- github-helpdesk ${commentId} ${deliveryId} -->`
}

/** What `marked` wrote; `undefined` for everybody else's comments, those that quote one of ours included. */
export function readMark(body: string | undefined): { commentId: string; deliveryId: string } | undefined {
  const [, commentId, deliveryId] = mark.exec(body ?? '') ?? []
  return commentId && deliveryId ? { commentId, deliveryId } : undefined
}
