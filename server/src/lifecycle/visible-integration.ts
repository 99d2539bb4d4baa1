import { z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { type Authenticated, identityErrors } from '../identity/index.ts'
import { findIntegration } from '../readiness/index.ts'
import type { Integration } from '../workspace/index.ts'
import type { Lifecycle } from './lifecycle.ts'

export const integrationParam = z.object({ integration: z.string() })

/** An integration of which the caller's organization is a side. @throws identity.not_visible, readiness.integration_unknown */
export function visibleIntegration(c: Context<Authenticated>, lifecycle: Lifecycle, name: string): Integration {
  const { integrations, customer } = c.get('visible')
  if (customer !== null || (integrations !== null && !integrations.includes(name)))
    throw identityErrors.not_visible({ what: `integration ${name}` })
  return findIntegration(lifecycle.parts.workspace(), name)
}
