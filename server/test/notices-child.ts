/** A mover of notices as a process that may be killed. Prints `ready`, then works until it dies. */
import { setTimeout as delay } from 'node:timers/promises'
import { moveNotices } from '../src/contracts/index.ts'
import { openDatabase } from '../src/database/index.ts'
import { exampleWorkspace } from '../src/readiness/fixtures.ts'

const { CHILD_DATABASE_URL = '', CHILD_DAYS = '' } = process.env
const database = openDatabase(CHILD_DATABASE_URL)
const workspace = await exampleWorkspace()
console.log('ready')
for (const day of CHILD_DAYS.split(',')) {
  await moveNotices(database, workspace, new Date(`${day}T08:00:00Z`))
  await delay(20)
}
await database.close()
