import type { Command } from 'commander'
import type { Instance } from '../runtime/index.ts'
import { type ApiClient, connectApi, queryOf, tellMore } from './api-client.ts'
import { type CustomerOptions, customerFactsOf, describeCustomer, withCustomerOptions } from './customer-options.ts'
import { registerCustomisation } from './customisation.ts'
import { errors } from './errors.ts'
import type { Io } from './io.ts'
import { describeConnections, idsOfConnections } from './named-connections.ts'

type Shown = Omit<Instance, 'createdAt' | 'changedAt' | 'key'> & {
  createdAt: string
  changedAt: string
  unconnected: string[]
  webhookUrls: Record<string, string>
}

const collect = (value: string, before: string[]): string[] => [...before, value]

/** `name=value` pairs; a value that is JSON is read as JSON, so numbers and lists can be given. */
function pairs(list: readonly string[], what: string): Record<string, string> {
  return Object.fromEntries(
    list.map((pair) => {
      const at = pair.indexOf('=')
      if (at < 1) throw errors.pair_expected({ what, found: pair })
      return [pair.slice(0, at), pair.slice(at + 1)]
    }),
  )
}

function asSettings(list: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(pairs(list, 'setting')).map(([name, value]) => [name, jsonOrText(value)]))
}

function jsonOrText(value: string): unknown {
  try {
    return JSON.parse(value)
  } catch {
    return value
  }
}

function accountsOf(list: readonly string[]): Record<string, string[]> {
  const accounts: Record<string, string[]> = {}
  for (const [platform, account] of list.map((pair) => Object.entries(pairs([pair], 'account'))[0]!))
    accounts[platform] = [...(accounts[platform] ?? []), account]
  return accounts
}

