import { type Announcement, announcementOf } from './announcement.ts'
import { type Contract, childObject, follow, rootSpot, type Spot } from './contract.ts'
import { isObject, type JsonObject, own } from './json.ts'
import { type Operation, operationsOf, parametersOf, pathItems, webhookItems } from './operations.ts'

/** Something that a contract says will end, as it stands now. */
export interface StandingAnnouncement {
  /** `POST /payments`, `POST /payments query limit`, `Customer.cards`. */
  what: string
  kind: 'operation' | 'webhook' | 'parameter' | 'field'
  announcement: Announcement
  /**
   * `coming`: the date lies ahead. `passed`: it has passed and the thing still stands in the contract, so the date is not to
   * be believed and nothing was removed. `undated`: no date is given, or none that can be read.
   */
  state: 'coming' | 'passed' | 'undated'
}

/**
 * Lists every announced end in one version of a contract, for a calendar of changes. A stale or missing date is told as
 * such; it never means that something is gone.
 *
 * @param today day by which dates are coming or passed
 */
export function standingAnnouncements(contract: Contract, today: Date): StandingAnnouncement[] {
  return whatMayEnd(contract).flatMap(({ what, kind, node }) => {
    const announcement = announcementOf(node)
    return announcement ? [{ what, kind, announcement, state: stateOf(announcement, today) }] : []
  })
}

/** Something of which a contract could say that it will end, and where it says so. */
export interface Endable extends Pick<StandingAnnouncement, 'what' | 'kind'> {
  node: JsonObject
  /** Where the node stands, behind references. */
  spot: Spot
}

/** Operations, webhooks, their parameters, and the properties of named schemas. A property that stands in a body without a name is none. */
export function whatMayEnd(contract: Contract): Endable[] {
  const found: Endable[] = []
  const add = (what: string, kind: Endable['kind'], spot: Spot | undefined) => {
    if (spot && isObject(spot.node)) found.push({ what, kind, node: spot.node, spot })
  }
  for (const operation of everyOperation(contract)) {
    const name = operation.surface === 'webhook' ? operation.path : `${operation.method} ${operation.path}`
    add(name, operation.surface === 'webhook' ? 'webhook' : 'operation', operation.spot)
    for (const parameter of parametersOf(operation)) add(`${name} ${parameter.in} ${parameter.name}`, 'parameter', parameter.spot)
  }
  const schemas = childObject(contract, childObject(contract, rootSpot(contract), 'components'), 'schemas')
  for (const name of schemas ? Object.keys(schemas.node as JsonObject) : []) {
    const properties = childObject(contract, childObject(contract, schemas, name), 'properties')
    if (!properties) continue
    for (const [field, node] of Object.entries(properties.node as JsonObject)) {
      const spot = { file: properties.file, node, parent: properties, key: field }
      add(`${name}.${field}`, 'field', own(node, '$ref') === undefined ? spot : follow(contract, spot))
    }
  }
  return found
}

function everyOperation(contract: Contract): Operation[] {
  return [
    ...[...pathItems(contract)].flatMap(([path, item]) => operationsOf(contract, path, item, 'operation')),
    ...[...webhookItems(contract)].flatMap(([name, item]) => operationsOf(contract, name, item, 'webhook')),
  ]
}

function stateOf(announcement: Announcement, today: Date): StandingAnnouncement['state'] {
  if (announcement.date === undefined) return 'undated'
  return Date.parse(announcement.date) >= Date.parse(today.toISOString().slice(0, 10)) ? 'coming' : 'passed'
}
