import { defineIntegration, every, mapping, on } from '@bridgekeeper/sdk'
import { z } from 'zod'
import { billing } from './generated/billing.ts'
import { shop } from './generated/shop.ts'

const orderPaid = shop.webhook('order.paid')

const product = {
  name: 'shop-billing',
  version: '0.1.0',
  platforms: { shop, billing },
  settings: z.object({
    currencies: z.array(z.string().length(3)).default([]).describe('Only orders in these currencies are invoiced. Empty: all.'),
  }),
  meters: ['invoice.issued'],
  mappings: {
    // The default. Each customer may put an expression of their own in its place, without any code.
    invoice: mapping(
      { from: [orderPaid], to: billing.body('POST', '/invoices') },
      `{
        "recipient": order.email,
        "currency": order.currency,
        "lines": [order.items.{ "text": quantity & " × " & title, "amount": quantity * unit_price }]
      }`,
    ),
  },
} as const

export default defineIntegration(product, {
  invoiceOrder: on(orderPaid, {
    // Events with the same key are worked on in order of arrival.
    lane: ({ order }) => order.id,
    onPoison: 'park',
    filter: ({ order }, { settings }) => settings.currencies.length === 0 || settings.currencies.includes(order.currency),
    async run({ event, billing, map, step, meter }) {
      const reference = event.order.id
      const known = await step(
        'find invoice',
        async () => (await billing.GET('/invoices', { params: { query: { reference } } })).length > 0,
      )
      if (known) return
      await step('issue invoice', async () => {
        await billing.POST('/invoices', { body: { ...(await map('invoice', event)), reference } })
        meter('invoice.issued')
      })
    },
  }),

  // Finds what webhooks missed. What they did not miss has an invoice, and nothing happens.
  catchUp: every('PT15M', {
    // Each poll overlaps the one before it, since lists become complete late; what is found twice is dropped by its id.
    lookBack: 'PT5M',
    initialCursor: ({ now }) => now,
    async run({ shop, cursor, emit }) {
      let newest = cursor.value
      for (let page = 1, last = false; !last; page += 1) {
        const orders = await shop.GET('/orders', { params: { query: { paid_since: cursor.since, page, limit: 100 } } })
        for (const order of orders) {
          const event = { type: 'order.paid', timestamp: order.paid_at, shop_id: order.shop_id, order } as const
          emit(orderPaid, { id: `poll-${order.id}`, event, occurredAt: order.paid_at })
          newest = order.paid_at
        }
        last = orders.length < 100
      }
      await cursor.advance(newest)
    },
  }),
})
