import { onOrder, shopIntegration } from './shop-integration.ts'

export interface FeedItem {
  id: string
  /** RFC 3339, as the platform says. */
  at: string
}

interface Tools {
  event: { id: string; account: string; order: string }
  crm: { GET(path: string, request: object): Promise<FeedItem[]>; POST(path: string, request: object): Promise<unknown> }
  step<T>(name: string, work: () => Promise<T>): Promise<T>
  cursor: { value: string; since: string; advance(next: string): Promise<void> }
  emit(trigger: { platform: string; event: string }, item: { id: string; event: unknown; occurredAt: string }): void
}

export const lookBackMs = 5 * 60_000

/** A poll, each second where {@link tickEachSecond} is told so, that looks back five minutes, page by page, and one effect per item. */
export const feedIntegration = shopIntegration('feed', {
  sync: onOrder({
    onPoison: 'park',
    lane: (event: Tools['event']) => event.id,
    async run({ event, crm, step }: Tools) {
      await step('copy', () => crm.POST('/orders', { body: { id: event.id } }))
    },
  }),
  poll: {
    kind: 'every',
    interval: 'PT1M',
    lookBack: 'PT5M',
    initialCursor: ({ now }: { now: string }) => now,
    async run({ crm, cursor, emit }: Tools) {
      // `next` asks behind what was read, not behind the cursor, which looks back.
      for (let since = cursor.since; ; ) {
        const page = await crm.GET('/feed', { params: { query: { since } } })
        if (page.length === 0) return
        for (const { id, at } of page)
          emit({ platform: 'shop', event: 'order.created' }, { id, event: { id, account: 'ada', order: id }, occurredAt: at })
        since = page.at(-1)!.at
        await cursor.advance(since)
      }
    },
  },
})
