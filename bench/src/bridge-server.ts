/**
 * The bridge under load, as a process of its own: everything that the product puts around a call and nothing else. ROLE: `all` in one process,
 * or `ingress` and `worker` on one database and KEY.
 * Prints one JSON line when it is ready; ends on SIGTERM. Says its memory on SIGUSR2.
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { openBridge } from '../../server/src/bridge.ts'
import { generateKey, parseKeyRing, Secret } from '../../server/src/connections/index.ts'
import { migrate, openDatabase } from '../../server/src/database/index.ts'
import { createLog, createMetrics } from '../../server/src/observation/index.ts'
import { createInstance, type StageGate } from '../../server/src/runtime/index.ts'
import { ingressServerOptions } from '../../server/src/webhooks/index.ts'
import { loadWorkspace } from '../../server/src/workspace/index.ts'
import { contracts, integration, webhookSecret } from './bench-integration.ts'

const { DATABASE_URL = '', PARTNER_URL = '', INSTANCES = '1', ROLE = 'all', LEARNING = 'on' } = process.env
const key = process.env.KEY ?? generateKey(new Date())
const database = openDatabase(DATABASE_URL)
await migrate(database)
const { workspace } = await loadWorkspace(join(import.meta.dirname, 'workspace'))
const bridge = await openBridge({
  database,
  workspace,
  integrations: [integration],
  keyRing: parseKeyRing(key, 'bench'),
  log: createLog(process.env.LOG_LEVEL ?? 'warn'),
  metrics: createMetrics(),
  allowedHosts: [new URL(PARTNER_URL).host],
  runtime: { work: ROLE !== 'ingress', acrossProcesses: ROLE !== 'all' },
  learning: LEARNING === 'off' ? 'off' : 'on',
})
if (ROLE !== 'worker') await setUp()
const server = createServer(ingressServerOptions, (request, response) => {
  if (!bridge.ingress.handle(request, response)) response.writeHead(404).end()
})
server.listen(0, '127.0.0.1', () => console.log(JSON.stringify({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` })))
process.on('SIGUSR2', () =>
  console.log(
    JSON.stringify({ rssBytes: process.memoryUsage().rss, cpuMs: process.cpuUsage().user / 1_000 + process.cpuUsage().system / 1_000 }),
  ),
)
process.on('SIGTERM', async () => {
  server.closeAllConnections()
  server.close()
  await bridge.stop(2_000)
  await database.close()
  process.exit(0)
})

/** A worker joins what the ingress has set up. */
async function setUp(): Promise<void> {
  if (process.env.CONTRACTS === 'yes')
    for (const [platform, text] of Object.entries(contracts))
      await bridge.registry.receive({ platform, text, source: 'upload', origin: 'bench', vouched: true })
  await bridge.connections.webhookSecrets.add('shop', new Secret(webhookSecret))
  // More instances than an experiment may have: this one is taken over as it is.
  await database.pool.query(
    `insert into stage_admission (id, integration, position, stage, how, signed_by, reason) values (gen_random_uuid(), $1, 1, 'ga', 'adopted', '{acme/bench,partner/bench}', 'bench') on conflict do nothing`,
    [integration.name],
  )
  const gate: StageGate = { admit: async () => ({ stage: 'ga', declared: 'ga' }) }
  for (let at = 0; at < Number(INSTANCES); at += 1) {
    const customer = `customer-${at}`
    const connection = await bridge.connections.add(
      { platform: 'crm', organization: 'acme', customer, baseUrl: PARTNER_URL, authentication: { kind: 'bearer' } },
      { token: new Secret('bench') },
    )
    await createInstance(
      { database, integrations: bridge.integrations, gate },
      {
        integration: integration.name,
        organization: 'acme',
        customer,
        name: 'main',
        connections: { crm: connection.id },
        accounts: { shop: [customer] },
        by: 'bench',
      },
    )
  }
}
