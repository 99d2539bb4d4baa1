import type { Demo } from '@bridgekeeper/sdk'

const paid = (id: string, currency: string) => ({
  type: 'order.paid',
  timestamp: new Date().toISOString(),
  shop_id: 'shp_7',
  order: {
    id,
    shop_id: 'shp_7',
    email: 'mona@acme.example',
    currency,
    items: [{ title: 'Mug', quantity: 2, unit_price: 1250 }],
    paid_at: new Date().toISOString(),
  },
})

/** What `npm start` plays against the sandboxes: two customers, one of whom words invoices in their own way. */
const demo: Demo = {
  instances: [
    { customer: 'ada', integration: 'shop-billing', organization: 'billing', settings: { currencies: ['EUR'] } },
    {
      customer: 'birch',
      integration: 'shop-billing',
      organization: 'billing',
      mappings: {
        invoice: `{ "recipient": order.email, "currency": order.currency, "lines": [{ "text": "Order " & order.id, "amount": $sum(order.items.(quantity * unit_price)) }] }`,
      },
    },
  ],
  deliveries: () =>
    ['ada', 'birch'].flatMap((customer) =>
      ['EUR', 'USD', 'EUR'].map((currency, at) => ({
        platform: 'shop',
        customer,
        headers: {},
        body: paid(`ord_${customer}_${at}`, currency),
      })),
    ),
}
export default demo
