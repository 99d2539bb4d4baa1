import type { Operation } from './contract.ts'
import { jsonOf } from './contract.ts'
import { type Change, type Engine, type Handler, idOfItem, type OperationRequest, parentOfItem, requireParent, scopeOf } from './engine.ts'
import { errors } from './errors.ts'
import { planList } from './lists.ts'
import { cutPage, fillEnvelope, type Page, type PagingPlan, planPaging, readCursor } from './paging.ts'
import { limiter, presenter } from './present.ts'
import { type Problem, sayProblem, shorten } from './problems.ts'
import { keyFields } from './record-plan.ts'
import type { PathPlan, ResourceType } from './resources.ts'
import { listShape, recordShape, successOf } from './shapes.ts'
import { type Item, pathValues, type RecordValue } from './state.ts'

export function collectionHandler(engine: Engine, plan: PathPlan, operation: Operation, type: ResourceType): Handler {
  if (operation.method === 'get' || operation.method === 'head') return listHandler(engine, plan, operation, type)
  if (operation.method === 'post') return createHandler(engine, plan, operation, type)
  const present = presenter(engine, operation, undefined)
  return () => present.generated()
}

function listHandler(engine: Engine, plan: PathPlan, operation: Operation, type: ResourceType): Handler {
  const success = successOf(operation)
  const shape = listShape(engine.contract, success.content?.schema, plan.noun)
  if (!shape) return () => presenter(engine, operation, undefined).generated()
  const paging = planPaging(engine.contract, operation)
  const filters = planList(engine.contract, operation, type, paging.parameterNames)
  const show = limiter(engine, type, shape.item)
  const sample = shape.envelope ? (engine.sampler.sample(success.content!.schema, 'blank').value as RecordValue) : {}
  return (request) => {
    requireParent(engine, plan, request.pathValues)
    refuseForeignCursor(paging, request.query, operation)
    const wanted = filters.read(request.query)
    const items = select(engine, plan, type, request.pathValues, wanted.exact).filter((item) => wanted.test(item.value))
    const { order } = wanted
    const ordered = order.isNatural ? items : items.sort((a, b) => order.compare(order.keyOf(a), order.keyOf(b)))
    const page = cutPage(paging, ordered, request.query, order, (item) => idOfItem(engine, item))
    const shown = page.items.map((item) => show(item.value))
    const nextUrl = paging.placeParameter && page.next !== undefined ? pageUrl(request, paging.placeParameter, page.next) : undefined
    const body =
      shape.property === undefined ? shown : { ...fillEnvelope(engine.contract, shape, sample, page, nextUrl), [shape.property]: shown }
    const link =
      paging.placeParameter && (shape.property === undefined || success.headers.Link)
        ? linkHeader(request, paging.placeParameter, page)
        : ''
    return { status: success.status, body, changes: [], ...(link ? { headers: { link } } : {}) }
  }
}

function refuseForeignCursor(paging: PagingPlan, query: Record<string, unknown>, operation: Operation): void {
  const cursor = paging.style === 'cursor' && paging.placeParameter ? query[paging.placeParameter] : undefined
  if (typeof cursor !== 'string' || cursor === '' || readCursor(cursor)) return
  const problem: Problem = {
    in: 'query',
    at: paging.placeParameter!,
    message: 'must be a cursor that this sandbox gave',
    found: shorten(cursor),
  }
  throw errors.request_invalid({ operation: operation.id, problems: [sayProblem(problem)], details: [problem] })
}

/** Read-only collections get two records when they are first read, so that clients have something to read. */
function select(
  engine: Engine,
  plan: PathPlan,
  type: ResourceType,
  values: string[],
  exact: { field: string; value: unknown } | undefined,
): Item[] {
  const listed = engine.store.list(plan, values)
  if (listed.size === 0 && !type.isCreatable) {
    const scope = scopeOf(plan, values)
    for (let i = 0; i < 2; i++) engine.store.insert(type, engine.records.invent(type, scope, {}), scope)
    return [...engine.store.list(plan, values).values()]
  }
  if (!exact) return [...listed.values()]
  const found = engine.store.findByField(type, exact.field, exact.value)
  return [...found.values()].filter((item) => listed.has(item.seq)).sort((a, b) => a.seq - b.seq)
}

