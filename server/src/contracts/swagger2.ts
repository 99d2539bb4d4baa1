import { isObject, type Json, type JsonObject, own, ownArray, ownObject, ownString, ownStrings } from './json.ts'

const methods = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch']
const schemaKeywords = new Set([
  'type',
  'format',
  'items',
  'default',
  'maximum',
  'exclusiveMaximum',
  'minimum',
  'exclusiveMinimum',
  'maxLength',
  'minLength',
  'pattern',
  'maxItems',
  'minItems',
  'uniqueItems',
  'enum',
  'multipleOf',
  'x-nullable',
  'x-extensible-enum',
])

/**
 * Says in OpenAPI 3 terms what a Swagger 2 document means, so that one set of rules judges both. Schemas are shared with
 * the original, and `#/definitions`, `#/parameters` and `#/responses` stay where references look for them.
 */
export function openapiFromSwagger(root: JsonObject): JsonObject {
  const context: Context = { root, consumes: mediaTypes(root, 'consumes'), produces: mediaTypes(root, 'produces') }
  const securitySchemes = mapObject(ownObject(root, 'securityDefinitions'), securityScheme)
  return {
    ...root,
    servers: servers(root),
    paths: mapObject(ownObject(root, 'paths'), (item) => pathItem(item, context)),
    parameters: mapObject(ownObject(root, 'parameters'), (parameter) => plainParameter(parameter)),
    responses: mapObject(ownObject(root, 'responses'), (response) => responseOf(response, context.produces)),
    components: { schemas: ownObject(root, 'definitions'), securitySchemes },
  }
}

interface Context {
  root: JsonObject
  consumes: string[]
  produces: string[]
}

function mediaTypes(node: JsonObject, key: string, inherited: string[] = ['application/json']): string[] {
  return Object.hasOwn(node, key) ? ownStrings(node, key) : inherited
}

function mapObject(members: JsonObject, change: (value: JsonObject) => Json): JsonObject {
  const entries = Object.entries(members).map(([key, value]) => [
    key,
    isObject(value) && !Object.hasOwn(value, '$ref') ? change(value) : value,
  ])
  return Object.fromEntries(entries) as JsonObject
}

function servers(root: JsonObject): Json[] {
  const host = ownString(root, 'host')
  const base = ownString(root, 'basePath') ?? ''
  if (host === undefined) return base === '' ? [] : [{ url: base }]
  const schemes = ownStrings(root, 'schemes')
  return (schemes.length > 0 ? schemes : ['https']).map((scheme) => ({ url: `${scheme}://${host}${base}` }))
}

function pathItem(item: JsonObject, context: Context): JsonObject {
  const shared = ownArray(item, 'parameters')
  const body = shared.filter((parameter) => isBody(parameter, context))
  const rest = shared.filter((parameter) => !isBody(parameter, context)).map((parameter) => parameterOf(parameter))
  const operations = methods
    .filter((method) => isObject(own(item, method)))
    .map((method) => [method, operation(ownObject(item, method), body, context)])
  return { ...item, ...(shared.length > 0 ? { parameters: rest } : {}), ...Object.fromEntries(operations) }
}

function operation(node: JsonObject, sharedBody: Json[], context: Context): JsonObject {
  const consumes = mediaTypes(node, 'consumes', context.consumes)
  const produces = mediaTypes(node, 'produces', context.produces)
  const parameters = ownArray(node, 'parameters')
  const body = [...sharedBody, ...parameters].filter((parameter) => isBody(parameter, context)).map((p) => target(p, context))
  const rest = parameters.filter((parameter) => !isBody(parameter, context)).map((parameter) => parameterOf(parameter))
  const { consumes: _consumes, produces: _produces, ...kept } = node
  return {
    ...kept,
    ...(Object.hasOwn(node, 'parameters') ? { parameters: rest } : {}),
    ...(body.length > 0 ? { requestBody: requestBody(body, consumes) } : {}),
    responses: mapObject(ownObject(node, 'responses'), (response) => responseOf(response, produces)),
  }
}

function target(parameter: Json, context: Context): JsonObject {
  const ref = ownString(parameter, '$ref')
  const named = ref?.startsWith('#/parameters/') ? own(ownObject(context.root, 'parameters'), ref.slice('#/parameters/'.length)) : parameter
  return isObject(named) ? named : {}
}

function isBody(parameter: Json, context: Context): boolean {
  const place = ownString(target(parameter, context), 'in')
  return place === 'body' || place === 'formData'
}

function parameterOf(parameter: Json): Json {
  return isObject(parameter) && !Object.hasOwn(parameter, '$ref') ? plainParameter(parameter) : parameter
}

