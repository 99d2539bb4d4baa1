import type { MappingInput } from '@bridgekeeper/sdk'
import { type IssueEvent, issueKey } from './issue.ts'
import type { product, Tools } from './product.ts'

/** What we write into the helpdesk carries this, so that we know our own writes when its webhooks come back. */
export const source = 'github'

type TicketEvent = MappingInput<typeof product.mappings.ticket>

/**
 * The ticket of an issue, opened if there is none yet.
 *
 * Looking and opening are two steps. After a crash the first is remembered as "none", so the second repeats its write with the same
 * idempotency key and gets the answer of the first attempt. In one step, the repetition would find the ticket and count nothing.
 */
export async function ticketOf(event: TicketEvent, { helpdesk, map, step, meter }: Tools): Promise<{ id: string }> {
  const key = issueKey(event)
  const found = await step('find ticket', () => findTicket(helpdesk, key))
  if (found) return found
  return step('open ticket', async () => {
    const { id } = await helpdesk.POST('/tickets', { body: { ...(await map('ticket', event)), external_id: key, source } })
    meter('ticket.synced')
    return { id }
  })
}

/** Does nothing when the issue has no ticket, or somebody was there before us. */
export async function setStatus(event: IssueEvent, status: 'open' | 'closed', { helpdesk, step, meter }: Tools): Promise<void> {
  const ticket = await step('find ticket', () => findTicket(helpdesk, issueKey(event)))
  if (!ticket || ticket.status === status) return
  await step('set status', async () => {
    await helpdesk.PATCH('/tickets/{id}', { params: { path: { id: ticket.id } }, body: { status } })
    meter('ticket.synced')
  })
}

async function findTicket(helpdesk: Tools['helpdesk'], key: string) {
  const { data } = await helpdesk.GET('/tickets', { params: { query: { external_id: key, source } } })
  return data[0] ? { id: data[0].id, status: data[0].status } : null
}
