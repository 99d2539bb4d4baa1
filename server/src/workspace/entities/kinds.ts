import { type Agreement, agreement } from './agreement.ts'
import { type Integration, integration } from './integration.ts'
import { type Organization, organization } from './organization.ts'
import { type Plan, plan } from './plan.ts'
import { type Platform, platform } from './platform.ts'
import { type WorkspaceFile, workspaceFile } from './workspace-file.ts'

/** Every kind of entity with its schema, in the order in which they are read and reported. */
export const entitySchemas = {
  Workspace: workspaceFile,
  Organization: organization,
  Platform: platform,
  Integration: integration,
  Agreement: agreement,
  Plan: plan,
} as const

export type Kind = keyof typeof entitySchemas
export type Entity = WorkspaceFile | Organization | Platform | Integration | Agreement | Plan
export type EntityOf<K extends Kind> = Extract<Entity, { kind: K }>
