import type { Workspace } from '../workspace/index.ts'
import type { Caller } from './api-keys.ts'

/** What of the running system a caller may see. null: no limit of this kind. */
export interface Visibility {
  /** Integrations of which the caller's organization is a side. */
  integrations: readonly string[] | null
  customer: string | null
  /** Platforms that the caller's organization owns: it may see what these sent and could not be routed. */
  platforms: readonly string[] | null
}

/** Invariant 8: nothing crosses from one organization to another that its role does not show it. Every query takes this. */
export function visibilityOf(caller: Caller, workspace: Workspace): Visibility {
  const { organization, customer } = caller
  if (organization === null) return { integrations: null, customer, platforms: customer === null ? null : [] }
  const integrations = [...workspace.integrations.values()]
    .filter(({ spec }) =>
      [...spec.sides.map((side) => side.organization), spec.builder, spec.host, spec.seller, spec.supporter].includes(organization),
    )
    .map(({ metadata }) => metadata.name)
  const platforms =
    customer === null
      ? [...workspace.platforms.values()].filter(({ spec }) => spec.owner === organization).map(({ metadata }) => metadata.name)
      : []
  return { integrations, customer, platforms }
}
