import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type EmbeddedServer, startEmbeddedServer } from '../database/index.ts'
import type { Log } from '../observation/index.ts'
import type { Workspace } from '../workspace/index.ts'
import type { CleanUps, Stop } from './clean-ups.ts'
import type { Io } from './io.ts'
import { dataFolder } from './server-file.ts'

/**
 * The embedded PostgreSQL of a workspace. It ends with the command; when it ends before, it is started again, and the command ends with the
 * reason only when that can't be done.
 */
export async function startLocalDatabase(
  io: Io,
  workspace: Workspace,
  { cleanUps, stop, log }: { cleanUps: CleanUps; stop: Stop; log: Log },
): Promise<EmbeddedServer> {
  const dir = join(dataFolder(workspace.root), 'postgres')
  if (!existsSync(join(dir, 'data'))) io.note('Making a database for this workspace, once …')
  const embedded = await startEmbeddedServer({
    dir,
    keepUp: {
      onLost: () => log.error('the embedded PostgreSQL has ended by itself; starting it again, deliveries are answered 503 until then'),
      onBack: (awayMs) => log.warn({ awayMs }, 'the embedded PostgreSQL is back'),
      onFailed: (err, attempt, nextMs) =>
        log.error({ err, attempt, nextMs }, 'the embedded PostgreSQL could not be started again; trying again'),
      onGivenUp(err) {
        log.fatal({ err }, 'the embedded PostgreSQL can not be started again; stopping')
        void stop.because(err)
      },
    },
  })
  cleanUps.push(() => embedded.stop())
  if (embedded.adopted) io.note('Took over the PostgreSQL server that a killed program had left running.')
  return embedded
}