/** Keywords of the value stand beside `name` and `in` in Swagger 2, and under `schema` in OpenAPI 3. */
function plainParameter(parameter: JsonObject): JsonObject {
  if (isObject(own(parameter, 'schema'))) return parameter
  const schema: JsonObject = {}
  const rest: JsonObject = {}
  for (const [key, value] of Object.entries(parameter)) (schemaKeywords.has(key) ? schema : rest)[key] = value
  const { collectionFormat: _, ...kept } = rest
  return { ...kept, ...writing(parameter), schema: withFiles(schema) as JsonObject }
}

/** How a list is written. What version 3 can't say (`tsv`) keeps its name. */
const listStyles: Record<string, { style: string; explode: boolean }> = {
  csv: { style: 'form', explode: false },
  multi: { style: 'form', explode: true },
  ssv: { style: 'spaceDelimited', explode: false },
  pipes: { style: 'pipeDelimited', explode: false },
}

function writing(parameter: JsonObject): { style?: string; explode?: boolean } {
  const format = ownString(parameter, 'collectionFormat') ?? 'csv'
  if (own(parameter, 'type') !== 'array') return {}
  const isPair = own(parameter, 'in') === 'query' || own(parameter, 'in') === 'formData'
  return !isPair && format === 'csv' ? {} : (listStyles[format] ?? { style: format, explode: false })
}

/** `type: file` is what version 3 calls bytes. */
function withFiles(schema: Json): Json {
  return own(schema, 'type') === 'file' ? { ...(schema as JsonObject), type: 'string', format: 'binary' } : schema
}

function requestBody(parameters: JsonObject[], consumes: string[]): JsonObject {
  const body = parameters.find((parameter) => ownString(parameter, 'in') === 'body')
  if (body) {
    const content = Object.fromEntries(consumes.map((type) => [type, { schema: own(body, 'schema') ?? {} }]))
    return {
      required: own(body, 'required') === true,
      content,
      ...(ownString(body, 'description') ? { description: ownString(body, 'description')! } : {}),
    }
  }
  return { required: parameters.some((p) => own(p, 'required') === true), content: formContent(parameters, consumes) }
}

function formContent(parameters: JsonObject[], consumes: string[]): JsonObject {
  const properties: JsonObject = {}
  for (const parameter of parameters) properties[ownString(parameter, 'name') ?? ''] = ownObject(plainParameter(parameter), 'schema')
  const required = parameters.filter((p) => own(p, 'required') === true).map((p) => ownString(p, 'name') ?? '')
  const form = consumes.filter((type) => type.includes('form'))
  const schema: JsonObject = { type: 'object', properties, ...(required.length > 0 ? { required } : {}) }
  const encoding = Object.fromEntries(
    parameters.flatMap((p) => (own(p, 'type') === 'array' ? [[ownString(p, 'name') ?? '', writing(p) as JsonObject]] : [])),
  )
  const content = Object.keys(encoding).length > 0 ? { schema, encoding } : { schema }
  return Object.fromEntries((form.length > 0 ? form : ['application/x-www-form-urlencoded']).map((type) => [type, content]))
}

function responseOf(response: JsonObject, produces: string[]): JsonObject {
  const { schema, headers, examples, ...kept } = response
  const content = schema === undefined ? {} : Object.fromEntries(produces.map((type) => [type, withExample(schema, examples, type)]))
  return {
    ...kept,
    ...(schema === undefined ? {} : { content }),
    ...(isObject(headers) ? { headers: mapObject(headers, plainParameter) } : {}),
  }
}

function withExample(written: Json, examples: Json | undefined, type: string): JsonObject {
  const example = own(examples, type)
  const schema = withFiles(written)
  return example === undefined ? { schema } : { schema, example }
}

function securityScheme(scheme: JsonObject): Json {
  const type = ownString(scheme, 'type')
  if (type === 'basic') return { ...scheme, type: 'http', scheme: 'basic' }
  if (type !== 'oauth2') return scheme
  const names: Record<string, string> = {
    implicit: 'implicit',
    password: 'password',
    application: 'clientCredentials',
    accessCode: 'authorizationCode',
  }
  const { flow, authorizationUrl, tokenUrl, scopes, ...kept } = scheme
  const details = { authorizationUrl, tokenUrl, scopes: scopes ?? {} }
  const present = Object.fromEntries(Object.entries(details).filter(([, value]) => value !== undefined)) as JsonObject
  return { ...kept, flows: { [names[String(flow)] ?? 'implicit']: present } }
}
