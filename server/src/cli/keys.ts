import type { Command } from 'commander'
import { generateKey } from '../connections/index.ts'
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

export function registerKeys(program: Command, io: Io): void {
  const keys = program
    .command('keys')
    .description('API keys (list, add, revoke), and the key ring that seals credentials (generate, ring, rotate).')
  registerApiKeys(keys, io)
  registerKeyRing(keys, io)
}

function registerApiKeys(keys: Command, io: Io): void {
  keys
    .command('list', { isDefault: true })
    .description('API keys, revoked ones included.')
    .action(async () => {
      const answer = await (await connectApi(io)).get<{ keys: ShownKey[] }>('/keys')
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
        'No API keys. Make one: bridgekeeper keys add --name ci --scope read',
      )
    })
  keys
    .command('add')
    .description('Make an API key. It is shown once.')
    .requiredOption('--name <name>', 'shown where something was done with it')
    .requiredOption('--scope <scope...>', 'read, replay, write, admin')
    .option('--organization <name>', 'whose it is; without it the operator, who sees everything')
    .option('--customer <name>', "a customer's admin")
    .action(async (options: { name: string; scope: string[]; organization?: string; customer?: string }) => {
      const { name, scope, organization = null, customer = null } = options
      const made = await (await connectApi(io)).post<{ secret: string; key: ShownKey }>('/keys', {
        name,
        scopes: scope,
        organization,
        customer,
      })
      if (io.json) return io.printJson(made)
      io.print(made.secret)
      io.note('Keep it: it is not shown again. Send it as `Authorization: Bearer …`, or set BRIDGEKEEPER_KEY.')
    })
  keys
    .command('revoke')
    .description('From this moment the API key opens nothing.')
    .argument('<key>', 'id or name')
    .action(async (key: string) => {
      const revoked = await (await connectApi(io)).delete<ShownKey>(`/keys/${encodeURIComponent(key)}`)
      if (io.json) return io.printJson(revoked)
      io.print(`${revoked.name} is revoked.`)
    })
}

function registerKeyRing(keys: Command, io: Io): void {
  keys
    .command('generate')
    .description('A new key for the key ring, as a line for BRIDGEKEEPER_KEYS or the key file. Needs no server.')
    .addHelpText(
      'after',
      `
To change the key without an interruption:
  1. append the new line to the key ring of every process and restart them
  2. move it to the front and restart them again: new secrets are sealed with it
  3. bridgekeeper keys rotate
  4. remove the old line`,
    )
    .action(() => {
      const line = generateKey(new Date())
      if (io.json) return io.printJson({ id: line.split(':')[0], line })
      io.print(line)
      io.note(
        'Keep a copy outside the database: without it the stored credentials are lost. The first line of a key ring seals new secrets.',
      )
    })
  keys
    .command('ring')
    .description('The keys of the running server, and how many stored secrets each still seals.')
    .action(async () => {
      const answer = await (await connectApi(io)).get<{ keys: { id: string; fingerprint: string; newest: boolean; secrets: number }[] }>(
        '/key-ring',
      )
      if (io.json) return io.printJson(answer)
      io.printTable(
        answer.keys,
        [
          { title: 'KEY', value: (key) => key.id },
          { title: 'FINGERPRINT', value: (key) => key.fingerprint },
          { title: 'SEALS', value: (key) => key.secrets, align: 'right' },
          {
            title: '',
            value: (key) => (key.newest ? 'seals new secrets' : key.secrets === 0 ? 'can be removed' : 'run: bridgekeeper keys rotate'),
          },
        ],
        'The key ring is empty.',
      )
    })
  keys
    .command('rotate')
    .description('Seal all stored secrets anew with the newest key. Can be stopped and repeated; calls go on meanwhile.')
    .action(async () => {
      const api = await connectApi(io)
      const progress = io.progress('Secrets sealed anew')
      let done = 0
      for (;;) {
        const { rotated, total } = await api.post<{ rotated: number; total: number }>('/key-ring/rotate', {})
        done += rotated
        progress.update(done, done + total - rotated)
        if (rotated >= total) break
      }
      if (io.json) return io.printJson({ rotated: done })
      progress.end('')
      io.print(
        done === 0
          ? 'Every secret is under the newest key already.'
          : `${done} secret(s) are under the newest key now; the older keys can be removed.`,
      )
    })
}
