import type { Context } from 'hono'
import { type Authenticated, identityErrors } from '../identity/index.ts'
import { findIntegration } from '../readiness/index.ts'
import type { Integration, Workspace } from '../workspace/index.ts'

/** An integration of which the caller's organization is a side. @throws identity.not_visible, readiness.integration_unknown */
export function findVisibleIntegration(c: Context<Authenticated>, workspace: Workspace, name: string): Integration {
  const { integrations, customer } = c.get('visible')
  if (customer !== null || (integrations !== null && !integrations.includes(name)))
    throw identityErrors.not_visible({ what: `integration ${name}` })
  return findIntegration(workspace, name)
}
