import type { Command } from 'commander'
import { connectApi, queryOf, tellMore } from './api-client.ts'
import type { Io } from './io.ts'

interface ShownNotification {
  id: string
  organization: string
  kind: string
  title: string
  toldAt: string
}

/** `bridgekeeper notifications`: what organizations were told. */
export function registerNotifications(program: Command, io: Io): void {
  const notifications = program
    .command('notifications')
    .summary('what organizations were told about changes of contracts')
    .description(
      'What your organization was told: changes that were announced, found, moved or taken back, reminders, and answers that are owed.',
    )
  notifications
    .command('list', { isDefault: true })
    .description('Newest first.')
    .option('--dead', 'instead those copies that no subscription took')
    .option('--kind <kind>', 'for example notice.reminder')
    .option('--before <id>', 'only older than this one')
    .option('--limit <n>', 'how many', '50')
    .action(async ({ dead, ...options }: { dead?: boolean; kind?: string; before?: string; limit: string }) => {
      if (dead) return listDead(io, options)
      const answer = await (await connectApi(io)).get<{ notifications: ShownNotification[]; next: string | null }>(
        `/notifications${queryOf(options)}`,
      )
      if (io.json) return io.printJson(answer)
      io.printTable(
        answer.notifications,
        [
          { title: 'TOLD', value: (row) => row.toldAt.slice(0, 16).replace('T', ' ') },
          { title: 'TO', value: (row) => row.organization },
          { title: 'KIND', value: (row) => row.kind },
          { title: 'WHAT', value: (row) => row.title, maxWidth: 100 },
          { title: 'ID', value: (row) => row.id },
        ],
        'Nobody was told anything yet. Announced changes are listed by: bridgekeeper contracts notices',
      )
      tellMore(io, '--before', answer.next)
    })
}

interface DeadCopy {
  notification: string
  kind: string
  title: string
  subscription: string
  attempts: number
  lastError: string | null
  settledAt: string
}

async function listDead(io: Io, page: { before?: string; limit: string }): Promise<void> {
  const api = await connectApi(io)
  const answer = await api.get<{ deliveries: DeadCopy[]; next: string | null }>(
    `/notification-deliveries${queryOf({ state: 'dead', ...page })}`,
  )
  if (io.json) return io.printJson(answer)
  io.printTable(
    answer.deliveries,
    [
      { title: 'GIVEN UP', value: (row) => row.settledAt.slice(0, 16).replace('T', ' ') },
      { title: 'SUBSCRIPTION', value: (row) => row.subscription },
      { title: 'ATTEMPTS', value: (row) => row.attempts, align: 'right' },
      { title: 'WHY', value: (row) => row.lastError, maxWidth: 60 },
      { title: 'WHAT', value: (row) => row.title, maxWidth: 80 },
      { title: 'ID', value: (row) => row.notification },
    ],
    'Nothing was given up. Where notifications are sent is listed by: bridgekeeper subscriptions list',
  )
  tellMore(io, '--before', answer.next)
}
