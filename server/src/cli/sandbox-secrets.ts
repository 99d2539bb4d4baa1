import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { webhookSecretFor } from '../webhooks/index.ts'
import type { Platform, Workspace } from '../workspace/index.ts'
import { dataFolder } from './server-file.ts'

/** Platform → what its sandbox signs with, and the scheme for which that was made. */
type Kept = Record<string, { secret: string; scheme: string }>

/**
 * What the sandboxes of a workspace sign with: kept beside its data, readable by its user only, so that the next start need not tell the bridge
 * others. They prove webhooks of sandboxes alone; where the folder can't be written they are made anew each time.
 *
 * @returns platform → secret in the form that its scheme asks for; none for a platform that sends no webhooks
 */
export function sandboxSecrets(workspace: Workspace, platforms: readonly Platform[]): Record<string, string> {
  const file = join(dataFolder(workspace.root), 'sandbox-secrets.json')
  const kept = read(file)
  const wanted: Kept = {}
  for (const platform of platforms) {
    const { metadata, spec } = platform
    if (!spec.webhooks) continue
    const scheme = JSON.stringify(spec.webhooks.verification)
    const known = kept[metadata.name]
    wanted[metadata.name] = known?.scheme === scheme ? known : { secret: webhookSecretFor(platform), scheme }
  }
  if (Object.entries(wanted).some(([name, one]) => kept[name] !== one)) write(file, { ...kept, ...wanted })
  return Object.fromEntries(Object.entries(wanted).map(([name, { secret }]) => [name, secret]))
}

function read(file: string): Kept {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Kept
  } catch {
    return {}
  }
}

function write(file: string, secrets: Kept): void {
  try {
    mkdirSync(dirname(file), { recursive: true })
    // Renamed into place, so that nobody reads half of it.
    writeFileSync(`${file}.${process.pid}`, JSON.stringify(secrets), { mode: 0o600 })
    renameSync(`${file}.${process.pid}`, file)
  } catch {
    // Read-only: they last as long as the sandboxes do.
  }
}
