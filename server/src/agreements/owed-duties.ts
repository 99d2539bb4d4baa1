import type { Duty, Integration } from '../workspace/index.ts'

/** Duties without which a bridge is one-sided (two-anchor rule). */
export const criticalDuties: readonly Duty[] = ['owner', 'on-call', 'slo', 'change-notice', 'roadmap', 'docs', 'funding']

/**
 * The critical duties that one side of an integration owes. Who brings a platform owes all of them; a third party owes
 * what its job makes it answer for: a host or supporter is called at night and announces its changes, any third party
 * has an owner. Organizations that are no side owe nothing.
 */
export function owedDuties(integration: Integration, organization: string): Duty[] {
  const { sides, builder, host, supporter } = integration.spec
  const side = sides.find((candidate) => candidate.organization === organization)
  if (!side) return []
  if (side.platforms.length > 0) return [...criticalDuties]
  const runsIt = organization === host || organization === supporter
  if (runsIt) return ['owner', 'on-call', 'slo', 'change-notice', 'funding']
  return organization === builder ? ['owner', 'change-notice', 'funding'] : ['owner']
}
