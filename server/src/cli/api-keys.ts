import type { Command } from 'commander'
import { connectApi } from './api-client.ts'
import type { Io } from './io.ts'

interface ShownKey {
  keyId: string
  name: string
  organization: string | null
  customer: string | null
  scopes: string[]
  hint: string
  lastUsedAt: string | null
  revokedAt: string | null
}

export function registerApiKeys(program: Command, io: Io): void {
  const keys = program
    .command('api-keys')
    .summary('keys of the HTTP API')
    .description('The keys with which programs and people use the HTTP API.')
  keys
    .command('list', { isDefault: true })
    .description('Revoked ones included.')
    .action(async () => {
      const answer = await (await connectApi(io)).get<{ keys: ShownKey[] }>('/api-keys')
      if (io.json) return io.printJson(answer)
      io.printTable(
        answer.keys,
        [
          { title: 'NAME', value: (key) => key.name },
          { title: 'KEY', value: (key) => `${key.hint}…` },
          { title: 'FOR', value: (key) => [key.organization ?? 'operator', key.customer].filter(Boolean).join('/') },
          { title: 'SCOPES', value: (key) => key.scopes.join(',') },
          { title: 'LAST USED', value: (key) => key.lastUsedAt?.slice(0, 16).replace('T', ' ') ?? 'never' },
          { title: 'STATE', value: (key) => (key.revokedAt ? `revoked ${key.revokedAt.slice(0, 10)}` : 'valid') },
          { title: 'ID', value: (key) => key.keyId },
        ],
        'No API keys. Make one: bridgekeeper api-keys add --name ci --scope read',
      )
    })
  keys
    .command('add')
    .description('Make an API key. It is shown once.')
    .requiredOption('--name <name>', 'shown where something was done with it')
    .requiredOption('--scope <scope...>', 'read, replay, write, check (contracts against partners, for CI), admin')
    .option('--organization <name>', 'whose it is; without it as the key you use: on this machine the operator, who sees everything')
    .option('--customer <name>', "a customer's admin")
    .action(async (options: { name: string; scope: string[]; organization?: string; customer?: string }) => {
      const { name, scope, organization, customer } = options
      const made = await (await connectApi(io)).post<{ secret: string; key: ShownKey }>('/api-keys', {
        name,
        scopes: scope,
        ...(organization ? { organization } : {}),
        ...(customer ? { customer } : {}),
      })
      if (io.json) return io.printJson(made)
      io.print(made.secret)
      io.note('Keep it: it is not shown again. Send it as `Authorization: Bearer …`, or set BRIDGEKEEPER_KEY.')
    })
  keys
    .command('revoke')
    .description('From this moment the API key opens nothing.')
    .argument('<key>', 'id, or name where only one valid key has it')
    .action(async (key: string) => {
      const revoked = await (await connectApi(io)).delete<ShownKey>(`/api-keys/${encodeURIComponent(key)}`)
      if (io.json) return io.printJson(revoked)
      io.print(`${revoked.name} is revoked.`)
    })
}
