import type { schemas } from './generated/github.ts'
import type { Tools } from './product.ts'
import { source } from './tickets.ts'

/**
 * What GitHub tried and failed to deliver since a time, oldest first. GitHub lists newest first and keeps three days.
 * An attempt that succeeded later, or that arrived although GitHub never saw our answer, is here too: its guid tells.
 */
export async function undelivered(github: Tools['github'], webhook: { repository: string; id: number }, since: string) {
  const [owner = '', repo = ''] = webhook.repository.split('/')
  const path = { owner, repo, hook_id: webhook.id }
  const list = (cursor?: string) =>
    github.send('GET', '/repos/{owner}/{repo}/hooks/{hook_id}/deliveries', {
      params: { path, query: { per_page: 100, ...(cursor && { cursor }) } },
    })
  const found: schemas['hook-delivery-item'][] = []
  for (let page = await list(); ; ) {
    found.push(...page.body)
    const [, next] = /[?&]cursor=([^&>]+)[^>]*>; rel="next"/.exec(page.headers.link ?? '') ?? []
    if (!next || page.body.some((delivery) => delivery.delivered_at < since)) break
    page = await list(next)
  }
  found.sort((one, other) => Date.parse(one.delivered_at) - Date.parse(other.delivered_at))
  const failed = found.filter(({ delivered_at, status_code }) => delivered_at >= since && (status_code < 200 || status_code > 299))
  return { newest: found.at(-1)?.delivered_at, deliveries: failed.map(({ id }) => ({ path: { ...path, delivery_id: id } })) }
}

/** Comments that people wrote in the helpdesk since a time, oldest first, with their tickets. */
export async function* newComments(helpdesk: Tools['helpdesk'], since: string) {
  const list = (cursor?: string) =>
    helpdesk.GET('/comments', { params: { query: { created_since: since, visibility: 'public', limit: 100, ...(cursor && { cursor }) } } })
  for (let page = await list(); ; ) {
    for (const comment of page.data.filter((one) => one.source !== source)) {
      yield { comment, ticket: await helpdesk.GET('/tickets/{id}', { params: { path: { id: comment.ticket_id } } }) }
    }
    if (!page.next_cursor) break
    page = await list(page.next_cursor)
  }
}
