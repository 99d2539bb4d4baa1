import {
  type Authentication,
  type Connection,
  type Connections,
  createConnections,
  generateKey,
  parseKeyRing,
  Secret,
} from '../src/connections/index.ts'
import type { Database } from '../src/database/index.ts'
import { createGateway, type Gateway, type GatewayOptions, type GatewayPlatform } from '../src/gateway/index.ts'

/** A gateway with its connections, as one process of the program has them, told to poll often. */
export interface TestGateway {
  gateway: Gateway
  connections: Connections
  /** What the gateway logged. */
  logged: unknown[]
  connect(options?: ConnectOptions): Promise<Connection>
  close(): Promise<void>
}

export interface ConnectOptions {
  platform?: string
  baseUrl?: string
  authentication?: Authentication
  secrets?: Record<string, string>
}

export const testKeyRing = parseKeyRing(generateKey(new Date()), 'test')
let customers = 0

export function startTestGateway(
  database: Database,
  platforms: Record<string, Omit<GatewayPlatform, 'name'>>,
  options: Partial<GatewayOptions> = {},
): TestGateway {
  const logged: unknown[] = []
  const connections = createConnections({ database, keyRing: testKeyRing, pollIntervalMs: 50 })
  const named = new Map(Object.entries(platforms).map(([name, platform]) => [name, { name, ...platform }]))
  const gateway = createGateway({
    database,
    connections,
    platform: (name) => named.get(name),
    log: { warn: (...line: unknown[]) => logged.push(line), error: (...line: unknown[]) => logged.push(line) },
    pollIntervalMs: 50,
    ...options,
  })
  return {
    gateway,
    connections,
    logged,
    connect({ platform = 'helpdesk', baseUrl, authentication: given, secrets = { token: 'token-1' } } = {}) {
      const authentication: Authentication = given ?? { kind: 'bearer' }
      const plain = Object.entries(authentication.kind === 'none' ? {} : secrets)
      const sealed = Object.fromEntries(plain.map(([field, text]) => [field, new Secret(text)]))
      return connections.add({ platform, organization: 'acme', customer: `customer-${++customers}`, baseUrl, authentication }, sealed)
    },
    async close() {
      await gateway.close()
      await connections.close()
    },
  }
}
