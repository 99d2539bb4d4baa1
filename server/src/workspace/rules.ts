import type { BridgekeeperError } from '../errors/index.ts'
import type { Kind } from './entities/kinds.ts'
import { errors } from './errors.ts'
import { asList, asRecord, type Names, specOf } from './names.ts'
import type { RawDocument } from './read-documents.ts'
import type { Path } from './reference-map.ts'

/** A problem between several files, at the place where it is to be mended. */
export interface Finding {
  document: RawDocument
  kind: Kind
  path: Path
  error: BridgekeeperError
}

/**
 * What no single file can know: whether two files agree with each other. Read from the documents as they are written, not from
 * accepted entities, so that a mistake elsewhere in one of them hides nothing.
 */
export function checkRules(names: Names): Finding[] {
  const { Integration, Agreement } = names.entities
  return [
    ...[...Integration].flatMap(([, document]) => foreignPlatforms(document, names)),
    ...[...Agreement].flatMap(([, document]) => partiesWithoutSide(document, names)),
    ...[...Integration].flatMap(([name, document]) => plansOfAnother(name, document, names)),
  ]
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)

/** A side brings its own platforms, nobody else's. Organizations that nobody knows are told where they are written. */
function foreignPlatforms(document: RawDocument, { entities }: Names): Finding[] {
  return asList(specOf(document).sides).flatMap((item, side) => {
    const { organization, platforms } = asRecord(item)
    const name = textOf(organization)
    if (name === undefined || !entities.Organization.has(name)) return []
    return asList(platforms).flatMap((platform, index): Finding[] => {
      const brought = entities.Platform.get(String(platform))
      const owner = brought && textOf(specOf(brought).owner)
      if (owner === undefined || owner === name || !entities.Organization.has(owner)) return []
      const error = errors.owned_by_another({ platform: String(platform), owner, side: name })
      return [{ document, kind: 'Integration', path: ['spec', 'sides', side, 'platforms', index], error }]
    })
  })
}

/** A plan that was made for one integration did not lead to another. */
function plansOfAnother(integration: string, document: RawDocument, { entities }: Names): Finding[] {
  const plan = textOf(specOf(document).plan)
  const planDocument = plan === undefined ? undefined : entities.Plan.get(plan)
  const made = planDocument && textOf(specOf(planDocument).integration)
  if (plan === undefined || made === undefined || made === integration) return []
  return [{ document, kind: 'Integration', path: ['spec', 'plan'], error: errors.plan_of_another({ plan, made, integration }) }]
}

/** Whoever signed for an integration has a job in it, and a job makes a side. */
function partiesWithoutSide(document: RawDocument, { entities }: Names): Finding[] {
  const spec = specOf(document)
  return asList(spec.integrations).flatMap((integration) => {
    const covered = entities.Integration.get(String(integration))
    const sides = covered && organizationsIn(specOf(covered).sides)
    if (!sides || sides.length === 0) return []
    return asList(spec.parties).flatMap((item, index): Finding[] => {
      const party = textOf(asRecord(item).organization)
      if (party === undefined || sides.includes(party) || !entities.Organization.has(party)) return []
      const error = errors.party_not_a_side({ party, integration: String(integration), sides: sides.join(', ') })
      return [{ document, kind: 'Agreement', path: ['spec', 'parties', index, 'organization'], error }]
    })
  })
}

const organizationsIn = (sides: unknown): string[] => asList(sides).flatMap((side) => textOf(asRecord(side).organization) ?? [])
