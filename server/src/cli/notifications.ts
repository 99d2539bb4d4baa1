import type { Command } from 'commander'
import { connectApi, queryOf } from './api-client.ts'
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
    .option('--kind <kind>', 'for example notice.reminder')
    .option('--before <id>', 'only older than this one')
    .option('--limit <n>', 'how many', '50')
    .action(async (options: { kind?: string; before?: string; limit: string }) => {
      const answer = await (await connectApi(io)).get<{ notifications: ShownNotification[] }>(`/notifications${queryOf({ ...options })}`)
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
    })
}
