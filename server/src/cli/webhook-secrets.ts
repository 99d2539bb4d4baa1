import type { Command } from 'commander'
import { connectApi } from './api-client.ts'
import type { Io } from './io.ts'
import { readSecrets, type SecretOptions, withSecretOptions } from './read-secrets.ts'

interface Shown {
  id: string
  createdAt: string
  expiresAt: string | null
}

const SOURCE = 'the platform; with an own secret for one instance: platform/instance key'
const at = (source: string): string => `/webhook-sources/${encodeURIComponent(source)}/secrets`

export function registerWebhookSecrets(program: Command, io: Io): void {
  const secrets = program
    .command('webhook-secrets')
    .summary('the secrets with which platforms sign their webhooks')
    .description('The secrets with which platforms sign their webhooks.')
  secrets
    .command('list')
    .description('Those in force, newest first; values are never shown.')
    .argument('<source>', SOURCE)
    .action(async (source: string) => {
      const answer = await (await connectApi(io)).get<{ secrets: Shown[] }>(at(source))
      if (io.json) return io.printJson(answer)
      io.printTable(
        answer.secrets,
        [
          { title: 'SECRET', value: (secret) => secret.id },
          { title: 'SINCE', value: (secret) => secret.createdAt },
          { title: 'ENDS', value: (secret) => secret.expiresAt ?? 'in force' },
        ],
        `No secret is in force: webhooks of ${source} are refused. Add one: bridgekeeper webhook-secrets add ${source}`,
      )
    })
  withSecretOptions(secrets.command('add').description('Add a secret (field: secret), or rotate with --overlap.'))
    .argument('<source>', SOURCE)
    .option('--overlap <hours>', 'the older secrets end after so many hours; without it they stay in force')
    .action(async (source: string, options: SecretOptions & { overlap?: string }) => {
      const { secret } = await readSecrets(io, ['secret'], options)
      const overlapSeconds = options.overlap === undefined ? undefined : Math.round(Number(options.overlap) * 3600)
      const added = await (await connectApi(io)).post<Shown>(at(source), {
        secret,
        ...(overlapSeconds === undefined ? {} : { overlapSeconds }),
      })
      if (io.json) return io.printJson(added)
      io.print(`${added.id} is in force for ${source}.`)
    })
  secrets
    .command('end')
    .description('End a secret at once.')
    .argument('<source>', SOURCE)
    .argument('<secret>', 'its id')
    .action(async (source: string, secret: string) => {
      await (await connectApi(io)).delete(`${at(source)}/${encodeURIComponent(secret)}`)
      if (io.json) return io.printJson({ ended: secret })
      io.print(`${secret} has ended.`)
    })
}
