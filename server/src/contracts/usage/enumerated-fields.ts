import { type Contract, childObject } from '../contract.ts'
import type { ContractShelf } from '../contract-shelf.ts'
import type { CurrentContract } from '../drift/current-contract.ts'
import { bodySchemas } from '../impact/find-field.ts'
import { isObject, own, ownObject } from '../json.ts'
import { type Operation, operationKey, operationsOf, parametersOf, pathItems } from '../operations.ts'
import { branchesOf, type SchemaSide, sideOf, subSide } from '../schema-side.ts'

const maxDepth = 12
const maxVisits = 5_000

/**
 * Tells for which sent fields the contract itself lists the values: enums, constants, discriminators, booleans. Only these values are kept by
 * the usage recorder, since a list in the contract is nobody's secret, and everything else might be.
 *
 * @returns fields as `items[].type` and `query status`; empty for an operation that the contract does not have
 */
export function enumeratedFields(contract: Contract): (method: string, path: string) => ReadonlySet<string> {
  const known = new Map<string, ReadonlySet<string>>()
  const operations = new Map(
    [...pathItems(contract)].flatMap(([path, item]) =>
      operationsOf(contract, path, item, 'operation').map((operation) => [operationKey(operation), operation] as const),
    ),
  )
  return (method, path) => {
    const key = operationKey({ method, path })
    const found = known.get(key) ?? fieldsOfOperation(operations.get(key))
    known.set(key, found)
    return found
  }
}

function fieldsOfOperation(operation: Operation | undefined): Set<string> {
  const found = new Set<string>()
  if (!operation) return found
  const { contract, spot } = operation
  for (const parameter of parametersOf(operation)) {
    const schema = childObject(contract, parameter.spot, 'schema')
    if (parameter.in === 'query' && schema && isListed(sideOf(contract, schema))) found.add(`query ${parameter.name}`)
  }
  let visits = 0
  const open = new Set<SchemaSide>()
  const visit = (side: SchemaSide | undefined, path: string, depth: number): void => {
    if (!side || depth > maxDepth || visits++ > maxVisits || open.has(side)) return
    open.add(side)
    if (path !== '' && isListed(side)) found.add(path)
    const discriminator = own(own(side.node, 'discriminator'), 'propertyName')
    if (typeof discriminator === 'string') found.add(join(path, discriminator))
    for (const keyword of ['allOf', 'anyOf', 'oneOf']) for (const branch of branchesOf(side, keyword)) visit(branch, path, depth)
    for (const name of Object.keys(ownObject(side.node, 'properties')))
      visit(subSide(side, 'properties', name), join(path, name), depth + 1)
    visit(subSide(side, 'items'), `${path}[]`, depth + 1)
    open.delete(side)
  }
  for (const body of bodySchemas(contract, childObject(contract, spot, 'requestBody'))) visit(body.side, '', 0)
  return found
}

function join(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`
}

function isListed({ node }: SchemaSide): boolean {
  return isObject(node) && (Array.isArray(own(node, 'enum')) || own(node, 'const') !== undefined || own(node, 'type') === 'boolean')
}

/** How long a contract is taken to be the one in force without looking again. */
const lookMs = 30_000

/**
 * {@link enumeratedFields} of each platform, from its contract in force, read when first asked for and again when another came into force.
 *
 * @returns per call the set; `undefined` until the contract was read for the first time; empty without a contract, or with one that can't be read
 */
export function listedValues(parts: {
  contractOf(platform: string): Promise<CurrentContract | undefined>
  shelf: ContractShelf
  onProblem(error: unknown): void
  now?(): number
}): (platform: string, method: string, path: string) => ReadonlySet<string> | undefined {
  const { contractOf, shelf, onProblem, now = Date.now } = parts
  const none: ReadonlySet<string> = new Set()
  const nothing = () => none
  const known = new Map<string, { lookedMs: number; key: string | undefined; of: ReturnType<typeof enumeratedFields> | undefined }>()
  const look = async (platform: string): Promise<void> => {
    const entry = known.get(platform) ?? { lookedMs: 0, key: undefined, of: undefined }
    known.set(platform, entry)
    entry.lookedMs = now()
    try {
      const current = await contractOf(platform)
      if (!current) entry.of = nothing
      else if (current.key !== entry.key) {
        entry.key = current.key
        entry.of = enumeratedFields(await shelf.read(current.key, () => current.source()))
      }
    } catch (error) {
      entry.of ??= nothing
      onProblem(error)
    }
  }
  return (platform, method, path) => {
    const entry = known.get(platform)
    if (!entry || now() - entry.lookedMs >= lookMs) void look(platform)
    return known.get(platform)?.of?.(method, path)
  }
}
