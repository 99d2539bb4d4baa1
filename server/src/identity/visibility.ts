import type { Workspace } from '../workspace/index.ts'
import type { Caller } from './api-keys.ts'

/** What of the running system a caller may see. null: no limit of this kind. */
export interface Visibility {
  /** Integrations of which the caller's organization is a side. */
  integrations: readonly string[] | null
  customer: string | null
  /** Set for a customer's key: the same customer may be known to several organizations, and each runs its own instances. */
  organization: string | null
  /** Platforms that the caller's organization owns: it may see what these sent and could not be routed. */
  platforms: readonly string[] | null
  /** Platforms that the caller may connect accounts of: its own, and those of the integrations it sees. */
  connectable: readonly string[] | null
}

/** Invariant 8: nothing crosses from one organization to another that its role does not show it. Every query takes this. */
export function visibilityOf(
  caller: Pick<Caller, 'organization' | 'customer'>,
  workspace: Pick<Workspace, 'integrations' | 'platforms'>,
): Visibility {
  const { organization, customer } = caller
  if (organization === null)
    return { integrations: null, customer, organization: null, platforms: customer === null ? null : [], connectable: null }
  const seen = [...workspace.integrations.values()].filter(({ spec }) =>
    [...spec.sides.map((side) => side.organization), spec.builder, spec.host, spec.seller, spec.supporter].includes(organization),
  )
  const owned = [...workspace.platforms.values()].filter(({ spec }) => spec.owner === organization).map(({ metadata }) => metadata.name)
  const bridged = seen.flatMap(({ spec }) => spec.sides.flatMap((side) => side.platforms))
  return {
    integrations: seen.map(({ metadata }) => metadata.name),
    customer,
    organization: customer === null ? null : organization,
    platforms: customer === null ? owned : [],
    connectable: [...new Set([...owned, ...bridged])],
  }
}
