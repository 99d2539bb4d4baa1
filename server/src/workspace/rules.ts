import type { BridgekeeperError } from '../errors/index.ts'
import type { Entity, EntityOf, Kind } from './entities/kinds.ts'
import { errors } from './errors.ts'

/** The entities that their own schema accepts, by kind and name. */
export type Entities = { readonly [K in Kind]: ReadonlyMap<string, EntityOf<K>> }

export interface Finding {
  entity: Entity
  path: (string | number)[]
  error: BridgekeeperError
}

/** What no single file can know: whether two files agree with each other. */
export function checkRules(entities: Entities): Finding[] {
  return [
    ...[...entities.Integration.values()].flatMap((integration) => foreignPlatforms(integration, entities)),
    ...[...entities.Agreement.values()].flatMap((agreement) => partiesWithoutSide(agreement, entities)),
    ...[...entities.Integration.values()].flatMap((integration) => plansOfAnother(integration, entities)),
  ]
}

/** A side brings its own platforms, nobody else's. */
function foreignPlatforms(integration: EntityOf<'Integration'>, { Platform }: Entities): Finding[] {
  return integration.spec.sides.flatMap(({ organization, platforms }, side) =>
    platforms.flatMap((platform, index) => {
      const owner = Platform.get(platform)?.spec.owner
      if (owner === undefined || owner === organization) return []
      const error = errors.owned_by_another({ platform, owner, side: organization })
      return [{ entity: integration, path: ['spec', 'sides', side, 'platforms', index], error }]
    }),
  )
}

/** A plan that was made for one integration did not lead to another. */
function plansOfAnother(integration: EntityOf<'Integration'>, { Plan }: Entities): Finding[] {
  const { plan } = integration.spec
  const made = plan === undefined ? undefined : Plan.get(plan)?.spec.integration
  if (plan === undefined || made === undefined || made === integration.metadata.name) return []
  return [
    { entity: integration, path: ['spec', 'plan'], error: errors.plan_of_another({ plan, made, integration: integration.metadata.name }) },
  ]
}

/** Whoever signed for an integration has a job in it, and a job makes a side. */
function partiesWithoutSide(agreement: EntityOf<'Agreement'>, { Integration }: Entities): Finding[] {
  return agreement.spec.integrations.flatMap((name) => {
    const sides = Integration.get(name)?.spec.sides.map(({ organization }) => organization)
    if (!sides) return []
    return agreement.spec.parties.flatMap(({ organization }, index) =>
      sides.includes(organization)
        ? []
        : [
            {
              entity: agreement,
              path: ['spec', 'parties', index, 'organization'],
              error: errors.party_not_a_side({ party: organization, integration: name, sides: sides.join(', ') }),
            },
          ],
    )
  })
}
