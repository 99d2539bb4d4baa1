import type { Workspace } from '../workspace/index.ts'

export { isThere, organizationOf, type People, peopleOf } from '../agreements/index.ts'

/** What readiness reads of a workspace. */
export type ReadinessWorkspace = Pick<Workspace, 'organizations' | 'platforms' | 'integrations' | 'agreements' | 'agreementsOf'>
