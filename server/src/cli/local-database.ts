import { join } from 'node:path'
import { type EmbeddedServer, startEmbeddedServer } from '../database/index.ts'
import type { Workspace } from '../workspace/index.ts'
import type { CleanUps } from './clean-ups.ts'
import type { Io } from './io.ts'
import { dataFolder } from './server-file.ts'

/** The embedded PostgreSQL of a workspace; it ends with the command. */
export async function startLocalDatabase(io: Io, workspace: Workspace, cleanUps: CleanUps): Promise<EmbeddedServer> {
  const embedded = await startEmbeddedServer({ dir: join(dataFolder(workspace.root), 'postgres') })
  cleanUps.push(() => embedded.stop())
  if (embedded.adopted) io.note('Took over the PostgreSQL server that a killed program had left running.')
  return embedded
}
