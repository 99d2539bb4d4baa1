import type { Command } from 'commander'
import type { DeliverySummary } from '../webhooks/index.ts'
import { connectApi, queryOf } from './api-client.ts'
import type { Io } from './io.ts'

type Shown = Omit<DeliverySummary, 'receivedAt' | 'occurredAt'> & { receivedAt: string; occurredAt: string | null }

export function registerDeliveries(program: Command, io: Io): void {
  const deliveries = program
    .command('deliveries')
    .summary('what arrived, byte for byte; route it again')
    .description('What arrived: webhooks and polled items, kept byte for byte.')
  deliveries
    .command('list', { isDefault: true })
    .description('Newest first.')
    .option('--source <platform>')
    .option('--state <state>', 'accepted, routed, ignored, account-unknown, unparsable or held')
    .option('--event <event>')
    .option('--account <account>')
    .option('--limit <n>', 'how many', '20')
    .action(async (options: Record<string, string>) => {
      const answer = await (await connectApi(io)).get<{ deliveries: Shown[] }>(`/deliveries${queryOf({ ...options, json: undefined })}`)
      if (io.json) return io.printJson(answer)
      io.printTable(
        answer.deliveries,
        [
          { title: 'DELIVERY', value: (one) => one.id },
          { title: 'STATE', value: (one) => one.state },
          { title: 'EVENT', value: (one) => `${one.source} ${one.event ?? '?'}` },
          { title: 'PROOF', value: (one) => one.assurance },
          { title: 'RUNS', value: (one) => one.runs, align: 'right' },
          { title: 'PARKED', value: (one) => one.parked || '', align: 'right' },
          { title: 'BYTES', value: (one) => one.bytes, align: 'right' },
          { title: 'RECEIVED', value: (one) => one.receivedAt.slice(0, 19).replace('T', ' ') },
          { title: 'WHY', value: (one) => one.problem ?? '', maxWidth: 60 },
        ],
        'Nothing has arrived yet. Webhooks come in at /webhooks/<platform>; each instance has an address of its own: bridgekeeper instances show',
      )
    })
  deliveries
    .command('show')
    .description('One delivery with headers and payload.')
    .argument('<delivery>')
    .action(async (id: string) => {
      const answer = await (await connectApi(io)).get<{ delivery: Shown; headers: Record<string, string[]>; payload: unknown }>(
        `/deliveries/${encodeURIComponent(id)}`,
      )
      if (io.json) return io.printJson(answer)
      const { delivery, headers, payload } = answer
      io.print(
        `${io.bold(`${delivery.source} ${delivery.event ?? '(no event)'}`)}: ${delivery.state}${delivery.problem ? `, ${delivery.problem}` : ''}`,
      )
      io.print(
        `received ${delivery.receivedAt}, occurred ${delivery.occurredAt ?? 'unknown'}, account ${delivery.account ?? 'unknown'}, sender's id ${delivery.senderId}`,
      )
      for (const [name, values] of Object.entries(headers)) for (const value of values) io.print(io.dim(`${name}: ${value}`))
      io.print(JSON.stringify(payload, null, 2))
      io.note(`\nIts runs: bridgekeeper runs list --delivery ${delivery.id}`)
    })
  deliveries
    .command('reroute')
    .description('Route deliveries again that made no run, after an account was bound, an instance resumed or a version mended.')
    .argument('[delivery]')
    .option('--state <state>', 'account-unknown, held, unparsable or ignored')
    .option('--source <platform>')
    .option('--account <account>')
    .action(async (id: string | undefined, options: { state?: string; source?: string; account?: string }) => {
      const { state, source, account } = options
      const answer = await (await connectApi(io)).post<{ deliveries: number }>('/deliveries/reroute', {
        ...(id ? { ids: [id] } : { state: state ?? 'account-unknown' }),
        source,
        account,
      })
      if (io.json) io.printJson(answer)
      else io.print(`${answer.deliveries} deliveries are routed again.`)
    })
}
