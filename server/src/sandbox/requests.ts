import { typeForm } from './bodies.ts'
import { type Content, type Contract, isJson, type Operation, type Parameter, type Schema } from './contract.ts'
import { flatten, typeOf } from './flatten.ts'
import { type Problem, problemsOf } from './problems.ts'
import type { SchemaCompiler } from './schemas.ts'

/** A request as it arrived, without Node's objects. */
export interface RawRequest {
  method: string
  path: string
  /** Without the question mark. */
  query: string
  /** Lower-case names. */
  headers: Record<string, string | string[] | undefined>
  body: Buffer
}

/** A request that fits its operation. */
export interface CheckedRequest {
  /** In the order of the path. */
  pathValues: string[]
  /** Typed as the contract says, with declared defaults. */
  query: Record<string, unknown>
  /** Parsed; undefined when none was sent. Text and binary bodies stay a string or a buffer. */
  body: unknown
}

export interface RequestChecker {
  check(raw: RawRequest, pathNames: string[], pathValues: string[], body: unknown): { request: CheckedRequest; problems: Problem[] }
  operation: Operation
  /** Media types of the body as declared. */
  mediaTypes: string[]
}

type Reader = (raw: RawRequest, query: URLSearchParams | undefined, path: Record<string, string>) => unknown

interface PreparedParameter {
  parameter: Parameter
  read: Reader
  validate: (value: unknown) => Problem[]
  fallback: unknown
}

/** Prepares the check of one operation; validators are compiled when the first value arrives. */
export function requestChecker(contract: Contract, compiler: SchemaCompiler, operation: Operation): RequestChecker {
  const parameters = operation.parameters.map((parameter) => prepare(contract, compiler, parameter))
  const content = operation.body?.content ?? []
  return {
    operation,
    mediaTypes: content.map((each) => each.mediaType),
    check(raw, pathNames, pathValues, body) {
      const problems: Problem[] = []
      const search = raw.query === '' ? undefined : new URLSearchParams(raw.query)
      const path = Object.fromEntries(pathNames.map((name, i) => [name, pathValues[i]!]))
      const query: Record<string, unknown> = {}
      for (const each of parameters) {
        const value = each.read(raw, search, path) ?? each.fallback
        const { parameter } = each
        if (value === undefined) {
          if (parameter.required) problems.push({ in: parameter.in, at: parameter.name, message: 'is required', found: 'nothing' })
          continue
        }
        if (parameter.in === 'query') query[parameter.name] = value
        problems.push(...each.validate(value))
      }
      const content = contentFor(operation, raw)
      const isForm = content !== undefined && /form/.test(content.mediaType) && /form/.test(mediaTypeOf(raw))
      const typed = isForm && body !== undefined ? typeForm(contract, content.schema, body) : body
      problems.push(...bodyProblems(compiler, operation, content, typed))
      return { request: { pathValues, query, body: typed }, problems }
    },
  }
}

function contentFor(operation: Operation, raw: RawRequest): Content | undefined {
  const declared = operation.body?.content ?? []
  const sent = mediaTypeOf(raw)
  return declared.find((each) => each.mediaType === sent) ?? declared.find((each) => isJson(each.mediaType) === isJson(sent)) ?? declared[0]
}

function bodyProblems(compiler: SchemaCompiler, operation: Operation, content: Content | undefined, body: unknown): Problem[] {
  if (body === undefined) return operation.body?.required ? [{ in: 'body', at: '', message: 'is required', found: 'nothing' }] : []
  if (!content || Buffer.isBuffer(body)) return []
  const validate = compiler.validator(content.schema, 'request')
  return validate(body) ? [] : problemsOf('body', '', validate.errors ?? [])
}

export function mediaTypeOf(raw: RawRequest): string {
  return String(raw.headers['content-type'] ?? '')
    .split(';')[0]!
    .trim()
    .toLowerCase()
}

