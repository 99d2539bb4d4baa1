import type { Json, JsonObject } from '../json.ts'
import type { Place, RuleExample } from './rule.ts'

/** A complete small document around one operation. */
export function documentOf(operation: JsonObject, more: JsonObject = {}): JsonObject {
  return {
    openapi: '3.1.0',
    info: { title: 'Example', version: '1' },
    paths: { '/things': { post: { responses: { 200: { description: 'Done' } }, ...operation } } },
    ...more,
  }
}

/** Puts a schema where a rule looks for it. */
export function documentWith(place: Place, schema: Json, mediaType = 'application/json'): JsonObject {
  const inner: JsonObject = { type: 'object', properties: { value: schema } }
  const body = (value: Json): JsonObject => documentOf({ requestBody: { content: { [mediaType]: { schema: value } } } })
  const answer = (value: Json): JsonObject =>
    documentOf({ responses: { 200: { description: 'Done', content: { [mediaType]: { schema: value } } } } })
  const parameter = (value: Json, where: string): JsonObject => documentOf({ parameters: [{ name: 'value', in: where, schema: value }] })
  const header = (value: Json): JsonObject =>
    documentOf({ responses: { 200: { description: 'Done', headers: { 'X-Value': { schema: value } } } } })
  const builders: Record<Place, () => JsonObject> = {
    'request-body': () => body(schema),
    'request-property': () => body(inner),
    'request-parameter': () => parameter(schema, 'query'),
    'request-parameter-element': () => parameter({ type: 'array', items: schema }, 'query'),
    'request-parameter-property': () => parameter(inner, 'query'),
    'request-header': () => parameter(schema, 'header'),
    'request-header-property': () => parameter(inner, 'header'),
    'response-body': () => answer(schema),
    'response-property': () => answer(inner),
    'response-header': () => header(schema),
    'response-header-property': () => header(inner),
  }
  return builders[place]()
}

export function schemaExample(place: Place, before: Json, after: Json, mediaType?: string): RuleExample {
  return { before, after, documents: { before: documentWith(place, before, mediaType), after: documentWith(place, after, mediaType) } }
}

/** An example about an operation: the two operation objects. */
export function operationExample(before: JsonObject, after: JsonObject, options?: RuleExample['options']): RuleExample {
  return { before, after, documents: { before: documentOf(before), after: documentOf(after) }, ...(options ? { options } : {}) }
}

/** An example about top-level members of the document. */
export function documentExample(before: JsonObject, after: JsonObject): RuleExample {
  return { before, after, documents: { before: documentOf({}, before), after: documentOf({}, after) } }
}
