import { lossesOf } from './backstage-losses.ts'
import { asRecord, asText, asTexts, type LeftOut, readForeign, toSlug, writeEntity } from './yaml-documents.ts'

/** Files that an import would write, below the root of the workspace. */
export interface Imported {
  files: { path: string; text: string }[]
  /** OpenAPI documents that the platforms need beside their files: as the catalogue holds them, or where it says they are. */
  contracts: { path: string; api: string; text?: string; from?: string; folder: string }[]
  leftOut: LeftOut[]
}

/** A file of a catalogue: by the name that people know it by, with the folder from which it names others. */
export interface CatalogFile {
  file: string
  folder: string
  text: string
}

interface Foreign {
  file: string
  folder: string
  kind: string
  name: string
  namespace: string
  title: string | undefined
  description: string | undefined
  annotations: Record<string, unknown>
  metadata: Record<string, unknown>
  spec: Record<string, unknown>
}

interface Catalog {
  all: readonly Foreign[]
  existing: ReadonlySet<string>
  /** The organization for everything whose owner the catalogue does not contain. */
  fallback: string | undefined
}

/**
 * Reads Backstage's catalog entities: top groups and groups of type organization → Organization, User → its people, API of type
 * openapi → Platform, Component of type integration → Integration. What Backstage does not say is marked as assumed in the files.
 *
 * @param existing names that the workspace already has, as `Kind name`; they are left alone
 * @param organization owner of what no group in the file owns
 * @throws workspace.import_unreadable
 */
export function importBackstage(sources: readonly CatalogFile[], existing: ReadonlySet<string>, organization?: string): Imported {
  const documents = sources.map((source) => ({ source, values: readForeign(source.file, source.text) }))
  // Locations have been followed already.
  const all = documents.flatMap(({ source, values }) =>
    values.flatMap((value) => asForeign(value, source)).filter(({ kind }) => kind !== 'Location'),
  )
  const catalog: Catalog = { all, existing, fallback: organization }
  const result: Imported = { files: [], contracts: [], leftOut: documents.flatMap(({ source, values }) => strangers(values, source)) }
  for (const entity of all) {
    const made = convert(entity, catalog)
    if ('why' in made) result.leftOut.push({ what: `${entity.kind} ${entity.name}`, why: made.why })
    else if (existing.has(made.id))
      result.leftOut.push({ what: `${entity.kind} ${entity.name}`, why: `the workspace already has ${made.id}` })
    else {
      result.leftOut.push(...lossesOf(entity))
      if (!('path' in made)) continue
      result.files.push({ path: made.path, text: made.text })
      if (entity.kind === 'API') result.contracts.push(...contractFileOf(entity, made.path))
    }
  }
  return result
}

/** What is no entity of Backstage's catalogue, for example a template; nothing is dropped in silence. */
function strangers(documents: readonly Record<string, unknown>[], source: CatalogFile): LeftOut[] {
  return documents
    .filter((value) => asForeign(value, source).length === 0)
    .map((value) => ({
      what: `${asText(value.kind) ?? 'a document'} ${asText(asRecord(value.metadata).name) ?? 'without a name'}`,
      why: `its apiVersion is ${asText(value.apiVersion) ?? 'missing'}, not that of Backstage’s catalogue`,
    }))
}

function asForeign(value: Record<string, unknown>, { file, folder }: CatalogFile): Foreign[] {
  const metadata = asRecord(value.metadata)
  const [kind, name] = [asText(value.kind), asText(metadata.name)]
  if (!asText(value.apiVersion)?.startsWith('backstage.io/') || !kind || !name) return []
  return [
    {
      file,
      folder,
      kind,
      name,
      namespace: asText(metadata.namespace) ?? 'default',
      title: asText(metadata.title),
      description: asText(metadata.description),
      annotations: asRecord(metadata.annotations),
      metadata,
      spec: asRecord(value.spec),
    },
  ]
}

type Made = { id: string; path: string; text: string } | { id: string } | { why: string }

function convert(entity: Foreign, catalog: Catalog): Made {
  if (entity.kind === 'Group') return isOrganization(entity) ? organizationFile(entity, catalog) : { why: teamInWords(entity, catalog) }
  if (entity.kind === 'User') {
    const organization = organizationOf(memberships(entity)[0], catalog)
    if (!organization) return { why: 'it belongs to no group in this file; name one with --organization' }
    if (!isWritten(organization, catalog))
      return { why: `${organization} is not written by this import; add ${toSlug(entity.name)} to the people in its own file` }
    return peopleOf(organization, catalog).includes(entity)
      ? { id: '' }
      : { why: `${organization} has somebody else of that name already, in another namespace or spelling` }
  }
  if (entity.kind === 'API') return platformFile(entity, catalog)
  if (entity.kind === 'Component') return integrationFile(entity, catalog)
  return { why: `Bridgekeeper has nothing of the kind ${entity.kind}` }
}

