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
    ...cycles('supersedes', entities.Agreement, ({ spec }) => spec.supersedes, ['spec', 'supersedes']),
    ...cycles('successor', entities.Integration, ({ spec }) => spec.windDown?.successor, ['spec', 'windDown', 'successor']),
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

/** Reports each circle once, at its first entity by name. */
function cycles<E extends Entity>(
  field: string,
  all: ReadonlyMap<string, E>,
  next: (entity: E) => string | undefined,
  path: string[],
): Finding[] {
  const reported = new Set<string>()
  return [...all.keys()].sort().flatMap((start) => {
    const trail: string[] = []
    let name: string | undefined = start
    while (name !== undefined && all.has(name) && !trail.includes(name)) {
      trail.push(name)
      name = next(all.get(name)!)
    }
    if (name !== start || reported.has(start)) return []
    for (const member of trail) reported.add(member)
    return [{ entity: all.get(start)!, path, error: errors.cycle({ field, names: [...trail, start].join(' → ') }) }]
  })
}
