const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` })
const json = (schema: object) => ({ content: { 'application/json': { schema } } })
const ok = (schema: object, status = 200) => ({ [status]: { description: 'ok', ...json(schema) } })
const path = (name: string, type = 'string') => ({ name, in: 'path', required: true, schema: { type } })
const query = (name: string, schema: object = { type: 'string' }, more: object = {}) => ({ name, in: 'query', schema, ...more })
const paged = (...names: string[]) =>
  names.map((name) => query(name, { type: 'integer', minimum: 0, ...(name === 'page' ? { minimum: 1 } : {}) }))

/** For tests: the habits of several vendors in one OpenAPI 3.0 document. */
export const shopContract = {
  openapi: '3.0.3',
  info: { title: 'Shop', version: '1' },
  servers: [{ url: 'https://shop.example/api/v2' }],
  paths: {
    // Wrapped records, page numbers, actions (Zendesk, Shopify).
    '/orders': {
      get: {
        operationId: 'listOrders',
        parameters: [...paged('page', 'per_page'), query('state'), query('total_gte', { type: 'number' })],
        responses: ok({
          type: 'object',
          required: ['orders', 'total_count', 'page'],
          properties: {
            orders: { type: 'array', items: ref('Order') },
            total_count: { type: 'integer' },
            page: { type: 'integer' },
            next_page: { type: 'string', format: 'uri', nullable: true },
          },
        }),
      },
      post: {
        operationId: 'createOrder',
        requestBody: { required: true, ...json({ type: 'object', required: ['order'], properties: { order: ref('OrderInput') } }) },
        responses: ok({ type: 'object', required: ['order'], properties: { order: ref('Order') } }, 201),
      },
    },
    '/orders/{order_id}': {
      parameters: [path('order_id', 'integer')],
      get: { operationId: 'getOrder', responses: ok({ type: 'object', properties: { order: ref('Order') } }) },
      put: {
        operationId: 'replaceOrder',
        requestBody: json({ type: 'object', properties: { order: ref('OrderInput') } }),
        responses: ok({ type: 'object', properties: { order: ref('Order') } }),
      },
      delete: { operationId: 'deleteOrder', responses: { 204: { description: 'gone' } } },
    },
    '/orders/{order_id}/cancel': {
      post: {
        operationId: 'cancelOrder',
        parameters: [path('order_id', 'integer')],
        requestBody: json({ type: 'object', properties: { note: { type: 'string' } } }),
        responses: ok({ type: 'object', properties: { order: ref('Order') } }),
      },
    },
    '/orders/{order_id}/archive': {
      put: { operationId: 'archiveOrder', parameters: [path('order_id', 'integer')], responses: { 204: { description: 'done' } } },
      delete: { operationId: 'unarchiveOrder', parameters: [path('order_id', 'integer')], responses: { 204: { description: 'done' } } },
    },
    // Bare lists with Link headers, offsets, sets of names (GitHub).
    '/items': {
      get: {
        operationId: 'listItems',
        parameters: [
          ...paged('offset', 'limit'),
          query('colors', { type: 'array', items: { type: 'string' } }, { style: 'form', explode: false }),
          query('q'),
        ],
        responses: ok({ type: 'array', items: ref('Item') }),
      },
      post: { operationId: 'createItem', requestBody: json(ref('Item')), responses: ok(ref('Item'), 201) },
    },
    '/items/{name}': { get: { operationId: 'getItem', parameters: [path('name')], responses: ok(ref('Item')) } },
    '/items/{name}/colors': {
      parameters: [path('name')],
      get: { operationId: 'listColors', responses: ok({ type: 'array', items: ref('Color') }) },
      post: {
        operationId: 'addColors',
        requestBody: json({ type: 'object', properties: { colors: { type: 'array', items: { type: 'string' } } } }),
        responses: ok({ type: 'array', items: ref('Color') }),
      },
      put: {
        operationId: 'setColors',
        requestBody: json({ type: 'object', properties: { colors: { type: 'array', items: { type: 'string' } } } }),
        responses: ok({ type: 'array', items: ref('Color') }),
      },
    },
    '/items/{name}/colors/{color}': {
      delete: {
        operationId: 'removeColor',
        parameters: [path('name'), path('color')],
        responses: ok({ type: 'array', items: ref('Color') }),
      },
    },
    // Forms, starting_after, deep filters, DELETE with a body (Stripe).
    '/charges': {
      get: {
        operationId: 'listCharges',
        parameters: [
          query('limit', { type: 'integer', minimum: 1, maximum: 100 }),
          query('starting_after'),
          query(
            'created',
            { type: 'object', properties: { gte: { type: 'integer' }, lt: { type: 'integer' } } },
            { style: 'deepObject', explode: true },
          ),
        ],
        responses: ok({
          type: 'object',
          required: ['object', 'data', 'has_more'],
          properties: {
            object: { type: 'string', enum: ['list'] },
            data: { type: 'array', items: ref('Charge') },
            has_more: { type: 'boolean' },
          },
        }),
      },
      post: {
        operationId: 'createCharge',
        parameters: [{ name: 'Idempotency-Key', in: 'header', schema: { type: 'string' } }],
        requestBody: { required: true, content: { 'application/x-www-form-urlencoded': { schema: ref('ChargeInput') } } },
        responses: ok(ref('Charge')),
      },
    },
    '/charges/{charge}': {
      parameters: [path('charge')],
      get: { operationId: 'getCharge', responses: ok(ref('Charge')) },
      post: {
        operationId: 'updateCharge',
        requestBody: {
          content: {
            'application/x-www-form-urlencoded': {
              schema: {
                type: 'object',
                properties: { description: { type: 'string' }, metadata: { type: 'object', additionalProperties: { type: 'string' } } },
              },
            },
          },
        },
        responses: ok(ref('Charge')),
      },
      delete: {
        operationId: 'deleteCharge',
        responses: ok({
          type: 'object',
          required: ['id', 'deleted'],
          properties: { id: { type: 'string' }, deleted: { type: 'boolean', enum: [true] } },
        }),
      },
    },
    // One document, PUT by a key of the client's choice, read-only lists.
    '/settings': {
      get: { operationId: 'getSettings', responses: ok(ref('Settings')) },
      patch: { operationId: 'updateSettings', requestBody: json(ref('Settings')), responses: ok(ref('Settings')) },
    },
    '/flags/{key}': {
      parameters: [path('key')],
      get: { operationId: 'getFlag', responses: ok(ref('Flag')) },
      put: {
        operationId: 'putFlag',
        requestBody: json({ type: 'object', required: ['on'], properties: { on: { type: 'boolean' } } }),
        responses: ok(ref('Flag')),
      },
    },
    '/currencies': { get: { operationId: 'listCurrencies', responses: ok({ type: 'array', items: ref('Currency') }) } },
    '/files/{path}': {
      get: {
        operationId: 'getFile',
        parameters: [{ ...path('path'), 'x-multi-segment': true }],
        responses: { 200: { description: 'ok', content: { 'text/plain': { schema: { type: 'string' } } } } },
      },
    },
  },
  components: {
    schemas: {
      Order: {
        type: 'object',
        required: ['id', 'state', 'total', 'archived'],
        properties: {
          id: { type: 'integer', format: 'int64' },
          state: { type: 'string', enum: ['open', 'paid', 'cancelled'] },
          total: { type: 'number' },
          note: { type: 'string', nullable: true },
          archived: { type: 'boolean' },
          cancelled_at: { type: 'string', format: 'date-time', nullable: true },
          created_at: { type: 'string', format: 'date-time' },
          secret: { type: 'string', writeOnly: true },
        },
      },
      OrderInput: {
        type: 'object',
        required: ['id', 'total'],
        additionalProperties: false,
        properties: {
          id: { type: 'integer', readOnly: true },
          total: { type: 'number', minimum: 0, exclusiveMinimum: true },
          note: { type: 'string', nullable: true },
        },
      },
      Item: {
        type: 'object',
        required: ['name'],
        properties: { name: { type: 'string' }, colors: { type: 'array', items: ref('Color') } },
      },
      Color: { type: 'object', required: ['id', 'name'], properties: { id: { type: 'integer' }, name: { type: 'string' } } },
      Charge: {
        type: 'object',
        required: ['id', 'amount', 'created', 'livemode', 'metadata'],
        properties: {
          id: { type: 'string', example: 'ch_3MmlLrLkdIwHu7ix' },
          amount: { type: 'integer' },
          description: { type: 'string', nullable: true },
          created: { type: 'integer' },
          livemode: { type: 'boolean' },
          metadata: { type: 'object', additionalProperties: { type: 'string' } },
          tags: { type: 'array', items: { type: 'string' } },
        },
      },
      ChargeInput: {
        type: 'object',
        required: ['amount'],
        properties: {
          amount: { type: 'integer' },
          description: { type: 'string' },
          livemode: { type: 'boolean' },
          metadata: { type: 'object', additionalProperties: { type: 'string' } },
          tags: { type: 'array', items: { type: 'string' } },
        },
      },
      Settings: {
        type: 'object',
        required: ['language', 'theme'],
        properties: { language: { type: 'string', enum: ['en', 'de'] }, theme: { type: 'string' } },
      },
      Flag: { type: 'object', required: ['key', 'on'], properties: { key: { type: 'string' }, on: { type: 'boolean' } } },
      Currency: { type: 'object', required: ['code'], properties: { code: { type: 'string', pattern: '^[A-Z]{3}$' } } },
    },
  },
}