/** Whether the import makes the file of an organization, in which its people stand: a group is there for it, and the workspace has none yet. */
function isWritten(organization: string, { all, existing }: Catalog): boolean {
  return (
    !existing.has(`Organization ${organization}`) &&
    all.some((entity) => entity.kind === 'Group' && isOrganization(entity) && toSlug(entity.name) === organization)
  )
}

function teamInWords(group: Foreign, catalog: Catalog): string {
  const organization = organizationOf(group.name, catalog)
  if (organization && isWritten(organization, catalog)) return `it is a team inside ${organization}; its members are listed there`
  return `it is a team, and ${organization ?? 'the organization above it'} is not written by this import`
}

const isOrganization = ({ spec }: Foreign): boolean => ['organization', 'company'].includes(asText(spec.type) ?? '') || !asText(spec.parent)

const memberships = ({ spec }: Foreign): string[] => asTexts(spec.memberOf)

/** `group:default/payments` → `payments`: kinds and namespaces are clear from where a reference stands. */
const bareName = (reference: string): string => reference.split(/[:/]/).at(-1)!

/** The organization above a group, by its parents; the fallback when the file does not contain the group. */
function organizationOf(reference: string | undefined, { all, fallback }: Catalog): string | undefined {
  const seen = new Set<string>()
  let name = reference && bareName(reference)
  while (name && !seen.has(name)) {
    seen.add(name)
    const group = all.find((entity) => entity.kind === 'Group' && entity.name === name)
    if (!group) return fallback
    if (isOrganization(group)) return toSlug(group.name)
    name = bareName(asText(group.spec.parent) ?? '')
  }
  return fallback
}

const header = ({ file, kind, name }: Foreign): string => `Imported from ${file}, ${kind} ${name}.`

/** Our metadata is Backstage's; what our own export has put into annotations is read where it belongs. */
function metadataOf({ name, title, description, annotations, metadata }: Foreign) {
  const texts = (fields: Record<string, unknown>) =>
    Object.fromEntries(
      Object.entries(fields).flatMap(([key, value]) => (key.startsWith('bridgekeeper.dev/') ? [] : [[key, String(value)]])),
    )
  const [labels, notes, tags] = [texts(asRecord(metadata.labels)), texts(annotations), asTexts(metadata.tags)]
  const links = (Array.isArray(metadata.links) ? metadata.links : []).map(asRecord).flatMap((link) => {
    const known = ['url', 'title', 'icon', 'type'].flatMap((field) => (asText(link[field]) ? [[field, asText(link[field])]] : []))
    return /^https?:\/\//.test(asText(link.url) ?? '') ? [Object.fromEntries(known)] : []
  })
  return {
    name: toSlug(name),
    ...(title && { title }),
    ...(description && { description }),
    ...(Object.keys(labels).length > 0 && { labels }),
    ...(Object.keys(notes).length > 0 && { annotations: notes }),
    ...(tags.length > 0 && { tags }),
    ...(links.length > 0 && { links }),
  }
}

const envelope = (kind: string, metadata: unknown, spec: unknown) => ({ apiVersion: 'bridgekeeper.dev/v1', kind, metadata, spec })

function organizationFile(group: Foreign, catalog: Catalog): Made {
  const name = toSlug(group.name)
  const displayName = asText(asRecord(group.spec.profile).displayName)
  const users = peopleOf(name, catalog)
  const people = users.map(personOf)
  const business = asText(group.annotations['bridgekeeper.dev/business'])
  const website = asText(group.annotations['bridgekeeper.dev/website'])
  const metadata = { ...metadataOf(group), ...(displayName && displayName !== group.name && { title: displayName }) }
  const spec = { business: business ?? 'product', ...(website && { website }), people }
  const assumed = new Map(business ? [] : [['spec.business', 'Backstage does not say whether it lives from a product or from hours']])
  users.forEach((user, index) => {
    if (!asText(asRecord(user.spec.profile).displayName) && !user.title)
      assumed.set(`spec.people.${index}.fullName`, 'Backstage has no name to show')
  })
  return {
    id: `Organization ${name}`,
    path: `organizations/${name}.yaml`,
    text: writeEntity(envelope('Organization', metadata, spec), header(group), assumed),
  }
}

/** The users of an organization; of two with one name the first. */
function peopleOf(organization: string, catalog: Catalog): Foreign[] {
  const users = catalog.all.filter((entity) => entity.kind === 'User' && organizationOf(memberships(entity)[0], catalog) === organization)
  return [...new Map(users.toReversed().map((user) => [toSlug(user.name), user])).values()].toReversed()
}

