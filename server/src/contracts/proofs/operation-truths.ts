import {
  type Case,
  callback,
  field,
  json,
  object,
  ok,
  operation,
  parameter,
  reads,
  schemes,
  swagger,
  text,
  two,
  V3,
  V31,
  webhook,
} from './truths.ts'

const notesBy = (name: string, schema: object) => ({ get: { parameters: [{ name, in: 'path', required: true, schema }], responses: ok } })
const ending = (day: string) => operation({ deprecated: true, 'x-sunset': day })

const at = (url: string, ...paths: string[]) => ({
  ...V31,
  servers: [{ url }],
  paths: Object.fromEntries(paths.map((path) => [path, { get: { responses: ok } }])),
})
const needed = { name: 'q', in: 'query', required: true, schema: text }

/** What changes of operations and of what stands around them mean. */
export const operationTruths: Record<string, Case[]> = {
  'Swagger 2 and OpenAPI 3': [
    {
      because: 'the same API told in version 3 is the same API',
      before: swagger({
        parameters: [{ name: 'b', in: 'body', required: true, schema: field(text) }],
        responses: { 200: { description: 'ok', schema: field(text) } },
      }),
      after: {
        ...operation(
          { requestBody: { required: true, ...json(field(text)) }, responses: { 200: { description: 'ok', ...json(field(text)) } } },
          V3,
        ),
        servers: [{ url: 'https://api.example.com/v1' }],
      },
      truth: 'silent',
    },
    {
      because: 'a list that was sent as a,b is now read as repeated parameters',
      ...two({ collectionFormat: 'csv' }, { collectionFormat: 'multi' }, (more) =>
        swagger({ parameters: [{ name: 'ids', in: 'query', type: 'array', items: text, ...more }] }),
      ),
      truth: 'breaks',
    },
    {
      because: 'csv is what a list without collectionFormat always was',
      ...two({}, { collectionFormat: 'csv' }, (more) =>
        swagger({ parameters: [{ name: 'ids', in: 'query', type: 'array', items: text, ...more }] }),
      ),
      truth: 'silent',
    },
    {
      because: 'a form without the new required field is refused',
      ...two([], [{ name: 'file', in: 'formData', type: 'file', required: true }], (parameters) =>
        swagger({
          consumes: ['multipart/form-data'],
          parameters: [{ name: 'title', in: 'formData', type: 'string' }, ...(parameters as object[])],
        }),
      ),
      truth: 'breaks',
    },
    {
      because: 'what is required of the body by a shared definition is required of every request',
      ...two([], ['f'], (required) =>
        swagger(
          { parameters: [{ name: 'b', in: 'body', schema: { $ref: '#/definitions/A' } }] },
          { definitions: { A: object({ f: text }, (required as string[]).length > 0 ? { required } : {}) } },
        ),
      ),
      truth: 'breaks',
    },
    {
      because: 'x-nullable is how Swagger 2 says null, and the reader never met null before',
      ...two({}, { 'x-nullable': true }, (more) =>
        swagger({ responses: { 200: { description: 'ok', schema: field({ ...text, ...more }) } } }),
      ),
      truth: 'look or breaks',
    },
  ],
  parameters: [
    {
      because: 'where a parameter is described does not matter',
      before: { ...V31, paths: { '/x': { parameters: [{ name: 'p', in: 'query', schema: text }], get: { responses: ok } } } },
      after: { ...V31, paths: { '/x': { get: { parameters: [{ name: 'p', in: 'query', schema: text }], responses: ok } } } },
      truth: 'silent',
    },
    {
      because: 'the other operation of the path lost it',
      before: {
        ...V31,
        paths: { '/x': { parameters: [{ name: 'p', in: 'query', schema: text }], get: { responses: ok }, post: { responses: ok } } },
      },
      after: {
        ...V31,
        paths: { '/x': { get: { parameters: [{ name: 'p', in: 'query', schema: text }], responses: ok }, post: { responses: ok } } },
      },
      truth: 'look or breaks',
    },
    {
      because: 'the name of a part of the path is sent by nobody',
      ...two({ name: 'id' }, { name: 'orderId' }, (more) => ({
        ...V31,
        paths: {
          [`/x/{${(more as { name: string }).name}}`]: {
            get: { parameters: [{ in: 'path', required: true, schema: text, ...more }], responses: ok },
          },
        },
      })),
      truth: 'silent',
    },
    {
      because: 'texts in the path are refused',
      ...two({ name: 'id', schema: text }, { name: 'n', schema: { type: 'integer' } }, (more) => ({
        ...V31,
        paths: {
          [`/x/{${(more as { name: string }).name}}`]: { get: { parameters: [{ in: 'path', required: true, ...more }], responses: ok } },
        },
      })),
      truth: 'breaks',
    },
    {
      because: 'that is how lists in queries are written anyway',
      ...two(
        { schema: { type: 'array', items: text } },
        { schema: { type: 'array', items: text }, style: 'form', explode: true },
        parameter,
      ),
      truth: 'silent',
    },
    {
      because: 'the value is written another way',
      ...two(
        { schema: object({ a: text }) },
        { schema: undefined, content: { 'application/json': { schema: object({ a: text }) } } },
        parameter,
      ),
      truth: 'look or breaks',
    },
    {
      because: 'names of headers have no case',
      ...two({ in: 'header', name: 'X-Id', required: true }, { in: 'header', name: 'x-id', required: true }, parameter),
      truth: 'silent',
    },
    {
      because: 'a request that sends it in the query is refused',
      ...two({ required: true }, { in: 'header', name: 'p', required: true }, parameter),
      truth: 'breaks',
    },
    {
      because: 'nobody has to send it',
      ...two([], [{ name: 'c', in: 'cookie', schema: text }], (parameters) => operation({ parameters })),
      truth: 'silent',
    },
    {
      because: 'a request without a body is refused',
      ...two({}, { required: true }, (more) => operation({ requestBody: { ...json(text), ...more } })),
      truth: 'breaks',
    },
  ],
  answers: [
    {
      because: 'the charset of JSON was never another',
      before: reads(text),
      after: operation({ responses: { 200: { description: 'ok', content: { 'application/json; charset=utf-8': { schema: text } } } } }),
      truth: 'silent',
    },
    {
      because: 'a failure more is described',
      ...two(ok, { ...ok, 429: { description: 'slow down' } }, (responses) => operation({ responses })),
      truth: 'silent',
    },
    {
      because: 'failures are described at last',
      ...two(ok, { ...ok, default: { description: 'failed', ...json(text) } }, (responses) => operation({ responses })),
      truth: 'silent',
    },
    {
      because: 'the success that was waited for does not come',
      ...two(ok, { 204: { description: 'done' } }, (responses) => operation({ responses })),
      truth: 'breaks',
    },
    {
      because: 'a promised header is gone',
      ...two({ headers: { 'X-Total': { required: true, schema: text } } }, {}, (more) =>
        operation({ responses: { 200: { description: 'ok', ...more } } }),
      ),
      truth: 'breaks',
    },
    {
      because: 'names of headers have no case',
      ...two({ headers: { 'X-Total': { schema: text } } }, { headers: { 'x-total': { schema: text } } }, (more) =>
        operation({ responses: { 200: { description: 'ok', ...more } } }),
      ),
      truth: 'silent',
    },
    {
      because: 'examples, links and words promise nothing',
      ...two({}, { description: 'fine', links: { next: { operationId: 'o' } } }, (more) =>
        operation({ responses: { 200: { description: 'ok', ...more } } }),
      ),
      truth: 'silent',
    },
    {
      because: 'a client that accepts only the old type is not served',
      before: reads(text),
      after: operation({ responses: { 200: { description: 'ok', content: { 'application/xml': { schema: text } } } } }),
      truth: 'breaks',
    },
  ],
  'webhooks and callbacks': [
    { because: 'the receiver reads what is gone', ...two(object({ a: text }, { required: ['a'] }), object({}), webhook), truth: 'breaks' },
    { because: 'the receiver is given more', ...two(object({}), object({ a: text }, { required: ['a'] }), webhook), truth: 'silent' },
    {
      because: 'the receiver meets a value that it never met',
      ...two(field({ enum: ['a'] }), field({ enum: ['a', 'b'] }), webhook),
      truth: 'look or breaks',
    },
    {
      because: 'the receiver can miss what was promised',
      ...two(object({ a: text }, { required: ['a'] }), object({ a: text }), callback),
      truth: 'breaks',
    },
    {
      because: 'the receiver is promised more',
      ...two(object({ a: text }), object({ a: text }, { required: ['a'] }), callback),
      truth: 'silent',
    },
  ],
  'ends that were announced (today is 2026-01-01)': [
    { because: 'it goes on the day that was said', before: ending('2026-01-01'), after: { ...V31, paths: {} }, truth: 'silent' },
    { because: 'it goes a day before', before: ending('2026-01-02'), after: { ...V31, paths: {} }, truth: 'breaks' },
    { because: 'nobody knows any more when it goes', before: ending('2026-06-01'), after: ending('soon'), truth: 'breaks' },
  ],
  'access and place': [
    {
      because: 'calls with the key alone are refused',
      ...two([{ key: [] }, { oauth: ['a'] }], [{ oauth: ['a'] }], (security) => operation({ security }, V31, schemes)),
      truth: 'breaks',
    },
    {
      because: 'another way in is added',
      ...two([{ oauth: ['a'] }], [{ oauth: ['a'] }, { key: [] }], (security) => operation({ security }, V31, schemes)),
      truth: 'silent',
    },
    {
      because: 'tokens without the new scope are refused',
      ...two([{ oauth: ['a'] }], [{ oauth: ['a', 'b'] }], (security) => operation({ security }, V31, schemes)),
      truth: 'breaks',
    },
    {
      because: 'what was asked of all is asked of each',
      before: operation({}, V31, { security: [{ key: [] }], ...schemes }),
      after: operation({ security: [{ key: [] }] }, V31, schemes),
      truth: 'silent',
    },
    {
      because: 'the order of ways in has no meaning',
      ...two([{ key: [] }, { oauth: ['a'] }], [{ oauth: ['a'] }, { key: [] }], (security) => operation({ security }, V31, schemes)),
      truth: 'silent',
    },
    {
      because: 'a place more serves it',
      before: operation({}, V31, { servers: [{ url: 'https://a.example' }] }),
      after: operation({}, V31, { servers: [{ url: 'https://a.example' }, { url: 'https://b.example' }] }),
      truth: 'silent',
    },
    {
      because: 'the place that is called may be gone',
      before: operation({}, V31, { servers: [{ url: 'https://a.example/v1' }] }),
      after: operation({}, V31, { servers: [{ url: 'https://a.example/v2' }] }),
      truth: 'look or breaks',
    },
    {
      because: 'a part of the address moved from the server into the paths: every call goes where it went',
      before: at('https://a.example/v1', '/x/{id}', '/y'),
      after: at('https://a.example', '/v1/x/{key}', '/v1/y'),
      truth: 'silent',
    },
    {
      because: 'a part of the address moved out of the paths, and another host serves it',
      before: at('https://a.example', '/v1/x/{id}', '/v1/y'),
      after: at('https://b.example/v1', '/x/{id}', '/y'),
      truth: 'look or breaks',
    },
    {
      because: 'a part of the address moved into the paths, and one of them is not there any more',
      before: at('https://a.example/v1', '/x/{id}', '/y'),
      after: at('https://a.example', '/v1/x/{id}', '/v1/z'),
      truth: 'breaks',
    },
    {
      because: 'what changed below an address that is written anew is found',
      before: at('https://a.example/v1', '/x'),
      after: { ...at('https://a.example'), paths: { '/v1/x': { get: { parameters: [needed], responses: ok } } } },
      truth: 'breaks',
    },
    {
      because: 'another path is another operation',
      before: { ...V31, paths: { '/x': { get: { responses: ok } } } },
      after: { ...V31, paths: { '/x/': { get: { responses: ok } } } },
      truth: 'look or breaks',
    },
    {
      because: 'each of two addresses that differ by name only is what it was, in whichever order they stand',
      before: { ...V31, paths: { '/x/{id}': notesBy('id', { type: 'integer' }), '/x/{title}': notesBy('title', text) } },
      after: { ...V31, paths: { '/x/{title}': notesBy('title', text), '/x/{id}': notesBy('id', { type: 'integer' }) } },
      truth: 'silent',
    },
    {
      because: 'an address that was renamed beside one that was not is still served, and asks for something else now',
      before: { ...V31, paths: { '/x/{id}': notesBy('id', { type: 'integer' }), '/x/{title}': notesBy('title', text) } },
      after: { ...V31, paths: { '/x/{title}': notesBy('title', text), '/x/{uuid}': notesBy('uuid', { type: 'string', format: 'uuid' }) } },
      truth: 'breaks',
    },
    {
      because: 'where a path item stands does not matter',
      before: operation({}),
      after: {
        ...V31,
        paths: { '/x': { $ref: '#/components/pathItems/X' } },
        components: { pathItems: { X: { post: { responses: ok } } } },
      },
      truth: 'silent',
    },
  ],
}
