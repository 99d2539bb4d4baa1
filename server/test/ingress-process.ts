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
  // Stands for the routing job: one row with the ids of the batch, in the same transaction.
  onAccepted: async (tx, deliveries) => {
    await sql`insert into test_route_job (ids) values (${JSON.stringify(deliveries.map(({ id }) => id))}::jsonb)`.execute(tx)
  },
  metrics: createMetrics(),
  log: createLog('error'),
  maxBatchItems: Number(maxBatchItems),
})
const server = createServer(ingressServerOptions, (request, response) => {
  if (!ingress.handle(request, response)) response.writeHead(404).end()
})
// Two processes may start at once; "if not exists" alone lets both try.
await database.pool.query(
  'begin; select pg_advisory_xact_lock(1); create table if not exists test_route_job (id bigserial primary key, ids jsonb not null); commit',
)
process.on('SIGUSR2', () => {
  const { user, system } = process.cpuUsage()
  console.log(JSON.stringify({ cpuSeconds: (user + system) / 1e6, rssBytes: process.memoryUsage().rss }))
})
server.listen(0, '127.0.0.1', () => console.log((server.address() as { port: number }).port))
