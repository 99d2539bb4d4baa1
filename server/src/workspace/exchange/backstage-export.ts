import { relative } from 'node:path'
import type { Agreement } from '../entities/agreement.ts'
import type { Metadata } from '../entities/envelope.ts'
import type { Integration, Stage } from '../entities/integration.ts'
import type { Organization, Person } from '../entities/organization.ts'
import type { Platform } from '../entities/platform.ts'
import type { Workspace } from '../workspace.ts'

const version = 'backstage.io/v1alpha1'

/** An entity as Backstage's catalogue takes it. */
export interface BackstageEntity {
  apiVersion: typeof version
  kind: 'Group' | 'User' | 'API' | 'Component' | 'Resource'
  metadata: Record<string, unknown>
  spec: Record<string, unknown>
}

/**
 * The workspace as Backstage entities: organization → Group, person → User (in the organization's namespace), platform → API,
 * integration → Component, agreement → Resource. What Backstage has no field for goes into annotations `bridgekeeper.dev/…`.
 * Plans stay at home. The list is ordered by kind and name.
 */
export function exportBackstage(workspace: Workspace): BackstageEntity[] {
  return [
    ...[...workspace.organizations.values()].flatMap((organization) => [
      group(organization),
      ...organization.spec.people.map((person) => user(organization, person)),
    ]),
    ...[...workspace.platforms.values()].map((platform) => api(workspace, platform)),
    ...[...workspace.integrations.values()].map((integration) => component(workspace, integration)),
    ...[...workspace.agreements.values()].map(resource),
  ]
}

const groupRef = (organization: string): string => `group:default/${organization}`

function metadataOf(
  { name, title, description, labels, annotations, tags, links }: Metadata,
  ours: Record<string, string | undefined>,
): Record<string, unknown> {
  const own = Object.entries(ours).flatMap(([key, value]) => (value === undefined ? [] : [[`bridgekeeper.dev/${key}`, value]]))
  const all = { ...annotations, ...Object.fromEntries(own) }
  return {
    name,
    ...(title && { title }),
    ...(description && { description }),
    ...(labels && { labels }),
    ...(Object.keys(all).length > 0 && { annotations: all }),
    // Backstage allows lower-case letters, digits and + # : - in tags.
    ...(tags && { tags: tags.map((tag) => tag.toLowerCase().replace(/[^a-z0-9+#:-]+/g, '-')) }),
    ...(links && { links }),
  }
}

function group({ metadata, spec }: Organization): BackstageEntity {
  const profile = { displayName: metadata.title ?? metadata.name }
  return {
    apiVersion: version,
    kind: 'Group',
    metadata: metadataOf(metadata, { business: spec.business, website: spec.website }),
    spec: { type: 'organization', profile, children: [], members: spec.people.map(({ name }) => `user:${metadata.name}/${name}`) },
  }
}

function user({ metadata }: Organization, { name, fullName, email, title, leftOn }: Person): BackstageEntity {
  return {
    apiVersion: version,
    kind: 'User',
    metadata: { namespace: metadata.name, ...metadataOf({ name, description: title }, { 'left-on': leftOn }) },
    spec: { profile: { displayName: fullName, ...(email && { email }) }, memberOf: [groupRef(metadata.name)] },
  }
}

function api(workspace: Workspace, platform: Platform): BackstageEntity {
  const { metadata, spec } = platform
  return {
    apiVersion: version,
    kind: 'API',
    metadata: metadataOf(metadata, { 'base-url': spec.baseUrl }),
    spec: { type: 'openapi', lifecycle: 'production', owner: groupRef(spec.owner), definition: definition(workspace, platform) },
  }
}

/** Backstage reads a definition from a path beside the file, or from an address; text stands for a platform that publishes none. */
function definition(workspace: Workspace, platform: Platform): unknown {
  const { contract } = platform.spec
  if (contract?.file.startsWith('.')) return { $text: `./${relative(workspace.root, workspace.fileOf(platform, contract.file))}` }
  if (contract?.url) return { $text: contract.url }
  return contract ? `See ${contract.file}` : 'This platform publishes no API description.'
}

const lifecycles: Readonly<Record<Stage, string>> = {
  proposed: 'experimental',
  experimental: 'experimental',
  pilot: 'experimental',
  beta: 'experimental',
  ga: 'production',
  deprecated: 'deprecated',
  sunset: 'deprecated',
  retired: 'deprecated',
}

function component(workspace: Workspace, { metadata, spec }: Integration): BackstageEntity {
  const agreements = workspace.agreementsOf(metadata.name).map((agreement) => `resource:default/${agreement.metadata.name}`)
  return {
    apiVersion: version,
    kind: 'Component',
    metadata: metadataOf(metadata, {
      stage: spec.stage,
      relationship: spec.relationship,
      sides: spec.sides.map(({ organization }) => organization).join(','),
      builder: spec.builder,
      host: spec.host,
      seller: spec.seller,
      supporter: spec.supporter,
    }),
    spec: {
      type: 'integration',
      lifecycle: lifecycles[spec.stage],
      owner: groupRef(spec.supporter ?? spec.host ?? spec.sides[0]!.organization),
      consumesApis: spec.sides.flatMap(({ platforms }) => platforms.map((platform) => `api:default/${platform}`)),
      ...(agreements.length > 0 && { dependsOn: agreements }),
    },
  }
}

function resource({ metadata, spec }: Agreement): BackstageEntity {
  return {
    apiVersion: version,
    kind: 'Resource',
    metadata: metadataOf(metadata, {
      status: spec.status,
      version: spec.version,
      parties: spec.parties.map(({ organization }) => organization).join(','),
      ends: spec.term.end,
    }),
    spec: {
      type: 'agreement',
      owner: groupRef(spec.parties[0]!.organization),
      dependencyOf: spec.integrations.map((name) => `component:default/${name}`),
    },
  }
}
