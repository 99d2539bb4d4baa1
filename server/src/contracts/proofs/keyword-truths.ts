import { type Case, callback, field, object, reads, request, response, sends, text, two, V3, webhook } from './truths.ts'

const list = (more: object) => ({ type: 'array', ...more })
const whole = { type: 'integer' }
const blur = object({ radius: { type: 'number' } }, { required: ['radius'] })
const [open, closed] = [object({ a: text }), object({ a: text }, { additionalProperties: false })]
/** Named so that no schema looks like a promise. */
const [consequence, alternative] = ['then', 'else'] as const

/** What changes of single words mean, where a word says more or less than it seems to. */
export const keywordTruths: Record<string, Case[]> = {
  'types together with formats': [
    {
      because: 'texts that are no dates were accepted, whatever else is',
      ...two(text, { type: ['string', 'integer'], format: 'date' }, request),
      truth: 'breaks',
    },
    {
      because: 'texts that are no dates are met, though fewer types are',
      ...two({ type: ['string', 'integer'], format: 'date' }, text, response),
      truth: 'breaks',
    },
    {
      because: 'a format of texts says nothing about numbers',
      ...two(whole, { type: ['integer', 'string'], format: 'date' }, request),
      truth: 'silent',
    },
    {
      because: 'every number that was sent is a number still',
      ...two({ ...whole, format: 'int64' }, { type: 'number', format: 'double' }, request),
      truth: 'silent',
    },
    {
      because: 'both are how base64 is written',
      ...two({ ...text, format: 'byte' }, { ...text, contentEncoding: 'base64' }, request),
      truth: 'silent',
    },
    {
      because: 'whole numbers are refused, whatever came for them',
      ...two({ oneOf: [text, whole] }, { oneOf: [text, { type: 'boolean' }] }, request),
      truth: 'breaks',
    },
    {
      because: 'readers meet flags, whatever went for them',
      ...two({ anyOf: [text, whole] }, { anyOf: [text, { type: 'boolean' }] }, response),
      truth: 'breaks',
    },
  ],
  'null beside a list of values': [
    {
      because: 'null is among the values for the first time',
      ...two({ enum: ['a'] }, { enum: ['a', null] }, response),
      truth: 'breaks',
    },
    {
      because: 'the type let null through, the list did not',
      ...two({ type: ['string', 'null'], enum: ['a'] }, { type: ['string', 'null'], enum: ['a', null] }, response),
      truth: 'look or breaks',
    },
    {
      because: 'null was sent and is no value any more',
      ...two({ type: ['string', 'null'], enum: ['a', null] }, { type: ['string', 'null'], enum: ['a'] }, request),
      truth: 'breaks',
    },
    {
      because: 'whoever writes nullable beside values means it, with null among them or without',
      before: reads(field({ type: 'string', nullable: true, enum: ['a'] }), V3),
      after: reads(field({ type: 'string', nullable: true, enum: ['a', null] }), V3),
      truth: 'silent',
    },
  ],
  'null in two branches': [
    {
      because: 'null now fits two branches of oneOf, and is refused',
      ...two({ type: ['string', 'null'] }, { oneOf: [{ type: ['string', 'null'] }, { type: 'null' }] }, request),
      truth: 'breaks',
    },
    {
      because: 'null fits the union within and the branch beside it',
      ...two({ anyOf: [text, { type: 'null' }] }, { oneOf: [{ anyOf: [text, { type: 'null' }] }, { type: 'null' }] }, request),
      truth: 'breaks',
    },
  ],
  'the same values in other words': [
    {
      because: 'each kind of blur is a blur as it was',
      before: reads(field(blur)),
      after: reads(field({ oneOf: ['NORMAL', 'PROGRESSIVE'].map((kind) => ({ allOf: [object({ kind: { enum: [kind] } }), blur] })) })),
      truth: 'silent',
    },
    {
      because: 'there are only two flags',
      ...two({ type: 'boolean' }, { type: 'boolean', enum: [true, false] }, request),
      truth: 'silent',
    },
    {
      because: 'one of the flags is refused',
      ...two({ type: 'boolean' }, { type: 'boolean', enum: [true] }, request),
      truth: 'breaks',
    },
    {
      because: 'each value has a branch of its own',
      ...two({ ...text, enum: ['a', 'b'] }, { oneOf: [{ const: 'a' }, { const: 'b' }] }, request),
      truth: 'silent',
    },
    {
      because: 'a value came with its branch',
      ...two({ ...text, enum: ['a', 'b'] }, { oneOf: [{ const: 'a' }, { const: 'b' }, { const: 'c' }] }, response),
      truth: 'look or breaks',
    },
    { because: 'every whole number is a multiple of 1', ...two(whole, { ...whole, multipleOf: 1 }, request), truth: 'silent' },
    {
      because: 'whoever reads the coarser steps could read the finer',
      ...two({ type: 'number', multipleOf: 5 }, { type: 'number', multipleOf: 10 }, response),
      truth: 'silent',
    },
  ],
  'null around a choice': [
    {
      because: 'null is none of the values that the branch denies, so it fits two and is refused',
      ...two({ not: { enum: ['a', 'b', 1] } }, { oneOf: [{ not: { enum: ['a', 'b', 1] } }, { type: 'null' }] }, request),
      truth: 'look or breaks',
    },
    {
      because: 'null fits the parts and the branch beside them, so it fits two and is refused',
      ...two(
        { allOf: [{ enum: ['a', null] }, { not: { maxLength: 0, type: 'string' } }] },
        { oneOf: [{ allOf: [{ enum: ['a', null] }, { not: { maxLength: 0, type: 'string' } }] }, { type: 'null' }] },
        request,
      ),
      truth: 'look or breaks',
    },
    {
      because: 'null was accepted for itself, and is held against a condition now',
      ...two(
        { anyOf: [{ type: ['string', 'null'], if: { const: 'a' }, [alternative]: { enum: ['b'] } }, { type: 'null' }] },
        {
          anyOf: [
            { type: ['string', 'null'], if: { const: 'a' }, [alternative]: { enum: ['b'] } },
            { oneOf: [{ type: 'null' }, { type: 'null' }] },
          ],
        },
        request,
      ),
      truth: 'look or breaks',
    },
    {
      because: 'the condition holds for null now, and its demand refuses null',
      ...two(
        { type: ['string', 'null'], if: { const: 'a' }, [consequence]: { enum: ['a', 'b'] } },
        { type: ['string', 'null'], if: { oneOf: [{ const: 'a' }, { type: 'null' }] }, [consequence]: { enum: ['a', 'b'] } },
        request,
      ),
      truth: 'breaks',
    },
    {
      because: 'the demand on all other elements holds for every element now',
      ...two(
        { type: 'array', items: text, unevaluatedItems: { type: 'integer' } },
        { type: 'array', unevaluatedItems: { type: 'integer' } },
        request,
      ),
      truth: 'breaks',
    },
    {
      because: 'elements that were numbers, since nothing else was said of them, can be texts',
      ...two(
        { type: 'array', unevaluatedItems: { type: 'integer' } },
        { type: 'array', items: text, unevaluatedItems: { type: 'integer' } },
        response,
      ),
      truth: 'breaks',
    },
  ],
  'words that turn round': [
    {
      because: 'less is excluded',
      ...two({ ...text, not: { enum: ['x', 'y'] } }, { ...text, not: { enum: ['x'] } }, request),
      truth: 'silent',
    },
    {
      because: 'more is excluded',
      ...two({ ...text, not: { enum: ['x'] } }, { ...text, not: { enum: ['x', 'y'] } }, request),
      truth: 'breaks',
    },
    {
      because: 'readers meet what was excluded',
      ...two({ ...text, not: { enum: ['x', 'y'] } }, { ...text, not: { enum: ['x'] } }, response),
      truth: 'breaks',
    },
    {
      because: 'the demand now holds for texts that were free of it',
      before: sends(JSON.parse('{"type":"string","if":{"maxLength":5},"then":{"pattern":"x"}}')),
      after: sends(JSON.parse('{"type":"string","if":{"maxLength":9},"then":{"pattern":"x"}}')),
      truth: 'breaks',
    },
    {
      because: 'two fractions were no two of the counted',
      ...two(list({ contains: whole, maxContains: 1 }), list({ contains: { type: 'number' }, maxContains: 1 }), request),
      truth: 'breaks',
    },
    {
      because: 'nobody counts, and more elements will do',
      ...two(list({ contains: whole }), list({ contains: { type: 'number' } }), request),
      truth: 'silent',
    },
  ],
  'elements by position': [
    {
      because: 'the first element could be anything',
      ...two(list({}), list({ prefixItems: [text] }), request),
      truth: 'breaks',
    },
    {
      because: 'the list may be longer than it could be',
      ...two(list({ prefixItems: [text], items: false }), list({ prefixItems: [text, text], items: false }), request),
      truth: 'silent',
    },
    {
      because: 'readers meet anything in the first place',
      ...two(list({ prefixItems: [text] }), list({}), response),
      truth: 'breaks',
    },
    { because: 'lists with elements are refused', ...two(list({}), list({ items: false }), request), truth: 'breaks' },
    { because: 'lists with texts are refused', ...two(list({ items: text }), list({ items: false }), request), truth: 'breaks' },
  ],
  'demands on what another part describes': [
    {
      because: 'the part says that the property of its neighbour is needed',
      before: sends({ allOf: [open, { description: 'b', required: [] }] }),
      after: sends({ allOf: [open, { description: 'b', required: ['a'] }] }),
      truth: 'breaks',
    },
    {
      because: 'the part no longer promises the property of its neighbour',
      before: reads({ allOf: [object({ a: text, b: text }), { required: ['a', 'b'] }] }),
      after: reads({ allOf: [object({ a: text, b: text }), { required: ['b'] }] }),
      truth: 'breaks',
    },
    {
      because: 'nobody describes the name: a slip, or a demand',
      before: sends(open),
      after: sends({ ...open, required: ['b'] }),
      truth: 'look or breaks',
    },
    {
      because: 'fewer properties are needed when the first is there',
      ...two({ dependentRequired: { a: ['b', 'c'] } }, { dependentRequired: { a: ['b'] } }, request),
      truth: 'silent',
    },
  ],
  'properties that a direction carries': [
    { because: 'answers lose it', before: reads(open), after: reads(object({ a: { ...text, writeOnly: true } })), truth: 'look or breaks' },
    { because: 'requests may not carry it', before: sends(open), after: sends(object({ a: { ...text, readOnly: true } })), truth: 'look' },
    {
      because: 'the server wrote it, now the client has to',
      before: sends(object({ a: { ...text, readOnly: true } }, { required: ['a'] })),
      after: sends(object({ a: text }, { required: ['a'] })),
      truth: 'breaks',
    },
    {
      because: 'what answers carry is no matter of the request',
      before: reads(object({ a: text })),
      after: reads(object({ a: { ...text, readOnly: true } })),
      truth: 'silent',
    },
    {
      because: 'the payload of a webhook loses it',
      before: webhook(open),
      after: webhook(object({ a: { ...text, writeOnly: true } })),
      truth: 'look or breaks',
    },
  ],
  'maps and properties': [
    {
      because: 'the name was in the map with a text',
      before: sends({ type: 'object', additionalProperties: text }),
      after: sends({ type: 'object', additionalProperties: text, properties: { a: whole } }),
      truth: 'look or breaks',
    },
    {
      because: 'the property fits whatever the map had',
      before: reads({ type: 'object', additionalProperties: text }),
      after: reads({ type: 'object', additionalProperties: text, properties: { a: { ...text, maxLength: 5 } } }),
      truth: 'silent',
    },
    {
      because: 'names that the pattern let through are refused',
      before: sends({ ...closed, patternProperties: { '^x-': text } }),
      after: sends(closed),
      truth: 'breaks',
    },
    { because: 'what is beyond was never described to the caller back', ...two(open, closed, callback), truth: 'silent' },
  ],
}
