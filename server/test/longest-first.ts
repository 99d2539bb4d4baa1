import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

const root = join(import.meta.dirname, '..', '..')

/** What takes longer than ten seconds by itself, longest first: most of it is done by child processes, which the size of a file does not show. */
const longest = [
  'server/test/packages.test.ts',
  'server/test/crash.test.ts',
  'server/test/tutorial.test.ts',
  'server/test/poll-crash.test.ts',
  'server/test/circuit.crash.test.ts',
  'server/test/counting.crash.test.ts',
  'server/test/circuit-backlog.test.ts',
  'server/src/webhooks/ingress.crash.test.ts',
  'server/test/cursors.test.ts',
  'server/test/rate-backlog.test.ts',
  'server/src/cli/dev.test.ts',
  'server/test/contract-upload.test.ts',
  'server/src/contracts/proofs/soundness.test.ts',
  'server/test/large-payloads.test.ts',
  'server/test/lost-connections.test.ts',
  'server/test/postgres-restart.test.ts',
  'server/src/database/database.test.ts',
  'server/test/hostile-bodies.test.ts',
  'server/src/sandbox/generated-answers.test.ts',
]

for (const file of longest)
  if (!existsSync(join(root, file))) throw new Error(`server/test/longest-first.ts names ${file}, which is not there.`)

/** Begins with the longest files, so that no worker ends with one of them while the other has nothing left to do. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification) => {
      const at = longest.findIndex((file) => moduleId === join(root, file))
      return at < 0 ? longest.length : at
    }
    // Stable: the rest keeps Vitest's own order, by duration where the last run has left them and by size elsewhere.
    return (await super.sort(files)).sort((one, other) => place(one) - place(other))
  }
}
