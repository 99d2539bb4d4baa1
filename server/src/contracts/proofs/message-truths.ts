import { type Case, field, json, object, ok, operation, parameter, reads, schemes, swagger, text, two, V3, V31 } from './truths.ts'

const plain = { schema: text }
const whole = { type: 'integer' }
const list = { type: 'array', items: text }
const sent = (content: object) => operation({ requestBody: { content } })
const answered = (content: object) => operation({ responses: { 200: { description: 'ok', content } } })
const answers = (responses: object) => operation({ responses })
const answer = (schema: object = text) => ({ description: 'x', ...json(schema) })
const at = (...servers: object[]) => operation({}, V31, { servers })
const region = (...values: string[]) => ({ url: 'https://{r}.example', variables: { r: { default: values[0], enum: values } } })
const form = (encoding: object, mediaType = 'multipart/form-data') =>
  sent({ [mediaType]: { schema: object({ meta: object({ x: text }), file: { ...text, format: 'binary' }, tags: list }), encoding } })
const secured = (name: string, scheme: object) =>
  operation({}, V31, { security: [{ [name]: [] }], components: { securitySchemes: { [name]: scheme } } })
const flows = (...names: string[]) =>
  secured('login', {
    type: 'oauth2',
    flows: Object.fromEntries(
      names.map((name) => [name, { tokenUrl: 'https://a.example/t', authorizationUrl: 'https://a.example', scopes: {} }]),
    ),
  })
const asV3 = (post: object) => ({ ...operation(post, V3), servers: [{ url: 'https://api.example.com/v1' }] })
const query = (more: object) => swagger({ parameters: [{ name: 'ids', in: 'query', type: 'array', items: text, ...more }] })
const animals = (kinds: Record<string, object>) =>
  reads({ $ref: '#/components/schemas/Animal' }, V3, {
    Animal: object({ kind: text }, { discriminator: { propertyName: 'kind' } }),
    ...Object.fromEntries(
      Object.entries(kinds).map(([name, properties]) => [name, { allOf: [{ $ref: '#/components/schemas/Animal' }, object(properties)] }]),
    ),
  })

