import type { Connection } from './connection.ts'
import type { Connections } from './connections.ts'
import { errors } from './errors.ts'

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** Whose connections a caller may see; null: of all. */
export interface ConnectionScope {
  organization: string | null
  customer: string | null
}

/**
 * Finds a connection by its id or as people name it: `customer/platform` or `customer/platform/name`.
 *
 * @throws connections.connection_unknown (also for one outside the scope: it must not tell that it exists), connection_ambiguous
 */
export async function findConnection(connections: Connections, reference: string, scope: ConnectionScope): Promise<Connection> {
  const found = UUID.test(reference) ? [await connections.get(reference)] : await named(connections, reference, scope)
  const visible = found.filter((connection) => inScope(connection, scope))
  if (visible.length === 0) throw errors.connection_unknown({ id: reference })
  if (visible.length > 1) throw errors.connection_ambiguous({ reference, found: visible.length })
  return visible[0]!
}

export function inScope(owner: { organization: string; customer: string }, scope: ConnectionScope): boolean {
  const ownOrganization = scope.organization === null || scope.organization === owner.organization
  return ownOrganization && (scope.customer === null || scope.customer === owner.customer)
}

function named(connections: Connections, reference: string, { organization }: ConnectionScope): Promise<Connection[]> {
  const [customer = '', platform = '', name] = reference.split('/')
  return connections.list({
    customer,
    platform,
    ...(name === undefined ? {} : { name }),
    ...(organization === null ? {} : { organization }),
    limit: 2,
  })
}
