import type { Command } from 'commander'
import { connectApi, queryOf, tellMore } from './api-client.ts'
import { circuitsOf } from './circuits.ts'
import { errors } from './errors.ts'
import type { Io } from './io.ts'
import { connectionPath, type NamedConnection, nameOf, stateOf } from './named-connections.ts'
import { readSecrets, type SecretOptions, withSecretOptions } from './read-secrets.ts'

interface Shown extends NamedConnection {
  organization: string
  baseUrl: string | null
  authentication: { kind: string }
  secretFields: string[]
  stateReason: string | null
  pauseReason: string | null
  secretVersion: number
  createdAt: string
  changedAt: string
}

interface ShownCall {
  startedAt: string
  method: string
  path: string
  status: number | null
  durationMs: number
  outcome: string
  error: string | null
}

const REFERENCE = 'id, customer/platform, or customer/platform/name'

export function registerConnections(program: Command, io: Io): void {
  const connections = program
    .command('connections')
    .summary("customers' accounts on platforms: credentials, state, pauses")
    .description("Customers' accounts on platforms: credentials, state, pauses.")
  registerLooking(connections, io)
  registerChanging(connections, io)
}

function registerLooking(connections: Command, io: Io): void {
  connections
    .command('list', { isDefault: true })
    .description('Oldest first.')
    .option('--platform <name>')
    .option('--customer <name>')
    .option('--state <state>', 'healthy, degraded or needs-reauth')
    .option('--after <connection>', 'only newer than the one with this id')
    .option('--limit <n>', 'how many', '100')
    .action(async (options: { platform?: string; customer?: string; state?: string; after?: string; limit: string }) => {
      const { platform, customer, state, after, limit } = options
      const answer = await (await connectApi(io)).get<{ connections: Shown[]; next: string | null }>(
        `/connections${queryOf({ platform, customer, state, after, limit })}`,
      )
      if (io.json) return io.printJson(answer)
      io.printTable(
        answer.connections,
        [
          { title: 'CONNECTION', value: (one) => nameOf(one) },
          { title: 'STATE', value: (one) => stateOf(one) },
          { title: 'WHY', value: (one) => one.pauseReason ?? one.stateReason ?? '', maxWidth: 60 },
          { title: 'CREDENTIAL', value: (one) => `${one.authentication.kind} v${one.secretVersion}` },
          { title: 'ID', value: (one) => one.id },
        ],
        'No connections. Make one: bridgekeeper connections add --help',
      )
      tellMore(io, '--after', answer.next)
    })
  connections
    .command('show')
    .description('One connection with its latest calls.')
    .argument('<connection>', REFERENCE)
    .option('--calls <n>', 'how many of the latest calls', '10')
    .action(async (reference: string, options: { calls: string }) => {
      const api = await connectApi(io)
      const one = await api.get<Shown>(connectionPath(reference))
      const { calls } = await api.get<{ calls: ShownCall[] }>(`${connectionPath(one.id)}/calls${queryOf({ limit: options.calls })}`)
      if (io.json) return io.printJson({ connection: one, calls })
      print(io, one)
      for (const circuit of await circuitsOf(api, one.id)) io.print(io.red(`circuit: ${circuit}`))
      io.print('')
      io.printTable(
        calls,
        [
          { title: 'CALL', value: (call) => `${call.method} ${call.path}`, maxWidth: 60 },
          { title: 'AT', value: (call) => call.startedAt.slice(0, 19).replace('T', ' ') },
          { title: 'STATUS', value: (call) => call.status ?? 'no answer' },
          { title: 'MS', value: (call) => Math.round(call.durationMs), align: 'right' },
          { title: 'OUTCOME', value: (call) => call.outcome },
        ],
        'No calls are recorded yet.',
      )
    })
}