/** What changes of the message around the values mean: its media type and parts, how it is written, where it goes, who may send it. */
export const messageTruths: Record<string, Case[]> = {
  'names of media types': [
    {
      because: 'a body goes by its name, and another name is refused',
      ...two({ 'application/json': plain }, { 'application/vnd.api+json': plain }, sent),
      truth: 'breaks',
    },
    { because: 'every media type is taken', ...two({ 'application/json': plain }, { '*/*': plain }, sent), truth: 'silent' },
    { because: 'whatever is not JSON is refused', ...two({ '*/*': plain }, { 'application/json': plain }, sent), truth: 'breaks' },
    {
      because: 'who asks for the first version gets none',
      ...two({ 'application/vnd.a.v1+json': plain }, { 'application/vnd.a.v2+json': plain }, answered),
      truth: 'breaks',
    },
    {
      because: 'who asks for version 1 gets none',
      ...two({ 'application/json; version=1': plain }, { 'application/json; version=2': plain }, answered),
      truth: 'look or breaks',
    },
    {
      because: 'nothing says any more that JSON comes',
      ...two({ 'application/json': plain }, { '*/*': plain }, answered),
      truth: 'look or breaks',
    },
    { because: 'now it says what comes', ...two({ '*/*': plain }, { 'application/json': plain }, answered), truth: 'silent' },
    {
      because: 'what comes under the one name is what could come under any',
      ...two({ '*/*': plain }, { 'application/json': { schema: whole } }, answered),
      truth: 'breaks',
    },
    {
      because: 'letters of media types have no case',
      ...two({ 'Application/JSON': plain }, { 'application/json': plain }, sent),
      truth: 'silent',
    },
  ],
  statuses: [
    { because: 'one of the range is named', ...two({ '2XX': answer() }, { 200: answer() }, answers), truth: 'silent' },
    {
      because: 'the one that is named carries something else',
      ...two({ '2XX': answer() }, { 200: answer(whole) }, answers),
      truth: 'breaks',
    },
    {
      because: 'the range holds the status, in small letters too',
      ...two({ 200: answer() }, { '2xx': answer() }, answers),
      truth: 'silent',
    },
    {
      because: 'success was told by default and carries something else',
      ...two({ default: answer() }, { 200: answer(whole) }, answers),
      truth: 'breaks',
    },
    {
      because: 'one failure of the range is named',
      ...two({ ...ok, '4XX': answer() }, { ...ok, 404: answer() }, answers),
      truth: 'silent',
    },
  ],
  'how parameters are written': [
    { because: 'one value is written alike', ...two(plain, { ...plain, explode: false }, parameter), truth: 'silent' },
    { because: 'one value has nothing to part', ...two(plain, { ...plain, style: 'spaceDelimited' }, parameter), truth: 'silent' },
    {
      because: 'repeated parameters are not read as one',
      ...two({ schema: list }, { schema: list, explode: false }, parameter),
      truth: 'breaks',
    },
    {
      because: 'the parts of an object are named otherwise',
      ...two({ schema: object({ a: text }) }, { schema: object({ a: text }), style: 'deepObject' }, parameter),
      truth: 'breaks',
    },
    {
      because: 'slashes that were sent as they are can be misread',
      ...two({ allowReserved: true }, {}, parameter),
      truth: 'look or breaks',
    },
    { because: 'nobody has to stop escaping', ...two({}, { allowReserved: true }, parameter), truth: 'silent' },
    { because: 'a name without a value was sent', ...two({ allowEmptyValue: true }, {}, parameter), truth: 'look or breaks' },
    { because: 'one value is a list of one', ...two(plain, { schema: list }, parameter), truth: 'silent' },
    { because: 'a text is no list of numbers', ...two(plain, { schema: { ...list, items: whole } }, parameter), truth: 'breaks' },
    { because: 'a list of one has no second', ...two(plain, { schema: { ...list, minItems: 2 } }, parameter), truth: 'breaks' },
  ],
  'parts of forms': [
    {
      because: 'JPEG was listed and is refused',
      ...two({ file: { contentType: 'image/png, image/jpeg' } }, { file: { contentType: 'image/png' } }, form),
      truth: 'breaks',
    },
    {
      because: 'JPEG may be sent, too',
      ...two({ file: { contentType: 'image/png' } }, { file: { contentType: 'image/*' } }, form),
      truth: 'silent',
    },
    {
      because: 'JSON is how objects in forms were sent anyway',
      ...two({}, { meta: { contentType: 'application/json' } }, form),
      truth: 'silent',
    },
    {
      because: 'objects in forms were sent as JSON',
      ...two({}, { meta: { contentType: 'application/xml' } }, form),
      truth: 'look or breaks',
    },
    {
      because: 'a part without the header is refused',
      ...two({}, { file: { headers: { 'X-Size': { required: true, schema: whole } } } }, form),
      truth: 'breaks',
    },
    {
      because: 'a repeated field is not read as one',
      ...two({}, { tags: { explode: false } }, (encoding) => form(encoding, 'application/x-www-form-urlencoded')),
      truth: 'breaks',
    },
  ],
  addresses: [
    { because: 'the second region is switched off', ...two(region('eu', 'us'), region('eu'), at), truth: 'breaks' },
    {
      because: 'both regions are written out',
      before: at(region('eu', 'us')),
      after: at({ url: 'https://eu.example' }, { url: 'https://us.example' }),
      truth: 'silent',
    },
    {
      because: 'the name of a part of an address is sent by nobody',
      ...two(['tenant'], ['account'], (name) =>
        at({ url: `https://{${String(name)}}.example`, variables: { [String(name)]: { default: 'a' } } }),
      ),
      truth: 'silent',
    },
    {
      because: 'who leaves it at its default calls another address',
      ...two(['v1'], ['v2'], (value) => at({ url: 'https://a.example/{base}', variables: { base: { default: String(value) } } })),
      truth: 'look or breaks',
    },
    { because: '443 is where https goes', ...two({ url: 'https://A.example' }, { url: 'https://a.example:443/' }, at), truth: 'silent' },
    {
      because: 'the one operation is called elsewhere',
      ...two({}, { servers: [{ url: 'https://b.example' }] }, (more) => operation(more, V31, { servers: [{ url: 'https://a.example' }] })),
      truth: 'breaks',
    },
  ],
  credentials: [
    {
      because: 'the name of a scheme is known to the document only',
      before: secured('key', { type: 'apiKey', in: 'header', name: 'X-Key' }),
      after: secured('apiKey', { type: 'apiKey', in: 'header', name: 'x-key' }),
      truth: 'silent',
    },
    {
      because: 'another header carries another key',
      before: secured('key', { type: 'apiKey', in: 'header', name: 'X-Key' }),
      after: secured('key', { type: 'apiKey', in: 'header', name: 'X-Token' }),
      truth: 'breaks',
    },
    {
      because: 'tokens can no longer be had without a person',
      ...two(['clientCredentials', 'password'], ['password'], (names) => flows(...(names as string[]))),
      truth: 'breaks',
    },
    {
      because: 'who called without any is refused',
      ...two([{}, { key: [] }], [{ key: [] }], (security) => operation({ security }, V31, schemes)),
      truth: 'breaks',
    },
  ],
  'Swagger 2 told in version 3': [
    {
      because: 'a file is bytes',
      before: swagger({ produces: ['application/pdf'], responses: { 200: { description: 'ok', schema: { type: 'file' } } } }),
      after: asV3({ responses: { 200: { description: 'ok', content: { 'application/pdf': { schema: { ...text, format: 'binary' } } } } } }),
      truth: 'silent',
    },
    {
      because: 'csv is a form that is not exploded',
      before: query({}),
      after: asV3({ parameters: [{ name: 'ids', in: 'query', explode: false, schema: list }] }),
      truth: 'silent',
    },
    {
      because: 'multi is a form that is',
      before: query({ collectionFormat: 'multi' }),
      after: asV3({ parameters: [{ name: 'ids', in: 'query', schema: list }] }),
      truth: 'silent',
    },
    {
      because: 'pipes are pipes, and no commas',
      before: query({ collectionFormat: 'pipes' }),
      after: asV3({ parameters: [{ name: 'ids', in: 'query', explode: false, schema: list }] }),
      truth: 'breaks',
    },
  ],
  'what schemas are called': [
    {
      because: 'the anchor leads to what changed',
      ...two({ A: { $anchor: 'a', ...text } }, { A: { $anchor: 'a', ...whole } }, (schemas) => reads(field({ $ref: '#a' }), V31, schemas)),
      truth: 'breaks',
    },
    {
      because: 'the address leads to what changed',
      ...two(text, whole, (schema) => reads(field({ $ref: 'https://x.example/a' }), V31, { A: { $id: 'https://x.example/a', ...schema } })),
      truth: 'breaks',
    },
    {
      because: 'inside of a schema with an address, references begin there',
      ...two(text, whole, (schema) =>
        reads({ $ref: '#/components/schemas/A' }, V31, {
          A: { $id: 'https://x.example/a', ...field({ $ref: '#/$defs/f' }), $defs: { f: schema } },
        }),
      ),
      truth: 'breaks',
    },
    {
      because: 'the dynamic anchor leads to what changed',
      ...two(text, whole, (schema) => reads({ ...field({ $dynamicRef: '#n' }), $defs: { n: { $dynamicAnchor: 'n', ...schema } } })),
      truth: 'breaks',
    },
    {
      because: 'an escaped name is the name',
      ...two(text, whole, (schema) => reads(field({ $ref: '#/components/schemas/a~1b~0c%20d' }), V31, { 'a/b~c d': schema })),
      truth: 'breaks',
    },
  ],
  inheritance: [
    {
      because: 'readers meet a kind that they never met',
      ...two({ Cat: {} }, { Cat: {}, Dog: {} }, (kinds) => animals(kinds as Record<string, object>)),
      truth: 'look or breaks',
    },
    {
      because: 'cats lose what was read of them',
      ...two({ Cat: { purrs: text } }, { Cat: {} }, (kinds) => animals(kinds as Record<string, object>)),
      truth: 'look or breaks',
    },
    {
      because: 'where only cats come, dogs do not matter',
      ...two({ barks: text }, {}, (dog) => ({
        ...animals({ Cat: {}, Dog: dog }),
        paths: { '/x': { get: { responses: { 200: answer({ $ref: '#/components/schemas/Cat' }) } } } },
      })),
      truth: 'silent',
    },
  ],
  'OpenAPI 3.2': [
    {
      because: 'the method is gone',
      ...two({ LINK: { responses: ok } }, {}, (additionalOperations) => ({
        ...V31,
        openapi: '3.2.0',
        paths: { '/x': { additionalOperations } },
      })),
      truth: 'breaks',
    },
    {
      because: 'each event carries something else',
      ...two({ itemSchema: text }, { itemSchema: whole }, (media) => answered({ 'text/event-stream': media })),
      truth: 'breaks',
    },
  ],
  'one path twice': [
    {
      because: 'each of two ways to write the path has its operation',
      before: { ...V31, paths: { '/a/{x}': { get: { responses: ok } }, '/a/{y}': { post: { responses: ok } } } },
      after: { ...V31, paths: { '/a/{x}': { get: { responses: ok } } } },
      truth: 'breaks',
    },
  ],
}
