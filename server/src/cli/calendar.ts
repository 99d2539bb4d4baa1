import type { Command } from 'commander'
import { connectApi } from './api-client.ts'
import type { Io } from './io.ts'

interface ShownCalendar {
  id: string
  organization: string
  name: string
  hint: string
  createdBy: string
  createdAt: string
  lastReadAt: string | null
  revokedAt: string | null
}

/** `bridgekeeper calendar`: the addresses under which people's calendars read announced changes. */
export function registerCalendar(program: Command, io: Io): void {
  const calendar = program
    .command('calendar')
    .summary('addresses under which calendars read announced changes')
    .description(
      `Announced changes of partners' contracts as an iCalendar feed that calendar programs subscribe to. An address shows what its organization
may see, to whoever has it; it is shown once, and can be revoked.

Examples:
  bridgekeeper calendar create --name "integration team"
  bridgekeeper calendar create --name ada --organization acme
  bridgekeeper calendar revoke ada`,
    )
  calendar
    .command('list', { isDefault: true })
    .description('Revoked ones included.')
    .action(async () => {
      const answer = await (await connectApi(io)).get<{ calendars: ShownCalendar[] }>('/contract-calendars')
      if (io.json) return io.printJson(answer)
      io.printTable(
        answer.calendars,
        [
          { title: 'NAME', value: (row) => row.name },
          { title: 'OF', value: (row) => row.organization },
          { title: 'ADDRESS', value: (row) => `…/${row.hint}…` },
          { title: 'CREATED', value: (row) => `${row.createdAt.slice(0, 10)} by ${row.createdBy}` },
          { title: 'LAST READ', value: (row) => row.lastReadAt?.slice(0, 13).replace('T', ' ').concat(':00') ?? 'never' },
          { title: 'STATE', value: (row) => (row.revokedAt ? `revoked ${row.revokedAt.slice(0, 10)}` : 'valid') },
          { title: 'ID', value: (row) => row.id },
        ],
        'No calendar reads announced changes. Make an address: bridgekeeper calendar create --name "integration team"',
      )
    })
  calendar
    .command('create')
    .description('Make an address. It is shown once.')
    .requiredOption('--name <name>', 'who reads it, for example a team or a person')
    .option('--organization <name>', 'whose changes; without it those of the key you use')
    .action(async ({ name, organization }: { name: string; organization?: string }) => {
      const api = await connectApi(io)
      const made = await api.post<{ url: string; calendar: ShownCalendar }>('/contract-calendars', {
        name,
        ...(organization ? { organization } : {}),
      })
      if (io.json) return io.printJson(made)
      io.print(made.url)
      io.note('Subscribe to it in your calendar program. It is not shown again, and whoever has it reads the changes.')
    })
  calendar
    .command('revoke')
    .description('From this moment the address shows nothing.')
    .argument('<calendar>', 'id, or name where only one valid calendar has it')
    .action(async (reference: string) => {
      const revoked = await (await connectApi(io)).delete<ShownCalendar>(`/contract-calendars/${encodeURIComponent(reference)}`)
      if (io.json) return io.printJson(revoked)
      io.print(`${revoked.name} is revoked.`)
    })
}
