import type { Database } from '../database/index.ts'
import { addApiKey, revokeApiKey, revokeApiKeySecret } from '../identity/index.ts'
import type { Workspace } from '../workspace/index.ts'
import type { CleanUps } from './clean-ups.ts'
import type { Io } from './io.ts'
import { readStaleKeys, removeServerFile, writeServerFile } from './server-file.ts'

/** Lets the other commands of this machine find the server, with an operator's key that ends with it. @returns the key */
export async function openLocalAccess(
  io: Io,
  workspace: Workspace,
  { database, url }: { database: Database; url: string },
  cleanUps: CleanUps,
): Promise<string> {
  const { secret, key } = await addApiKey(database.executor, {
    name: `local command line (process ${process.pid})`,
    organization: null,
    customer: null,
    scopes: ['admin'],
    createdBy: 'start',
  })
  const folders = [...new Set([workspace.root, io.cwd])]
  // Who was killed could not take its key back, and whoever copied the file would be an operator for ever.
  for (const stale of new Set(folders.flatMap(readStaleKeys))) await revokeApiKeySecret(database.executor, stale)
  for (const folder of folders) {
    try {
      writeServerFile(folder, { url, pid: process.pid, key: secret })
    } catch (error) {
      // A container's files may all be read-only; the bridge needs none of its own beside an external database.
      const { code, message } = error as NodeJS.ErrnoException
      if (!['EACCES', 'EPERM', 'EROFS'].includes(code ?? '')) throw error
      io.note(
        io.yellow(`Other commands will not find this server by themselves (${message}): give them BRIDGEKEEPER_URL and BRIDGEKEEPER_KEY.`),
      )
    }
  }
  cleanUps.push(async () => {
    for (const folder of folders) {
      try {
        removeServerFile(folder, process.pid)
      } catch {
        // It could not be written either; a stale one is found out by its process.
      }
    }
    await revokeApiKey(database.executor, key.keyId)
  })
  return secret
}

/** The key stands behind the #, which browsers do not send anywhere. */
export function portalLink(url: string, key: string): string {
  return `${url}/#key=${key}`
}
