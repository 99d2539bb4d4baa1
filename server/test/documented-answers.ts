import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import { expect } from 'vitest'

interface Documented {
  content?: Record<string, { schema: object }>
  headers?: Record<string, { required?: boolean }>
}
interface Document {
  paths: Record<string, Record<string, { operationId: string; responses: Record<string, Documented> }>>
  components: { schemas: Record<string, object> }
}
type Holds = (answer: { method: string; path: string; status: number; type: string; location: string | null; json: unknown }) => void

const documents = new Map<string, Promise<Holds>>()

/** Statuses that any request may get, whatever it asks for: the document says them once, in the description of problems. */
const ofAnyRequest = new Set([401, 404, 405, 413, 415, 422, 503])

/**
 * Holds answers against the OpenAPI document that the same server serves: the status is documented, the type too, the body has what the
 * schema asks for and nothing else, and what was made says where it is read if it can be.
 */
export function documentedAnswers(server: { url: string }): Promise<Holds> {
  const known =
    documents.get(server.url) ?? fetch(`${server.url}/api/openapi.json`).then(async (answer) => holdsOf((await answer.json()) as Document))
  documents.set(server.url, known)
  return known
}

function holdsOf(document: Document): Holds {
  const ajv = new Ajv2020({ strict: false, allErrors: true })
  formats.default(ajv)
  const schemas = Object.entries(document.components.schemas).map(([name, schema]) => [name, closed(schema, true)])
  ajv.addSchema({ $id: 'document', components: { schemas: Object.fromEntries(schemas) } })
  const validators = new Map<object, ValidateFunction>()
  const templates = Object.keys(document.paths).map((template) => ({
    template,
    pattern: new RegExp(`^${template.replace(/\{\w+\}/g, '[^/]+').replaceAll('.', '\\.')}$`),
  }))
  // A path in words goes before one with a parameter.
  templates.sort((one, other) => one.template.split('{').length - other.template.split('{').length)
  const templateOf = (path: string) => templates.find(({ pattern }) => pattern.test(path.split('?')[0]!))?.template
  return ({ method, path, status, type, location, json }) => {
    const template = templateOf(path)
    const operation = template === undefined ? undefined : document.paths[template]![method.toLowerCase()]
    if (!operation) return
    const where = `${operation.operationId}: ${status} ${type}`
    const documented = operation.responses[status]
    if (!documented && ofAnyRequest.has(status)) return expect(type, where).toBe('application/problem+json')
    expect(Object.keys(operation.responses), where).toContain(String(status))
    const readable = Object.entries(document.paths).find(
      ([one, { get }]) => get && /^\/\{\w+\}$/.test(one.slice(template!.length)) && one.startsWith(template!),
    )
    const madeThere = status === 201 && readable ? readable[0] : undefined
    expect(location === null ? undefined : templateOf(location.replace(/^\/api/, '')), `${where}: Location`).toBe(madeThere)
    expect(documented?.headers?.Location?.required ?? false, `${where}: Location in the document`).toBe(madeThere !== undefined)
    if (!documented?.content) return
    const content = documented.content[type]
    expect(Object.keys(documented.content), where).toContain(type)
    if (json === undefined || !content) return
    const validate =
      validators.get(content) ?? ajv.compile(closed(JSON.parse(JSON.stringify(content.schema).replaceAll('"#/', '"document#/'))) as object)
    validators.set(content, validate)
    validate(json)
    expect(validate.errors ?? [], `${where} does not fit the document`).toEqual([])
  }
}

/** An object that is described is described whole. @param open part of a whole: of an `allOf`, or a component, which is closed where it is used */
function closed(schema: unknown, open = false): unknown {
  if (Array.isArray(schema)) return schema.map((part) => closed(part, open))
  if (typeof schema !== 'object' || schema === null) return schema
  const inner = Object.fromEntries(Object.entries(schema).map(([name, value]) => [name, closed(value, name === 'allOf')]))
  const isWhole = '$ref' in inner || 'allOf' in inner || (inner.type === 'object' && inner.properties !== undefined)
  return isWhole && !open && inner.additionalProperties === undefined ? { ...inner, unevaluatedProperties: false } : inner
}