function personOf(user: Foreign) {
  const profile = asRecord(user.spec.profile)
  const email = asText(profile.email)
  const leftOn = asText(user.annotations['bridgekeeper.dev/left-on'])
  return {
    name: toSlug(user.name),
    fullName: asText(profile.displayName) ?? user.title ?? user.name,
    ...(user.description && { title: user.description }),
    ...(email && { email }),
    ...(leftOn && { leftOn }),
  }
}

function platformFile(api: Foreign, catalog: Catalog): Made {
  const type = asText(api.spec.type)
  if (type !== 'openapi') return { why: `its type is ${type ?? 'missing'}; a platform needs an OpenAPI description` }
  const owner = organizationOf(asText(api.spec.owner), catalog)
  if (!owner) return { why: `its owner ${asText(api.spec.owner) ?? '(missing)'} is not in this file; name one with --organization` }
  const name = toSlug(api.name)
  const baseUrl = asText(api.annotations['bridgekeeper.dev/base-url'])
  const spec = { owner, ...contractOf(api), ...(baseUrl && { baseUrl }) }
  return {
    id: `Platform ${name}`,
    path: `platforms/${name}/platform.yaml`,
    text: writeEntity(envelope('Platform', metadataOf(api), spec), header(api)),
  }
}

/** Where a placeholder of Backstage’s says that the document is. */
function contractSource({ spec }: Foreign): string | undefined {
  const { $text, $yaml, $json, $openapi } = asRecord(spec.definition)
  return asText($text) ?? asText($yaml) ?? asText($json) ?? asText($openapi)
}

function contractFileOf(api: Foreign, platformPath: string): Imported['contracts'] {
  const [from, text] = [contractSource(api), asText(api.spec.definition)]
  const path = platformPath.replace(/[^/]+$/, 'openapi.yaml')
  if (from !== undefined) return [{ path, api: api.name, from, folder: api.folder }]
  return text === undefined ? [] : [{ path, api: api.name, text, folder: api.folder }]
}

/** An address is polled; a document in or beside the catalogue is copied beside the platform's file. */
function contractOf(api: Foreign): { contract?: { file: string; url?: string } } {
  const { spec } = api
  const source = contractSource(api)
  if (source && /^https?:/.test(source)) return { contract: { file: './openapi.yaml', url: source } }
  return source || asText(spec.definition) ? { contract: { file: './openapi.yaml' } } : {}
}

const stages: Readonly<Record<string, string>> = { experimental: 'experimental', production: 'ga', deprecated: 'deprecated' }

function integrationFile(component: Foreign, catalog: Catalog): Made {
  const type = asText(component.spec.type)
  if (type !== 'integration') return { why: `its type is ${type ?? 'missing'}; only components of type integration are bridges` }
  const sides = sidesOf(component, catalog)
  if (sides.length < 2) return { why: 'a bridge needs two sides: let it consume the APIs of two organizations in this file' }
  const name = toSlug(component.name)
  const ours = (key: string) => asText(component.annotations[`bridgekeeper.dev/${key}`])
  const spec = {
    stage: ours('stage') ?? stages[asText(component.spec.lifecycle) ?? ''] ?? 'proposed',
    relationship: ours('relationship') ?? 'direct',
    sides,
    ...Object.fromEntries(['builder', 'host', 'seller', 'supporter'].flatMap((job) => (ours(job) ? [[job, ours(job)]] : []))),
  }
  const assumed = new Map<string, string>()
  if (!ours('stage')) assumed.set('spec.stage', `from the lifecycle ${asText(component.spec.lifecycle) ?? '(missing)'}`)
  if (!ours('relationship')) assumed.set('spec.relationship', 'Backstage does not say who sells')
  return {
    id: `Integration ${name}`,
    path: `integrations/${name}.yaml`,
    text: writeEntity(envelope('Integration', metadataOf(component), spec), header(component), assumed),
  }
}

/** One side for each owner of an API that it uses, then those that our own export has named. */
function sidesOf(component: Foreign, catalog: Catalog): { organization: string; platforms?: string[] }[] {
  const platforms = new Map<string, string[]>()
  for (const reference of [...asTexts(component.spec.consumesApis), ...asTexts(component.spec.providesApis)]) {
    const api = catalog.all.find(({ kind, name }) => kind === 'API' && name === bareName(reference))
    const owner = api && organizationOf(asText(api.spec.owner), catalog)
    if (owner) platforms.set(owner, [...(platforms.get(owner) ?? []), toSlug(api.name)])
  }
  const named = (asText(component.annotations['bridgekeeper.dev/sides']) ?? '').split(',').filter(Boolean)
  for (const organization of named) if (!platforms.has(organization)) platforms.set(organization, [])
  return [...platforms].map(([organization, brought]) => ({ organization, ...(brought.length > 0 && { platforms: brought }) }))
}
