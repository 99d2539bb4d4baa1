import { received, testIntegration } from '@bridgekeeper/sdk/testing'
import { shop } from './generated/shop.ts'
import integration from './integration.ts'

const order = {
  id: 'ord_1042',
  shop_id: 'shp_7',
  email: 'mona@acme.example',
  currency: 'EUR',
  items: [
    { title: 'Mug', quantity: 2, unit_price: 1250 },
    { title: 'Sticker', quantity: 1, unit_price: 300 },
  ],
  paid_at: '2026-11-02T10:15:00Z',
}
const paid = (changes: Partial<typeof order>) =>
  received(shop.webhook('order.paid'), {
    type: 'order.paid',
    timestamp: order.paid_at,
    shop_id: order.shop_id,
    order: { ...order, ...changes },
  })

// Plays these scenarios on the real server with sandboxes: undisturbed, and then under everything that production does to an integration.
await testIntegration(integration, {
  workspace: import.meta.dirname,
  settings: { currencies: ['EUR'] },
  scenarios: {
    'orders are invoiced one by one, and those in other currencies are not': [
      paid({}),
      paid({ id: 'ord_1043' }),
      paid({ id: 'ord_1044', currency: 'USD' }),
    ],
  },
})
