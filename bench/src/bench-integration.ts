import type { Integration } from '@bridgekeeper/sdk'

export const webhookSecret = 'bench-webhook-secret'

interface Tools {
  event: { order: string; sentAt: number }
  crm: { POST(path: string, request: object): Promise<unknown> }
  step<T>(name: string, work: () => Promise<T>): Promise<T>
  meter(name: string): void
}

/** One webhook, one journalled step with one call and one meter: the least that the product promises about an event. */
export const integration = {
  name: 'bench',
  version: '1.0.0',
  platforms: { shop: { name: 'shop' }, crm: { name: 'crm' } },
  meters: ['order.synced'],
  mappings: {},
  flows: {
    sync: {
      kind: 'on',
      platform: 'shop',
      event: 'order.created',
      onPoison: 'park',
      lane: (event: Tools['event']) => event.order,
      async run({ event, crm, step, meter }: Tools) {
        await step('create', async () => {
          await crm.POST('/orders', { body: { number: event.order, sentAt: event.sentAt } })
          meter('order.synced')
        })
      },
    },
  },
} as unknown as Integration

const object = (properties: object) => ({ content: { 'application/json': { schema: { type: 'object', properties } } } })
const text = { type: 'string' }
const order = { account: text, order: text, sentAt: { type: 'integer' }, note: text }
const lines = { type: 'array', items: { type: 'object', properties: { sku: text, quantity: { type: 'integer' } } } }

/** What both platforms say of the messages of this benchmark, so that they can be held against it. */
export const contracts: Readonly<Record<string, string>> = {
  crm: JSON.stringify({
    openapi: '3.1.0',
    info: { title: 'crm', version: '1' },
    paths: {
      '/orders': {
        post: {
          requestBody: object({ number: text, sentAt: { type: 'integer' } }),
          responses: { 201: { description: 'made', ...object({ id: text }) } },
        },
      },
    },
  }),
  shop: JSON.stringify({
    openapi: '3.1.0',
    info: { title: 'shop', version: '1' },
    paths: {},
    webhooks: { 'order.created': { post: { requestBody: object({ ...order, lines }) } } },
  }),
}
