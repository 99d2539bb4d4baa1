import { onOrder, shopIntegration } from './shop-integration.ts'

interface Tools {
  event: { order: string; n: number }
  crm: { POST(path: string, request: object): Promise<unknown> }
  step<T>(name: string, work: () => Promise<T>): Promise<T>
  meter(name: string): void
  cursor: { value: number; advance(next: number): Promise<void> }
  emit(trigger: { platform: string; event: string }, item: { id: string; event: unknown }): void
}

/** Two effects and a meter per event, and a poll that emits an event: something passes every named point. */
export const crashIntegration = shopIntegration(
  'crash',
  {
    sync: onOrder({
      onPoison: 'block',
      lane: (event: Tools['event']) => event.order,
      async run({ event, crm, step, meter }: Tools) {
        await step('first', async () => {
          await crm.POST('/first', { body: event })
          meter('order.synced')
        })
        await step('second', () => crm.POST('/second', { body: event }))
      },
    }),
    poll: {
      kind: 'every',
      interval: 'PT1M',
      initialCursor: () => 0,
      async run({ cursor, emit }: Tools) {
        const next = cursor.value + 1
        emit(
          { platform: 'shop', event: 'order.created' },
          { id: `polled-${next}`, event: { account: 'ada', order: `polled-${next % 3}`, n: next } },
        )
        await cursor.advance(next)
      },
    },
  },
  ['order.synced'],
)
