import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createTestDatabase, type TestDatabase } from '../../test/test-database.ts'
import { createMetrics, type Metrics } from '../observation/index.ts'
import { entitySchemas } from '../workspace/index.ts'
import { createIngress, type Ingress, type IngressOptions, ingressServerOptions } from './ingress.ts'
import { plainSecret } from './schemes/plain-secret.ts'
import { webhookSourceOf } from './webhook-source.ts'

const inItem = (field: string) => ({ body: `/notificationItems/0/NotificationRequestItem/${field}` })
const verifications = {
  github: { verification: { scheme: 'github' }, deliveryId: { header: 'X-GitHub-Delivery' }, maxBodyBytes: 10_240 },
  slack: { verification: { scheme: 'slack' }, deliveryId: { body: '/event_id' } },
  adyen: { verification: { scheme: 'adyen' }, deliveryId: { digest: 'body' } },
  payments: { verification: { scheme: 'adyen' }, deliveryId: [inItem('pspReference'), inItem('eventCode')] },
  open: { verification: { scheme: 'unverified', reason: 'a test' }, deliveryId: { header: 'X-Id' } },
  basic: { verification: { scheme: 'basic' }, deliveryId: { header: 'X-Id' } },
}
const secrets = { github: 'one', slack: 'two', adyen: 'aa01', payments: 'aa01', open: '', basic: 'canary-user:canary-password' }
export type SourceName = keyof typeof verifications

export const testSources = new Map(
  Object.entries(verifications).map(([name, webhooks]) => {
    const spec = { owner: 'acme', webhooks: { event: [{ header: 'X-Event' }], ...webhooks } }
    const platform = entitySchemas.Platform.parse({ apiVersion: 'bridgekeeper.dev/v1', kind: 'Platform', metadata: { name }, spec })
    return [name, webhookSourceOf(platform, () => [plainSecret(secrets[name as SourceName], `${name}-secret`)])!]
  }),
)

let sent = 0
/** Number of the newest message: its id is `d-<number>`. */
export const lastSent = (): number => sent

/** A request as its sender makes it, with an id of its own. */
export function signed(name: SourceName, body: string | Uint8Array = '{"a":1}', headers: Record<string, string> = {}): RequestInit {
  const message = testSources.get(name)!.scheme.sign(secrets[name], Buffer.from(body), new Date())
  const own = { 'content-type': 'application/json', 'x-github-delivery': `d-${++sent}`, 'x-id': `d-${sent}` }
  return { method: 'POST', body: message.body as Uint8Array<ArrayBuffer>, headers: { ...own, ...message.headers, ...headers } }
}

export const idOf = (response: Response): string => response.headers.get('bridgekeeper-delivery')!

/** How often each source had each outcome. */
export const outcomes = async (metrics: Metrics): Promise<Record<string, number>> =>
  Object.fromEntries((await metrics.deliveries.get()).values.map(({ labels, value }) => [`${labels.source} ${labels.outcome}`, value]))

export interface TestIngress {
  database: TestDatabase
  start(options?: Partial<IngressOptions>): Promise<{ url: string; ingress: Ingress; metrics: Metrics; server: Server }>
  /** Ends those that were started. */
  stopAll(): Promise<void>
}

/** Ingresses on ports of their own, over one database. */
export async function openTestIngress(): Promise<TestIngress> {
  const database = await createTestDatabase()
  const running: { server: Server; ingress: Ingress }[] = []
  return {
    database,
    async start(options = {}) {
      const metrics = createMetrics()
      const silent = { warn: () => {}, error: () => {} } as unknown as IngressOptions['log']
      const ingress = createIngress({
        database,
        source: (name) => testSources.get(name),
        onAccepted: async () => {},
        metrics,
        log: silent,
        ...options,
      })
      const server = createServer(ingressServerOptions, (request, response) => {
        if (!ingress.handle(request, response)) response.writeHead(404).end('elsewhere')
      })
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
      running.push({ server, ingress })
      return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, ingress, metrics, server }
    },
    async stopAll() {
      for (const { server, ingress } of running.splice(0)) {
        await ingress.stop()
        server.closeAllConnections()
        await new Promise((resolve) => server.close(resolve))
      }
    },
  }
}
