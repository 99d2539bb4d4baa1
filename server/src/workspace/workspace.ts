import { resolvePath } from './check-files.ts'
import type { Agreement } from './entities/agreement.ts'
import type { Integration } from './entities/integration.ts'
import { type Entity, type EntityOf, entitySchemas, type Kind } from './entities/kinds.ts'
import type { Organization, Person } from './entities/organization.ts'
import type { Plan } from './entities/plan.ts'
import type { Platform } from './entities/platform.ts'
import type { WorkspaceFile } from './entities/workspace-file.ts'
import type { RawDocument } from './read-documents.ts'
import { locate, offsetOf } from './source-file.ts'

/** The entities that their own schema accepts, by kind and name. */
export type Entities = { readonly [K in Kind]: ReadonlyMap<string, EntityOf<K>> }

/** A place in a file that a person can open. */
export interface FilePlace {
  /** Relative to the root of the workspace. */
  file: string
  line: number
  column: number
}

/** All that two companies have written down, by name. Never changes: a reload makes another one. */
export interface Workspace {
  /** Absolute path of the folder that holds `bridgekeeper.yaml`. */
  readonly root: string
  readonly settings: WorkspaceFile
  readonly organizations: ReadonlyMap<string, Organization>
  readonly platforms: ReadonlyMap<string, Platform>
  readonly integrations: ReadonlyMap<string, Integration>
  readonly agreements: ReadonlyMap<string, Agreement>
  readonly plans: ReadonlyMap<string, Plan>
  /** The agreements that cover an integration, in the order of their names. */
  readonly agreementsOf: (integration: string) => readonly Agreement[]
  /** Somebody written `organization/name`, or nothing. */
  readonly person: (name: string) => Person | undefined
  /** Where an entity, or a value in it, stands in its file; nothing for entities that come from no file. */
  readonly placeOf: (entity: Entity, path?: readonly (string | number)[]) => FilePlace | undefined
  /** Absolute path of a file that an entity names (`spec.code`, `spec.contract.file`, a page's `file`). */
  readonly fileOf: (entity: Entity, path: string) => string
}

const byName = <E extends Entity>(entities: ReadonlyMap<string, E>): ReadonlyMap<string, E> =>
  new Map([...entities].sort(([left], [right]) => (left < right ? -1 : 1)))

export function makeWorkspace(root: string, entities: Entities, documentOf: ReadonlyMap<Entity, RawDocument>): Workspace {
  const agreements = byName(entities.Agreement)
  const organizations = byName(entities.Organization)
  const covering = new Map<string, Agreement[]>()
  for (const agreement of agreements.values())
    for (const integration of new Set(agreement.spec.integrations))
      covering.set(integration, [...(covering.get(integration) ?? []), agreement])
  const people = new Map<string, Person>()
  for (const [organization, { spec }] of organizations)
    for (const person of spec.people)
      if (!people.has(`${organization}/${person.name}`)) people.set(`${organization}/${person.name}`, person)
  return {
    root,
    settings: [...entities.Workspace.values()][0] ?? defaultSettings(),
    organizations,
    platforms: byName(entities.Platform),
    integrations: byName(entities.Integration),
    agreements,
    plans: byName(entities.Plan),
    agreementsOf: (integration) => covering.get(integration) ?? [],
    person: (name) => people.get(name),
    placeOf: (entity, path = []) => {
      const document = documentOf.get(entity)
      if (!document) return undefined
      const { line, column } = document.source.position(offsetOf(locate(document.source, document.index, path), 'key'))
      return { file: document.source.file, line, column }
    },
    fileOf: (entity, path) => resolvePath(root, documentOf.get(entity)?.source.file ?? '', path),
  }
}

function defaultSettings(): WorkspaceFile {
  return entitySchemas.Workspace.parse({ apiVersion: 'bridgekeeper.dev/v1', kind: 'Workspace', metadata: { name: 'workspace' }, spec: {} })
}
