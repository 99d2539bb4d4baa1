/** Counts service levels and looks at error budgets as a worker does, as a process that may be killed. */
import { flushCompileCache } from 'node:module'
import { setTimeout as delay } from 'node:timers/promises'
import { openDatabase } from '../src/database/index.ts'
import { exampleWorkspace } from '../src/readiness/fixtures.ts'
import { countEvents, watchBudgets } from '../src/service-levels/index.ts'

const { CHILD_DATABASE_URL = '', CHILD_NOW = '', CHILD_TURNS = '1' } = process.env
const database = openDatabase(CHILD_DATABASE_URL)
const workspace = await exampleWorkspace()
const now = new Date(CHILD_NOW)
// Written now: who is killed writes nothing at the end.
flushCompileCache()
for (let turn = 0; turn < Number(CHILD_TURNS); turn += 1) {
  await countEvents({ database, callsSettleMs: 0, now })
  await watchBudgets(database, workspace, now)
  console.log('turn')
  await delay(5)
}
await database.close()