export function registerInstances(program: Command, io: Io): void {
  const instances = program
    .command('instances')
    .summary("customers' installations: settings, mappings, versions")
    .description("Customers' installations of integrations.")
  instances
    .command('list', { isDefault: true })
    .description('Oldest first.')
    .option('--integration <name>')
    .option('--customer <name>')
    .option('--state <state>', 'active, paused or removed')
    .option('--after <instance>', 'only newer than the one with this id')
    .option('--limit <n>', 'how many', '100')
    .action(async (options: Record<string, string>) => {
      const answer = await (await connectApi(io)).get<{ instances: Shown[]; next: string | null }>(`/instances${queryOf(options)}`)
      if (io.json) return io.printJson(answer)
      io.printTable(
        answer.instances,
        [
          { title: 'INSTANCE', value: (one) => `${one.customer}/${one.name}` },
          { title: 'INTEGRATION', value: (one) => `${one.integration} ${one.version}` },
          { title: 'STATE', value: (one) => one.state },
          { title: 'REV', value: (one) => one.revision, align: 'right' },
          { title: 'MAPPED', value: (one) => Object.keys(one.mappings).join(', ') || 'default' },
          { title: 'ID', value: (one) => one.id },
        ],
        'No instances yet. Make one: bridgekeeper instances add --help',
      )
      tellMore(io, '--after', answer.next)
    })
  instances
    .command('show')
    .description('One instance with settings, mappings, connections and webhook addresses.')
    .argument('<instance>', 'id, customer/name, or name')
    .action(async (name: string) => {
      const api = await connectApi(io)
      const one = await api.get<Shown>(`/instances/${encodeURIComponent(name)}`)
      if (io.json) return io.printJson(one)
      await printInstance(io, api, one)
    })
  registerCustomisation(instances, io)
  withCustomerOptions(instances.command('add'))
    .description('Install an integration for a customer.')
    .requiredOption('--integration <name>')
    .requiredOption('--organization <name>', 'who runs it for the customer')
    .requiredOption('--customer <name>')
    .option('--synthetic', 'belongs to no customer: canaries cross it, and nothing on it is billed or counted')
    .option('--name <name>', 'tells several installations apart', 'main')
    .option('--set <name=value>', 'a setting; repeat for more', collect, [])
    .option('--connect <platform=connection>', 'id or customer/platform/name of a connection for a platform; repeat for more', collect, [])
    .option('--account <platform=account>', 'an external account by which webhooks find it; repeat for more', collect, [])
    .action(
      async (
        options: CustomerOptions & {
          integration: string
          organization: string
          customer: string
          name: string
          synthetic?: boolean
          set: string[]
          connect: string[]
          account: string[]
        },
      ) => {
        const { integration, organization, customer, name, synthetic, set, connect, account } = options
        const api = await connectApi(io)
        const body = {
          integration,
          organization,
          customer,
          name,
          ...(synthetic && { synthetic }),
          ...customerFactsOf(options),
          settings: asSettings(set),
          connections: await idsOfConnections(api, pairs(connect, 'connection')),
          accounts: accountsOf(account),
        }
        const one = await api.post<Shown>('/instances', body)
        if (io.json) return io.printJson(one)
        await printInstance(io, api, one)
      },
    )
  withCustomerOptions(instances.command('change'))
    .description(
      'Change an instance. Every change of settings, mappings, connections or version is a revision that can be rolled back; what the customer pays is none.',
    )
    .option('--not-paying', 'the customer no longer pays for it')
    .argument('<instance>')
    .option('--set <name=value>', 'a setting; repeat for more', collect, [])
    .option('--map <mapping=expression>', 'replace a mapping by a JSONata expression; an empty one goes back to the default', collect, [])
    .option('--connect <platform=connection>', 'id or customer/platform/name of a connection for a platform', collect, [])
    .option('--account <platform=account>', 'replace the accounts of that platform', collect, [])
    .option('--to <version>', 'another version of the integration')
    .option('--reason <text>', 'kept in the history')
    .action(
      async (
        name: string,
        options: CustomerOptions & { set: string[]; map: string[]; connect: string[]; account: string[]; to?: string; reason?: string },
      ) => {
        const api = await connectApi(io)
        const now = await api.get<Shown>(`/instances/${encodeURIComponent(name)}`)
        const mappings = Object.fromEntries(
          Object.entries({ ...now.mappings, ...pairs(options.map, 'mapping') }).filter(([, expression]) => expression.trim() !== ''),
        )
        const one = await api.patch<Shown>(`/instances/${now.id}`, {
          ...customerFactsOf(options),
          ...(options.set.length > 0 ? { settings: { ...now.settings, ...asSettings(options.set) } } : {}),
          ...(options.map.length > 0 ? { mappings } : {}),
          ...(options.connect.length > 0 ? { connections: await idsOfConnections(api, pairs(options.connect, 'connection')) } : {}),
          ...(options.account.length > 0 ? { accounts: accountsOf(options.account) } : {}),
          ...(options.to ? { version: options.to } : {}),
          ...(options.reason ? { reason: options.reason } : {}),
        })
        if (io.json) return io.printJson(one)
        await printInstance(io, api, one)
        if (one.revision === now.revision) return
        io.note(`Undo: bridgekeeper instances rollback ${one.customer}/${one.name} --revision ${now.revision}`)
      },
    )
  instances
    .command('rollback')
    .description('Go back to an earlier revision.')
    .argument('<instance>')
    .requiredOption('--revision <n>')
    .action(async (name: string, options: { revision: string }) => {
      const api = await connectApi(io)
      const one = await api.post<Shown>(`/instances/${encodeURIComponent(name)}/rollback`, { revision: Number(options.revision) })
      if (io.json) return io.printJson(one)
      await printInstance(io, api, one)
    })
  for (const [verb, state, text] of [
    ['pause', 'paused', 'Deliveries are kept and held until it is resumed.'],
    ['resume', 'active', 'Go on; held deliveries are routed.'],
  ] as const) {
    instances
      .command(verb)
      .description(text)
      .argument('<instance>')
      .action(async (name: string) => {
        const api = await connectApi(io)
        const one = await api.patch<Shown>(`/instances/${encodeURIComponent(name)}`, { state })
        if (state === 'active') await api.post('/deliveries/reroute', { state: 'held' })
        if (io.json) return io.printJson(one)
        io.print(`${one.customer}/${one.name} is ${one.state}.`)
        if (state === 'paused') io.note(`Undo: bridgekeeper instances resume ${one.customer}/${one.name}`)
      })
  }
  instances
    .command('remove')
    .description('Take an installation away for good: nothing reaches it any more. Its history stays under its id, its name is free.')
    .argument('<instance>')
    .option('--yes', 'really do it')
    .action(async (name: string, options: { yes?: boolean }) => {
      if (!options.yes) throw errors.confirmation_needed({ what: `remove ${name} for good; \`instances pause\` can be undone` })
      const one = await (await connectApi(io)).patch<Shown>(`/instances/${encodeURIComponent(name)}`, { state: 'removed' })
      if (io.json) return io.printJson(one)
      io.print(`${one.customer}/${one.name} is removed.`)
      io.note(`Its history: bridgekeeper runs list --instance ${one.id}`)
    })
}

async function printInstance(io: Io, api: ApiClient, one: Shown): Promise<void> {
  io.print(
    `${io.bold(`${one.customer}/${one.name}`)}: ${one.integration} ${one.version}, ${one.state}, revision ${one.revision}, id ${one.id}`,
  )
  io.print(describeCustomer(one))
  for (const [title, values] of Object.entries({
    settings: one.settings,
    mappings: one.mappings,
    connections: await describeConnections(api, one.connections),
    accounts: one.accounts,
    webhooks: one.webhookUrls,
  })) {
    const lines = Object.entries(values)
    io.print(`${title}: ${lines.length === 0 ? 'none' : ''}`)
    for (const [name, value] of lines) io.print(`  ${name} = ${typeof value === 'string' ? value : JSON.stringify(value)}`)
  }
  const own = `${one.customer}/${one.name}`
  for (const platform of one.unconnected)
    io.note(`No connection to ${platform} is named: bridgekeeper instances change ${own} --connect ${platform}=${one.customer}/${platform}`)
}