function pageUrl(request: OperationRequest, parameter: string, value: string): string {
  const query = new URLSearchParams(request.queryText)
  query.set(parameter, value)
  return `${request.origin}${request.path}?${query}`
}

/** RFC 8288, as GitHub and many others page. */
function linkHeader(request: OperationRequest, parameter: string, page: Page): string {
  const relations = { prev: page.previous, next: page.next, last: page.next && page.last, first: page.previous && page.first }
  return Object.entries(relations)
    .flatMap(([rel, value]) => (value === undefined ? [] : [`<${pageUrl(request, parameter, value)}>; rel="${rel}"`]))
    .join(', ')
}

function createHandler(engine: Engine, plan: PathPlan, operation: Operation, type: ResourceType): Handler {
  const present = presenter(engine, operation, type)
  if (!type.isCreatable || listShape(engine.contract, successOf(operation).content?.schema, plan.noun)) return () => present.generated()
  const bodyShape = recordShape(engine.contract, jsonOf(operation.body?.content ?? [])?.schema, [type.singular])
  const clientKeys = type.itemPaths.flatMap((path) => keyFields(engine.contract, path).flatMap(([name]) => name ?? []))
  const hasLocation = 'Location' in successOf(operation).headers
  return (request) => {
    const parent = requireParent(engine, plan, request.pathValues)
    const sent = sentRecord(request, bodyShape?.property)
    const scope = scopeOf(plan, request.pathValues)
    const value = engine.records.create(type, sent, scope)
    if (clientKeys.some((name) => name in sent)) refuseExisting(engine, type, value, scope)
    const item = engine.store.insert(type, value, scope)
    if (parent) countChild(engine, parent, type, 1)
    const outcome = present.record(value, [{ kind: 'created', type, value, before: undefined, item }])
    return hasLocation ? { ...outcome, headers: { location: locationOf(engine, item) } } : outcome
  }
}

/** The record that a body carries, plain or wrapped, with what is known of an uploaded file. */
export function sentRecord(request: OperationRequest, wrapper: string | undefined): RecordValue {
  const body = request.body
  if (typeof body !== 'object' || body === null || Array.isArray(body) || Buffer.isBuffer(body)) return {}
  const inner = wrapper !== undefined ? ((body as RecordValue)[wrapper] ?? body) : body
  const { upload } = request
  if (!upload) return inner as RecordValue
  const about = {
    file_name: upload.name,
    filename: upload.name,
    content_type: upload.mediaType,
    mime_type: upload.mediaType,
    size_bytes: upload.sizeBytes,
    size: upload.sizeBytes,
  }
  return { ...about, ...inner }
}

function refuseExisting(engine: Engine, type: ResourceType, value: RecordValue, scope: Record<string, string>): void {
  const candidate: Item = { seq: 0, type, value, scope }
  for (const path of type.itemPaths) {
    const values = pathValues(path, candidate, engine.readKeys)
    if (values && engine.store.find(path, values)) throw errors.record_exists({ type: type.name, key: values.at(-1)! })
  }
}

export const countNames = (child: ResourceType) => [
  child.name,
  `${child.name}_count`,
  `${child.singular}_count`,
  `${child.singular}Count`,
  `${child.name}Count`,
]

/** `comment_count` of the ticket, `comments` of the issue; and the parent counts as changed, as polls expect. */
export function countChild(engine: Engine, parent: Item, child: ResourceType, difference: 1 | -1): void {
  const names = countNames(child)
  const counts: RecordValue = {}
  for (const name of names) {
    const count = parent.value[name]
    if (typeof count === 'number') counts[name] = Math.max(0, count + difference)
  }
  engine.store.update(parent, engine.records.patch(parent.type, parent.value, counts))
}

function locationOf(engine: Engine, item: Item): string {
  for (const path of item.type.itemPaths) {
    const values = pathValues(path, item, engine.readKeys)
    let i = 0
    if (values) return engine.contract.serverUrl + path.template.replace(/\{[^}]+\}/g, () => encodeURIComponent(values[i++]!))
  }
  return `${engine.contract.serverUrl}/`
}

/** Takes a record and what stands below it out of the state. */
export function removeItem(engine: Engine, item: Item): Change[] {
  const parent = parentOfItem(engine, item)
  const gone = engine.store.remove(item)
  if (parent) countChild(engine, parent, item.type, -1)
  return [{ kind: 'deleted', type: item.type, value: gone[0]!.value, before: item.value, item }]
}
