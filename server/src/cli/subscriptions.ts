import type { Command } from 'commander'
import { connectApi } from './api-client.ts'
import type { Io } from './io.ts'

interface ShownSubscription {
  id: string
  organization: string
  name: string
  url: string
  kinds: string[]
  pending: number
  dead: number
  lastDeliveredAt: string | null
}

const at = (subscription: string, verb = '') => `/notification-subscriptions/${encodeURIComponent(subscription)}${verb}`

/** `bridgekeeper subscriptions`: where an organization is told besides its list. */
export function registerSubscriptions(program: Command, io: Io): void {
  const subscriptions = program
    .command('subscriptions')
    .summary('addresses to which notifications are sent as signed webhooks')
    .description(
      `Notifications sent to an address of your organization, signed as Standard Webhooks says: with any of its libraries and the secret that
is shown once, a receiver checks them. Each comes at least once; its id (webhook-id) is the same on every attempt. What is not taken is tried
for about three days and then given up.

Examples:
  bridgekeeper subscriptions add --name chat --url https://hooks.example.com/bridgekeeper --kind notice.announced notice.overdue
  bridgekeeper subscriptions test <subscription>
  bridgekeeper notifications list --dead`,
    )
  subscriptions
    .command('list', { isDefault: true })
    .description('With what waits and what was given up.')
    .action(async () => {
      const answer = await (await connectApi(io)).get<{ subscriptions: ShownSubscription[] }>('/notification-subscriptions')
      if (io.json) return io.printJson(answer)
      io.printTable(
        answer.subscriptions,
        [
          { title: 'NAME', value: (row) => row.name },
          { title: 'OF', value: (row) => row.organization },
          { title: 'ADDRESS', value: (row) => row.url, maxWidth: 60 },
          { title: 'KINDS', value: (row) => row.kinds.join(', ') || 'all' },
          { title: 'WAITING', value: (row) => row.pending, align: 'right' },
          { title: 'GIVEN UP', value: (row) => row.dead, align: 'right' },
          { title: 'LAST TAKEN', value: (row) => row.lastDeliveredAt?.slice(0, 16).replace('T', ' ') ?? 'never' },
          { title: 'ID', value: (row) => row.id },
        ],
        'Notifications are only listed, nothing is sent. Send them: bridgekeeper subscriptions add --name chat --url https://…',
      )
    })
  subscriptions
    .command('add')
    .description('Send notifications to an address. The secret that signs them is shown once.')
    .requiredOption('--name <name>', 'shown in lists')
    .requiredOption('--url <url>', 'public https address')
    .option('--kind <kind...>', 'only these kinds; without it all')
    .option('--organization <name>', 'whose notifications; without it those of the key you use')
    .action(async (options: { name: string; url: string; kind?: string[]; organization?: string }) => {
      const { name, url, kind = [], organization } = options
      const made = await (await connectApi(io)).post<{ id: string; secret: string }>('/notification-subscriptions', {
        name,
        url,
        kinds: kind,
        ...(organization ? { organization } : {}),
      })
      if (io.json) return io.printJson(made)
      io.print(made.secret)
      io.note(`Give it to the receiver: it is not shown again. Try it: bridgekeeper subscriptions test ${made.id}`)
    })
  subscriptions
    .command('test')
    .description('Send a signed test once. Exit code 1 when it was not taken.')
    .argument('<subscription>', 'its id')
    .action(async (subscription: string) => {
      const sent = await (await connectApi(io)).post<{ delivered: boolean; status: number | null; error: string | null }>(
        at(subscription, '/test'),
        {},
      )
      if (io.json) io.printJson(sent)
      else io.print(sent.delivered ? `Taken with status ${sent.status}.` : `Not taken: ${sent.error}`)
      if (!sent.delivered) io.exitCode = 1
    })
  subscriptions
    .command('retry')
    .description('Send again what was given up.')
    .argument('<subscription>', 'its id')
    .action(async (subscription: string) => {
      const answer = await (await connectApi(io)).post<{ retried: number }>(at(subscription, '/retry'), {})
      if (io.json) io.printJson(answer)
      else io.print(`${answer.retried} ${answer.retried === 1 ? 'copy is' : 'copies are'} sent again.`)
    })
  subscriptions
    .command('remove')
    .description('Send nothing more to the address, and forget its secret.')
    .argument('<subscription>', 'its id')
    .action(async (subscription: string) => {
      const answer = await (await connectApi(io)).delete<{ removed: string }>(at(subscription))
      if (io.json) io.printJson(answer)
      else io.print(`${subscription} is removed.`)
    })
}
