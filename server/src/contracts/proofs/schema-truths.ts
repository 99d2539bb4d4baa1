import { byKind, type Case, field, object, pet, pets, reads, request, response, sends, text, two, V3, V31 } from './truths.ts'

/** What changes of schemas mean. */
export const schemaTruths: Record<string, Case[]> = {
  'null in its forms': [
    {
      because: 'nullable and a list of types say the same',
      before: reads(field({ type: 'string', nullable: true }), V3),
      after: reads(field({ type: ['string', 'null'] })),
      truth: 'silent',
    },
    {
      because: 'a branch that is null says the same',
      before: reads(field({ oneOf: [{ type: 'null' }, text] })),
      after: reads(field({ type: ['null', 'string'] })),
      truth: 'silent',
    },
    {
      because: 'the order of types has no meaning',
      ...two({ type: ['string', 'null'] }, { type: ['null', 'string'] }, response),
      truth: 'silent',
    },
    { because: 'a reader meets null for the first time', ...two(text, { type: ['string', 'null'] }, response), truth: 'breaks' },
    { because: 'null that was accepted is refused', ...two({ type: ['string', 'null'] }, text, request), truth: 'breaks' },
  ],
  'bounds in both forms': [
    {
      because: 'a flag beside the bound and the bound itself say the same',
      before: sends(field({ type: 'number', minimum: 5, exclusiveMinimum: true }), V3),
      after: sends(field({ type: 'number', exclusiveMinimum: 5 })),
      truth: 'silent',
    },
    {
      because: '5 was refused and is accepted',
      before: sends(field({ type: 'number', minimum: 5, exclusiveMinimum: true }), V3),
      after: sends(field({ type: 'number', minimum: 5 })),
      truth: 'silent',
    },
    {
      because: '5 was accepted and is refused',
      before: sends(field({ type: 'number', minimum: 5 }), V3),
      after: sends(field({ type: 'number', exclusiveMinimum: 5 })),
      truth: 'breaks',
    },
    {
      because: 'whole numbers above -1 are those from 0',
      ...two({ type: 'integer', minimum: 0 }, { type: 'integer', exclusiveMinimum: -1 }, request),
      truth: 'silent',
    },
    { because: 'every text has at least no character', ...two(text, { ...text, minLength: 0 }, request), truth: 'silent' },
    {
      because: 'every list has at least no element',
      ...two({ type: 'array', items: text }, { type: 'array', items: text, minItems: 0 }, request),
      truth: 'silent',
    },
    {
      because: 'a list with a repeated element is refused',
      ...two({ type: 'array', items: text }, { type: 'array', items: text, uniqueItems: true }, request),
      truth: 'look or breaks',
    },
    {
      because: 'multiples of 10 are multiples of 5',
      ...two({ type: 'integer', multipleOf: 10 }, { type: 'integer', multipleOf: 5 }, request),
      truth: 'silent',
    },
    {
      because: '5 was a multiple and is none',
      ...two({ type: 'integer', multipleOf: 5 }, { type: 'integer', multipleOf: 10 }, request),
      truth: 'look or breaks',
    },
  ],
  'types, formats, patterns': [
    { because: 'whole numbers are numbers', ...two({ type: 'number' }, { type: 'integer' }, response), truth: 'silent' },
    { because: 'a reader of whole numbers meets fractions', ...two({ type: 'integer' }, { type: 'number' }, response), truth: 'breaks' },
    { because: 'a sender of fractions is refused', ...two({ type: 'number' }, { type: 'integer' }, request), truth: 'breaks' },
    {
      because: 'a reader into 32 bits overflows',
      ...two({ type: 'integer', format: 'int32' }, { type: 'integer', format: 'int64' }, response),
      truth: 'look or breaks',
    },
    {
      because: 'what fits in 32 bits fits in 64',
      ...two({ type: 'integer', format: 'int32' }, { type: 'integer', format: 'int64' }, request),
      truth: 'silent',
    },
    {
      because: 'a parser of dates fails at a time',
      ...two({ ...text, format: 'date' }, { ...text, format: 'date-time' }, response),
      truth: 'look or breaks',
    },
    {
      because: 'a date is no date-time',
      ...two({ ...text, format: 'date' }, { ...text, format: 'date-time' }, request),
      truth: 'look or breaks',
    },
    { because: 'any text is accepted now', ...two({ ...text, format: 'uuid' }, text, request), truth: 'silent' },
    { because: 'texts outside of the pattern are refused', ...two(text, { ...text, pattern: '^a' }, request), truth: 'look or breaks' },
    { because: 'any text is accepted now', ...two({ ...text, pattern: '^a' }, text, request), truth: 'silent' },
    { because: 'readers meet only texts that they met before', ...two(text, { ...text, pattern: '^a' }, response), truth: 'silent' },
  ],
  'lists of values': [
    { because: 'the order of values has no meaning', ...two({ enum: ['a', 'b'] }, { enum: ['b', 'a'] }, request), truth: 'silent' },
    { because: 'one value is a list of one', ...two({ ...text, const: 'a' }, { ...text, enum: ['a'] }, request), truth: 'silent' },
    {
      because: 'an element that was accepted is refused',
      ...two({ type: 'array', items: { enum: ['a', 'b'] } }, { type: 'array', items: { enum: ['a'] } }, request),
      truth: 'breaks',
    },
    {
      because: 'a reader meets an element that it never met',
      ...two({ type: 'array', items: { enum: ['a'] } }, { type: 'array', items: { enum: ['a', 'b'] } }, response),
      truth: 'look or breaks',
    },
    { because: 'readers meet fewer values', ...two({ enum: ['a', 'b'] }, { enum: ['a'] }, response), truth: 'silent' },
  ],
  objects: [
    {
      because: 'a field beyond those described was accepted and is refused',
      ...two(object({ f: text }), object({ f: text }, { additionalProperties: false }), sends),
      truth: 'look or breaks',
    },
    {
      because: 'nothing beyond is answered any more, and nobody relied on what is not described',
      ...two(object({ f: text }), object({ f: text }, { additionalProperties: false }), reads),
      truth: 'silent',
    },
    {
      because: 'true is what was always meant',
      ...two(object({ f: text }), object({ f: text }, { additionalProperties: true }), sends),
      truth: 'silent',
    },
    {
      because: 'values of the map that were accepted are refused',
      ...two({ type: 'object', additionalProperties: text }, { type: 'object', additionalProperties: { type: 'integer' } }, sends),
      truth: 'breaks',
    },
    {
      because: 'what only the server writes is never asked of a request',
      ...two([], ['id'], (required) => sends(object({ id: { ...text, readOnly: true } }, { required }))),
      truth: 'silent',
    },
    {
      because: 'what is never answered can be missed by nobody',
      ...two(object({ s: { ...text, writeOnly: true } }), object({}), reads),
      truth: 'silent',
    },
    {
      because: 'a request without it is refused',
      ...two([], ['s'], (required) => sends(object({ s: { ...text, writeOnly: true } }, { required }))),
      truth: 'breaks',
    },
    {
      because: 'a promised field can be missing',
      ...two(['f'], [], (required) => reads(object({ f: text }, { required }))),
      truth: 'breaks',
    },
    {
      because: 'parts of allOf and the whole say the same',
      before: sends({ allOf: [object({ a: text }, { required: ['a'] }), object({ b: text })] }),
      after: sends(object({ a: text, b: text }, { required: ['a'] })),
      truth: 'silent',
    },
    {
      because: 'a wrapper of one branch adds nothing',
      ...two(object({ a: text }), { oneOf: [object({ a: text })] }, sends),
      truth: 'silent',
    },
    {
      because: 'the field changed below its own kind',
      ...two(text, { type: 'integer' }, (schema) =>
        reads({ $ref: '#/components/schemas/N' }, V31, {
          N: object({ next: { $ref: '#/components/schemas/N' }, v: schema }, { required: ['v'] }),
        }),
      ),
      truth: 'breaks',
    },
  ],
  unions: [
    {
      because: 'readers meet a kind that they never met',
      ...two({ Dog: pet() }, { Dog: pet(), Cat: pet() }, (kinds) => {
        const { schema } = pets(kinds as Record<string, object>, byKind)
        return reads(schema, V31, kinds)
      }),
      truth: 'look or breaks',
    },
    {
      because: 'a kind more is accepted',
      ...two({ Dog: pet('Dog') }, { Dog: pet('Dog'), Cat: pet('Cat') }, (kinds) => {
        const { schema } = pets(kinds as Record<string, object>, byKind)
        return sends(schema, V31, kinds)
      }),
      truth: 'silent',
    },
    {
      because: 'the kind that was sent is refused',
      ...two({ Dog: pet(), Cat: pet() }, { Dog: pet() }, (kinds) => {
        const { schema } = pets(kinds as Record<string, object>, byKind)
        return sends(schema, V31, kinds)
      }),
      truth: 'breaks',
    },
    {
      because: 'a mapping that repeats the names of schemas adds nothing',
      ...two({}, { mapping: { Dog: '#/components/schemas/Dog', Cat: 'Cat' } }, (more) => {
        const { schema, kinds } = pets({ Dog: pet(), Cat: pet() }, { ...byKind, ...more })
        return sends(schema, V31, kinds)
      }),
      truth: 'silent',
    },
    {
      because: 'the value that was sent names no kind any more',
      ...two({ dog: 'Dog' }, { canine: 'Dog' }, (mapping) => {
        const { schema, kinds } = pets({ Dog: pet() }, { ...byKind, mapping })
        return sends(schema, V31, kinds)
      }),
      truth: 'look or breaks',
    },
    {
      because: 'a name of a schema is no part of the API',
      before: sends({ $ref: '#/components/schemas/A' }, V31, { A: field(text) }),
      after: sends({ $ref: '#/components/schemas/B' }, V31, { B: field(text) }),
      truth: 'silent',
    },
    {
      because: 'whatever matches exactly one matches any',
      ...two({ oneOf: [text, { type: 'integer' }] }, { anyOf: [text, { type: 'integer' }] }, request),
      truth: 'silent',
    },
    {
      because: 'the order of branches has no meaning',
      ...two({ oneOf: [text, { type: 'integer' }] }, { oneOf: [{ type: 'integer' }, text] }, request),
      truth: 'silent',
    },
  ],
}
