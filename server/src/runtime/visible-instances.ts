import { sql } from 'kysely'

/** Whose instances a reader may see, and what happened to them. null or absent: no limit of this kind. */
export interface VisibleInstances {
  readonly integrations: readonly string[] | null
  readonly customer: string | null
  /** Limits a customer to the organization that runs its instances: two may know the same customer. */
  readonly organization?: string | null
}

/** Condition on table `instance`. */
export function visibleInstances(visible: VisibleInstances | undefined) {
  const { integrations = null, customer = null, organization = null } = visible ?? {}
  return sql`(${integrations}::text[] is null or instance.integration = any(${integrations}))
    and (${customer}::text is null or instance.customer = ${customer})
    and (${organization}::text is null or instance.organization = ${organization})`
}
