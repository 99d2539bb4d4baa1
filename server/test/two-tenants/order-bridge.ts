import type { Integration } from '@bridgekeeper/sdk'

interface Tools {
  event: { order: string }
  step<T>(name: string, work: () => Promise<T>): Promise<T>
  meter(name: string): void
}

/** Writes each order of one platform to another; what that refuses is parked. */
export function orderBridge(name: string, from: string, to: string): Integration {
  return {
    name,
    version: '1.0.0',
    platforms: { [from]: { name: from }, [to]: { name: to } },
    meters: ['order.synced'],
    mappings: {},
    flows: {
      sync: {
        kind: 'on',
        platform: from,
        event: 'order.created',
        onPoison: 'park',
        lane: (event: Tools['event']) => event.order,
        async run(tools: Tools & Record<string, { POST(path: string, request: object): Promise<unknown> }>) {
          const { event, step, meter } = tools
          await step('write', async () => {
            await tools[to]!.POST('/orders', { body: event })
            meter('order.synced')
          })
        },
      },
    },
  } as never
}
