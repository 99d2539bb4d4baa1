import type { Command } from 'commander'
import { generateKey } from '../connections/index.ts'
import { connectApi } from './api-client.ts'
import type { Io } from './io.ts'

export function registerKeys(program: Command, io: Io): void {
  const keys = program
    .command('keys')
    .summary('the key ring that seals stored credentials')
    .description('The key ring that seals stored credentials. (Keys of the HTTP API: api-keys.)')
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
    .command('list', { isDefault: true })
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
      const { keys } = await api.get<{ keys: { id: string; newest: boolean }[] }>('/key-ring')
      const newest = keys.find((key) => key.newest)?.id
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
          ? `Every secret is under ${newest}, the newest key of the running server, already.`
          : `${done === 1 ? '1 secret is' : `${done} secrets are`} under ${newest} now; the older keys can be removed.`,
      )
    })
}
