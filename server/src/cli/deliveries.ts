import type { Command } from 'commander'
import type { DeliverySummary, RefusedSummary } from '../webhooks/index.ts'
import { connectApi, queryOf, tellMore } from './api-client.ts'
import type { Io } from './io.ts'

type Shown = Omit<DeliverySummary, 'receivedAt' | 'occurredAt'> & { receivedAt: string; occurredAt: string | null }
type ShownRefused = Omit<RefusedSummary, 'refusedAt'> & { refusedAt: string }

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
    .option('--before <delivery>', 'only older than this one')
    .option('--limit <n>', 'how many', '20')
    .action(async (options: Record<string, string>) => {
      const answer = await (await connectApi(io)).get<{ deliveries: Shown[]; next: string | null }>(`/deliveries${queryOf(options)}`)
      if (io.json) return io.printJson(answer)
      io.printTable(
        answer.deliveries,
        [
          { title: 'DELIVERY', value: (one) => one.id },
          { title: 'STATE', value: (one) => one.state },
          { title: 'EVENT', value: (one) => `${one.source} ${one.event ?? '?'}` },
          { title: 'PROOF', value: (one) => proofOf(io, one) },
          { title: 'RUNS', value: (one) => one.runs, align: 'right' },
          { title: 'PARKED', value: (one) => one.parked || '', align: 'right' },
          { title: 'BYTES', value: (one) => one.bytes, align: 'right' },
          { title: 'RECEIVED', value: (one) => one.receivedAt.slice(0, 19).replace('T', ' ') },
          { title: 'WHY', value: (one) => one.problem ?? '', maxWidth: 60 },
        ],
        'Nothing has arrived yet. Webhooks come in at /webhooks/<platform>; each instance has an address of its own: bridgekeeper instances show',
      )
      tellMore(io, '--before', answer.next)
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
      if (delivery.assurance === 'none') io.print(io.red('unverified: whoever knows the address could have sent it'))
      for (const [name, values] of Object.entries(headers)) for (const value of values) io.print(io.dim(`${name}: ${value}`))
      if (delivery.state === 'unparsable')
        io.print(`${delivery.bytes} bytes that can't be read; as they came: bridgekeeper deliveries body ${id}`)
      else io.print(JSON.stringify(payload, null, 2))
      io.note(`\n${nextStepOf(delivery)}`)
    })
  deliveries
    .command('body')
    .description('The bytes of a delivery as they arrived, to standard output.')
    .argument('<delivery>')
    .action(async (id: string) => {
      const bytes = await (await connectApi(io)).bytes(`/deliveries/${encodeURIComponent(id)}/body`)
      if (io.json) io.printJson({ base64: Buffer.from(bytes).toString('base64') })
      else io.printBytes(bytes)
    })
  deliveries
    .command('refused')
    .description(
      'Webhooks that were answered 401, newest first, and why they were not believed. Of each platform the newest 100 are kept, and at most five of any second; bodies are not.',
    )
    .option('--source <platform>')
    .option('--before <refused>', 'only older than the one with this id')
    .option('--limit <n>', 'how many', '20')
    .action(async (options: Record<string, string>) => {
      const answer = await (await connectApi(io)).get<{ refused: ShownRefused[]; next: string | null }>(
        `/refused-deliveries${queryOf(options)}`,
      )
      if (io.json) return io.printJson(answer)
      io.printTable(
        answer.refused,
        [
          { title: 'REFUSED', value: (one) => one.refusedAt.slice(0, 19).replace('T', ' ') },
          { title: 'SOURCE', value: (one) => one.source },
          { title: 'ADDRESS', value: (one) => (one.address === 'unknown' ? 'of no instance' : (one.instanceId ?? one.address)) },
          { title: 'FROM', value: (one) => one.remoteAddress ?? '' },
          { title: 'BYTES', value: (one) => one.bytes, align: 'right' },
          { title: 'WHY', value: (one) => one.detail },
        ],
        'No webhook was refused. Those that were believed: bridgekeeper deliveries list',
      )
      tellMore(io, '--before', answer.next)
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
      else io.print(`${answer.deliveries === 1 ? '1 delivery is' : `${answer.deliveries} deliveries are`} routed again.`)
    })
}

const proofOf = (io: Io, { assurance }: Shown): string => (assurance === 'none' ? io.red('unverified') : assurance)

/** What to do about a delivery that made no run, or where to see what it made. */
function nextStepOf({ id, state, source, account }: Shown): string {
  const reroute = `bridgekeeper deliveries reroute ${id}`
  switch (state) {
    case 'account-unknown':
      return account === null
        ? `Its payload names no account. Give the partner the address of one instance: bridgekeeper instances show <instance>`
        : `Bind the account, then route again:\n  bridgekeeper instances change <instance> --account ${source}=${account} --reason "…"\n  ${reroute}`
    case 'held':
      return `Resume the instance, or mend what could not route it; then route it again: ${reroute}`
    case 'unparsable':
      return `Mend what can't read it, then route it again: ${reroute}`
    case 'ignored':
      return `No flow wants this event. When one does, route it again: ${reroute}`
    default:
      return `Its runs: bridgekeeper runs list --delivery ${id}`
  }
}
