import type { Integration } from '@bridgekeeper/sdk'

/** An integration between `shop` and `crm`, the platforms of the whole bridge: only its flows are what a test is about. */
export function shopIntegration(name: string, flows: Record<string, object>, meters: readonly string[] = []): Integration {
  const platforms = { shop: { name: 'shop' }, crm: { name: 'crm' } }
  return { name, version: '1.0.0', platforms, meters, mappings: {}, flows } as unknown as Integration
}

/** A flow on the shop's orders. `never`: each test types the payload and the tools that it uses. */
export function onOrder(flow: {
  onPoison: 'block' | 'park' | 'skip'
  filter?(event: never): boolean
  lane(event: never): unknown
  run(tools: never): Promise<void>
}): object {
  return { kind: 'on', platform: 'shop', event: 'order.created', ...flow }
}
