/** A whole bridge as a process that may be killed. Prints its URL as a JSON line. */
import { flushCompileCache } from 'node:module'
import { openDatabase } from '../src/database/index.ts'
import { crashIntegration } from './crash-integration.ts'
import { feedIntegration } from './feed-integration.ts'
import { startWholeBridge } from './whole-bridge.ts'

const { CHILD_DATABASE_URL = '', CHILD_PARTNER_HOST = '', CHILD_INTEGRATION = 'crash' } = process.env
const partner = {
  url: `http://${CHILD_PARTNER_HOST}`,
  host: CHILD_PARTNER_HOST,
  requests: [],
  effects: [],
  fault: () => undefined,
  stop: async () => {},
}
const bridge = await startWholeBridge({
  database: openDatabase(CHILD_DATABASE_URL),
  partner,
  integrations: [CHILD_INTEGRATION === 'feed' ? feedIntegration : crashIntegration],
  runtime: { acrossProcesses: true, policy: { maxFailures: 1_000, firstDelayMs: 20, maxDelayMs: 200 } },
})
console.log(JSON.stringify({ url: bridge.url }))
// Written now: who is killed writes nothing at the end.
flushCompileCache()