function registerChanging(connections: Command, io: Io): void {
  withSecretOptions(
    connections.command('add').description("Connect a customer's account. Fields of the credential that are not given are asked for."),
  )
    .requiredOption('--platform <name>')
    .requiredOption('--organization <name>', 'who runs it for the customer')
    .requiredOption('--customer <name>')
    .option('--name <name>', 'tells several accounts of a customer apart', 'default')
    .option('--base-url <url>', "the customer's own address, where it differs from the platform's")
    .addHelpText(
      'after',
      '\nExamples:\n  bridgekeeper connections add --platform helpdesk --organization acme --customer umbrella --secret-file token=-  < token.txt\n  bridgekeeper connections add --platform crm --organization acme --customer umbrella',
    )
    .action(
      async (
        options: SecretOptions & {
          platform: string
          organization: string
          customer: string
          name: string
          baseUrl?: string
        },
      ) => {
        const { platform, organization, customer, name, baseUrl } = options
        const api = await connectApi(io)
        const form = await api.get<{ secretFields: string[] }>(`/credential-forms/${encodeURIComponent(platform)}`)
        const secrets = await readSecrets(io, form.secretFields, options)
        const one = await api.post<Shown>('/connections', {
          platform,
          organization,
          customer,
          name,
          secrets,
          ...(baseUrl ? { baseUrl } : {}),
        })
        if (io.json) return io.printJson(one)
        print(io, one)
        io.note(`Try it: bridgekeeper connections test ${customer}/${platform}/${name} --path /…`)
      },
    )
  withSecretOptions(
    connections.command('reconnect').description('Enter a new credential; runs that waited for it go on, unless it is paused.'),
  )
    .argument('<connection>', REFERENCE)
    .action(async (reference: string, options: SecretOptions) => {
      const api = await connectApi(io)
      const before = await api.get<Shown>(connectionPath(reference))
      const secrets = await readSecrets(io, before.secretFields, options)
      const one = await api.put<GoingOn>(`${connectionPath(before.id)}/credential`, { secrets })
      if (io.json) return io.printJson(one)
      print(io, one)
      io.print(goingOn(one))
    })
  connections
    .command('pause')
    .description('Stop all calls under a connection. Work waits and uses up no attempts.')
    .argument('<connection>', REFERENCE)
    .requiredOption('--reason <text>')
    .option('--until <time>', 'RFC 3339; without it until it is resumed')
    .action(async (reference: string, options: { reason: string; until?: string }) => {
      const one = await (await connectApi(io)).post<Shown>(`${connectionPath(reference)}/pause`, {
        reason: options.reason,
        ...(options.until ? { until: options.until } : {}),
      })
      if (io.json) return io.printJson(one)
      io.print(`${nameOf(one)} is ${stateOf(one)}.`)
    })
  connections
    .command('resume')
    .description('End whatever pause there is, a rate limit of the partner included; runs that waited go on at once.')
    .argument('<connection>', REFERENCE)
    .action(async (reference: string) => {
      const one = await (await connectApi(io)).post<GoingOn>(`${connectionPath(reference)}/resume`, {})
      if (io.json) return io.printJson(one)
      io.print(`${nameOf(one)} is ${stateOf(one)}. ${goingOn(one)}`)
    })
  connections
    .command('test')
    .description('Read one path with the credential. Exit code 1 when it does not work.')
    .argument('<connection>', REFERENCE)
    .option('--path <path>', 'path below the base URL', '/')
    .action(async (reference: string, options: { path: string }) => {
      type Tried = { ok: boolean; status: number | null; durationMs: number | null; kind: string | null; message: string | null }
      const tried = await (await connectApi(io)).post<Tried>(`${connectionPath(reference)}/test`, { path: options.path })
      io.exitCode = tried.ok ? 0 : 1
      if (io.json) return io.printJson(tried)
      if (tried.ok) io.print(`${io.green('It works:')} ${tried.status} in ${Math.round(tried.durationMs!)} ms.`)
      else io.print(`${io.red(`It does not work (${tried.kind}):`)} ${tried.message}`)
    })
  connections
    .command('remove')
    .description('Remove a connection with its credential.')
    .argument('<connection>', REFERENCE)
    .option('--yes', 'really do it')
    .action(async (reference: string, options: { yes?: boolean }) => {
      if (!options.yes) throw errors.confirmation_needed({ what: `remove ${reference} with its credential` })
      await (await connectApi(io)).delete(connectionPath(reference))
      if (io.json) return io.printJson({ removed: reference })
      io.print(`${reference} is removed.`)
    })
}

type GoingOn = Shown & { runsGoOn: number }

function goingOn({ runsGoOn, pausedUntil }: GoingOn): string {
  if (pausedUntil !== null) return 'Runs that wait for it go on when the pause ends.'
  if (runsGoOn === 0) return 'No run has waited for it.'
  return runsGoOn === 1 ? '1 run that waited for it goes on.' : `${runsGoOn} runs that waited for it go on.`
}

function print(io: Io, one: Shown): void {
  io.print(`${io.bold(nameOf(one))}: ${stateOf(one)}, id ${one.id}`)
  const why = one.pauseReason ?? one.stateReason
  if (why) io.print(`why: ${why}`)
  io.print(`credential: ${one.authentication.kind} (${one.secretFields.join(', ') || 'none'}), version ${one.secretVersion}`)
  io.print(`base URL: ${one.baseUrl ?? "the platform's"}`)
  io.print(`run for the customer by: ${one.organization}; since ${one.createdAt}, changed ${one.changedAt}`)
}
