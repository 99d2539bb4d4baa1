/** Moves notices through the days it is given and sends what follows from it, as a process that may be killed. */
import { flushCompileCache } from 'node:module'
import { parseKeyRing } from '../src/connections/index.ts'
import { moveNotices } from '../src/contracts/index.ts'
import { openDatabase } from '../src/database/index.ts'
import { createNotifier } from '../src/notifications/index.ts'
import { createLog } from '../src/observation/index.ts'
import { exampleWorkspace } from '../src/readiness/fixtures.ts'

const { CHILD_DATABASE_URL = '', CHILD_DAYS = '', CHILD_KEY_RING = '', CHILD_RECEIVER = '' } = process.env
const database = openDatabase(CHILD_DATABASE_URL)
const workspace = await exampleWorkspace()
// Written now: who is killed writes nothing at the end.
flushCompileCache()
let today = ''
const notifier = createNotifier({
  database,
  keyRing: parseKeyRing(CHILD_KEY_RING, 'test'),
  log: createLog('silent'),
  pools: { allowedHosts: [CHILD_RECEIVER] },
  now: () => new Date(`${today}T09:00:00Z`),
})
for (const day of CHILD_DAYS.split(',')) {
  today = day
  await moveNotices(database, workspace, new Date(`${day}T08:00:00Z`))
  await notifier.deliverDue()
}
await notifier.close()
await database.close()