function prepare(contract: Contract, compiler: SchemaCompiler, parameter: Parameter): PreparedParameter {
  const flat = flatten(contract, parameter.schema)
  const convert = converter(contract, flat)
  const validate: PreparedParameter['validate'] = (value) => {
    const check = compiler.validator(parameter.schema, 'request')
    return check(value) ? [] : problemsOf(parameter.in, parameter.name, check.errors ?? [])
  }
  return { parameter, fallback: fallbackOf(parameter, convert, validate), read: readerOf(contract, parameter, flat, convert), validate }
}

/**
 * Only a default that stands at the parameter: one inside a shared schema is meant for records, and as a filter it would hide them. Vendors write
 * numbers as texts ("20") and empty texts as dates; nobody may be refused for what they did not send.
 */
function fallbackOf(parameter: Parameter, convert: (text: string) => unknown, validate: PreparedParameter['validate']): unknown {
  if (parameter.in !== 'query' || parameter.schema.default === undefined) return undefined
  const value = typeof parameter.schema.default === 'string' ? convert(parameter.schema.default) : parameter.schema.default
  return validate(value).length === 0 ? value : undefined
}

function readerOf(contract: Contract, parameter: Parameter, flat: Schema, convert: (text: string) => unknown): Reader {
  const { name } = parameter
  const isList = typeOf(flat) === 'array'
  const explode = parameter.explode ?? (parameter.style === undefined || parameter.style === 'form' || parameter.style === 'deepObject')
  const separator = parameter.style === 'pipeDelimited' ? '|' : parameter.style === 'spaceDelimited' ? ' ' : ','
  const fromText = (text: string | null | undefined) =>
    text === null || text === undefined ? undefined : isList ? text.split(separator).map(convert) : convert(text)
  if (parameter.in === 'path') return (_, __, path) => fromText(path[name])
  if (parameter.in === 'header') {
    const key = name.toLowerCase()
    return (raw) => fromText(raw.headers[key] === undefined ? undefined : String(raw.headers[key]))
  }
  if (parameter.in === 'cookie') return (raw) => fromText(cookie(raw, name))
  if (typeOf(flat) === 'object') return (_, query) => query && objectFromQuery(contract, query, name, flat)
  if (!isList) return (_, query) => fromText(query?.get(name))
  return (_, query) => {
    const values = query ? [...query.getAll(name), ...query.getAll(`${name}[]`)] : []
    if (values.length === 0) return undefined
    return explode && values.length > 1 ? values.map(convert) : fromText(values[0])
  }
}

/** `created[gte]=1&created[lt]=2`, for the styles deepObject and form alike: clients mix them up and vendors accept both. */
function objectFromQuery(contract: Contract, query: URLSearchParams, name: string, flat: Schema): unknown {
  const found: Record<string, unknown> = {}
  for (const [key, text] of query) {
    const inner = key.startsWith(`${name}[`) ? key.slice(name.length + 1, -1) : undefined
    if (inner !== undefined) found[inner] = converter(contract, flatten(contract, flat.properties?.[inner]))(text)
  }
  if (Object.keys(found).length > 0) return found
  const plain = query.get(name)
  return plain ?? undefined
}

function cookie(raw: RawRequest, name: string): string | undefined {
  const found = String(raw.headers.cookie ?? '')
    .split(';')
    .map((pair) => pair.trim())
    .find((pair) => pair.startsWith(`${name}=`))
  return found?.slice(name.length + 1)
}

/** Text that does not look like the declared type stays text, so that the validator can say what was expected. */
function converter(contract: Contract, flat: Schema): (text: string) => unknown {
  const item = typeOf(flat) === 'array' ? flatten(contract, flat.items) : flat
  const types = [item.type, ...(item.oneOf ?? item.anyOf ?? []).map((each: Schema) => flatten(contract, each).type)].flat()
  const isNumber = types.includes('integer') || types.includes('number')
  const isBoolean = types.includes('boolean')
  return (text) => {
    if (isNumber && /^-?\d+(\.\d+)?$/.test(text)) return Number(text)
    if (isBoolean && (text === 'true' || text === 'false')) return text === 'true'
    return text
  }
}
