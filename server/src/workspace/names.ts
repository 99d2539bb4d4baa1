import type { Kind } from './entities/kinds.ts'
import type { ReferenceTarget } from './entities/references.ts'
import type { RawDocument } from './read-documents.ts'
import { folded } from './repairs.ts'

/** Everything in the workspace that has a name, also in files that are broken elsewhere: one mistake must not look like ten. */
export interface Names {
  readonly entities: Readonly<Record<Kind, ReadonlyMap<string, RawDocument>>>
  readonly people: ReadonlySet<string>
  readonly calendars: ReadonlySet<string>
}

export const asRecord = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {}

export const asList = (value: unknown): unknown[] => (Array.isArray(value) ? value : [])

export const kindOf = ({ value }: RawDocument): unknown => asRecord(value).kind
export const specOf = ({ value }: RawDocument): Record<string, unknown> => asRecord(asRecord(value).spec)

export function nameOf({ value }: RawDocument): string | undefined {
  const { name } = asRecord(asRecord(value).metadata)
  return typeof name === 'string' ? name : undefined
}

export function collectNames(documents: readonly RawDocument[]): Names {
  const entities: Record<Kind, Map<string, RawDocument>> = {
    Workspace: new Map(),
    Organization: new Map(),
    Platform: new Map(),
    Integration: new Map(),
    Agreement: new Map(),
    Plan: new Map(),
  }
  for (const document of documents) {
    const name = nameOf(document)
    const known = entities[kindOf(document) as Kind]
    if (name !== undefined && known && !known.has(name)) known.set(name, document)
  }
  const inside = (field: 'people' | 'calendars') =>
    new Set([...entities.Organization].flatMap(([name, document]) => namesIn(document, field).map((inner) => `${name}/${inner}`)))
  return { entities, people: inside('people'), calendars: inside('calendars') }
}

function namesIn(document: RawDocument, field: 'people' | 'calendars'): string[] {
  return asList(specOf(document)[field]).flatMap((item) => {
    const { name } = asRecord(item)
    return typeof name === 'string' ? [name] : []
  })
}

/** The organizations that a document itself lists. */
function listedOrganizations(document: RawDocument, field: 'sides' | 'parties'): string[] {
  return asList(specOf(document)[field]).flatMap((item) => {
    const { organization } = asRecord(item)
    return typeof organization === 'string' ? [organization] : []
  })
}

const jobs = ['builder', 'host', 'seller', 'supporter']

/** What a reference of this kind can point to, seen from one document. */
export function candidatesFor(
  target: ReferenceTarget,
  document: RawDocument,
  names: Names,
): ReadonlySet<string> | ReadonlyMap<string, unknown> {
  if (target === 'Person') return names.people
  if (target === 'Calendar') return names.calendars
  if (target === 'File' || target === 'Contract') return new Set()
  if (target === 'Side' || target === 'Party' || target === 'PartyOrJob') return ownNames(target, document, names)
  return names.entities[target]
}

const ownNamesOf = new WeakMap<RawDocument, Map<ReferenceTarget, ReadonlySet<string>>>()

/** Asked for every reference of a document, and the same each time: computed once. */
function ownNames(target: 'Side' | 'Party' | 'PartyOrJob', document: RawDocument, names: Names): ReadonlySet<string> {
  const known = ownNamesOf.get(document) ?? new Map<ReferenceTarget, ReadonlySet<string>>()
  ownNamesOf.set(document, known)
  const found =
    known.get(target) ??
    new Set([...listed(document, target === 'Side' ? 'sides' : 'parties', names), ...(target === 'PartyOrJob' ? jobs : [])])
  known.set(target, found)
  return found
}

/** A side written Acme is meant as acme: its own line is reported, not every line that spells it rightly. */
function listed(document: RawDocument, field: 'sides' | 'parties', names: Names): string[] {
  const organizations = names.entities.Organization
  const meant = (name: string) => [...organizations.keys()].find((organization) => folded(organization) === folded(name))
  return listedOrganizations(document, field).map((name) => (organizations.has(name) ? name : (meant(name) ?? name)))
}
