// One ingress process for tests and benchmarks: `node ingress-process.ts <database url> <secret> [max batch]`; prints its port.
import { createServer } from 'node:http'
import { sql } from 'kysely'
import { openDatabase } from '../src/database/index.ts'
import { createLog, createMetrics } from '../src/observation/index.ts'
import { createIngress, ingressServerOptions, plainSecret, webhookSourceOf } from '../src/webhooks/index.ts'
import { entitySchemas } from '../src/workspace/index.ts'

const [url = '', secret = 'secret', maxBatchItems = '500'] = process.argv.slice(2)
const database = openDatabase(url, { maxConnections: 4, applicationName: 'ingress-process' })
const key = plainSecret(secret)
const source = webhookSourceOf(
  entitySchemas.Platform.parse({
    apiVersion: 'bridgekeeper.dev/v1',
    kind: 'Platform',
    metadata: { name: 'github' },
    spec: {
      owner: 'github',
      webhooks: {
        verification: { scheme: 'github' },
        deliveryId: { header: 'X-GitHub-Delivery' },
        event: [{ header: 'X-GitHub-Event' }, { body: '/action' }],
        account: { body: '/installation/id' },
      },
    },
  }),
  () => [key],
)!
const ingress = createIngress({
  database,
  source: (name) => (name === source.name ? source : undefined),
  // Stands for the routing job: one more statement in the same transaction.
  onAccepted: async (tx, deliveries) => {
    await sql`select pg_notify('accepted', ${String(deliveries.length)})`.execute(tx)
  },
  metrics: createMetrics(),
  log: createLog('error'),
  maxBatchItems: Number(maxBatchItems),
})
const server = createServer(ingressServerOptions, (request, response) => {
  if (!ingress.handle(request, response)) response.writeHead(404).end()
})
await database.pool.query('select 1')
server.listen(0, '127.0.0.1', () => console.log((server.address() as { port: number }).port))
