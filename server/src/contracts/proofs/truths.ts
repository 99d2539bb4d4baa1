/**
 * What a change means to the clients of an API, derived from what they send and read before the engine was asked.
 * silent: every correct client goes on as before. look: some may be hurt, which the documents alone can't tell. breaks: a correct client is.
 */
export type Truth = 'silent' | 'look' | 'breaks' | 'look or breaks'

export interface Case {
  because: string
  before: object
  after: object
  truth: Truth
}

export const V3 = { openapi: '3.0.3', info: { title: 't', version: '1' } }
export const V31 = { openapi: '3.1.0', info: { title: 't', version: '1' } }
export const json = (schema: object) => ({ content: { 'application/json': { schema } } })
export const ok = { 200: { description: 'ok' } }
export const operation = (post: object, base: object = V31, more: object = {}) => ({
  ...base,
  paths: { '/x': { post: { responses: ok, ...post } } },
  ...more,
})
export const sends = (schema: object, base: object = V31, schemas: object = {}) =>
  operation({ requestBody: { required: true, ...json(schema) } }, base, { components: { schemas } })
export const reads = (schema: object, base: object = V31, schemas: object = {}) =>
  operation({ responses: { 200: { description: 'ok', ...json(schema) } } }, base, { components: { schemas } })
export const object = (properties: object, more: object = {}) => ({ type: 'object', properties, ...more })
export const field = (schema: object) => object({ f: schema }, { required: ['f'] })
export const parameter = (more: object) => operation({ parameters: [{ name: 'p', in: 'query', schema: { type: 'string' }, ...more }] })
export const webhook = (schema: object) => ({ ...V31, webhooks: { made: { post: { requestBody: json(schema), responses: ok } } } })
export const callback = (schema: object) =>
  operation({ callbacks: { done: { '{$request.body#/url}': { post: { requestBody: json(schema), responses: ok } } } } })
export const text = { type: 'string' }
export const swagger = (post: object, more: object = {}) => ({
  swagger: '2.0',
  info: { title: 't', version: '1' },
  host: 'api.example.com',
  basePath: '/v1',
  schemes: ['https'],
  consumes: ['application/json'],
  produces: ['application/json'],
  paths: { '/x': { post: { responses: ok, ...post } } },
  ...more,
})
export const two = (from: object, to: object, make: (schema: object) => object) => ({ before: make(from), after: make(to) })
export const [request, response] = [(schema: object) => sends(field(schema)), (schema: object) => reads(field(schema))]
export const pets = (kinds: Record<string, object>, discriminator?: object) => ({
  schema: {
    oneOf: Object.keys(kinds).map((name) => ({ $ref: `#/components/schemas/${name}` })),
    ...(discriminator ? { discriminator } : {}),
  },
  kinds,
})
export const pet = (kind?: string) => object({ kind: kind ? { const: kind } : text }, { required: ['kind'] })
export const byKind = { propertyName: 'kind' }

export const schemes = {
  components: {
    securitySchemes: {
      key: { type: 'apiKey', in: 'header', name: 'X-Key' },
      oauth: { type: 'oauth2', flows: { clientCredentials: { tokenUrl: 'https://a.example/t', scopes: { a: '', b: '' } } } },
    },
  },
}
