import { readFile } from 'node:fs/promises'
import { text } from 'node:stream/consumers'
import { isCancel, password } from '@clack/prompts'
import type { Command } from 'commander'
import { errors } from './errors.ts'
import type { Io } from './io.ts'

export interface SecretOptions {
  secret: string[]
  secretFile: string[]
}

const collect = (value: string, before: string[]): string[] => [...before, value]

/** The options with which a command takes secrets. */
export function withSecretOptions(command: Command): Command {
  return command
    .option('--secret-file <field=path>', 'read a field of the credential from a file, or from standard input with -', collect, [])
    .option('--secret <field=value>', 'give a field of the credential here, where the shell remembers it', collect, [])
}

/**
 * The fields of a credential from options, files and standard input; what is missing is asked for, unseen, when a person
 * sits at the terminal.
 *
 * @throws cli.secret_needed, cli.file_unreadable, cli.pair_expected
 */
export async function readSecrets(io: Io, fields: readonly string[], options: SecretOptions): Promise<Record<string, string>> {
  const given: Record<string, string> = Object.fromEntries(options.secret.map((pair) => fieldOf(pair)))
  for (const [field, path] of options.secretFile.map((pair) => fieldOf(pair))) given[field] = await readSecretFile(path)
  const missing = fields.filter((field) => given[field] === undefined)
  if (missing.length > 0 && (!io.interactive || io.json)) throw errors.secret_needed({ fields: missing.join(', ') })
  for (const field of missing) {
    const answer = await password({ message: `${field} (not shown)` })
    if (isCancel(answer)) throw errors.secret_needed({ fields: field })
    given[field] = answer
  }
  return given
}

function fieldOf(pair: string): [field: string, value: string] {
  const at = pair.indexOf('=')
  // The value is left out of the message: it may be the secret itself.
  if (at < 1) throw errors.pair_expected({ what: 'field of a credential', found: '…' })
  return [pair.slice(0, at), pair.slice(at + 1)]
}

async function readSecretFile(path: string): Promise<string> {
  if (path === '-') return (await text(process.stdin)).replace(/\r?\n$/, '')
  try {
    return (await readFile(path, 'utf8')).replace(/\r?\n$/, '')
  } catch (error) {
    throw errors.file_unreadable({ path, reason: (error as NodeJS.ErrnoException).code ?? 'unknown' }, error)
  }
}
