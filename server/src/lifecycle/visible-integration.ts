import { z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import type { Authenticated } from '../identity/index.ts'
import { findVisibleIntegration } from '../service-levels/index.ts'
import type { Integration } from '../workspace/index.ts'
import type { Lifecycle } from './lifecycle.ts'

export const integrationParam = z.object({ integration: z.string() })

/** An integration of which the caller's organization is a side. @throws identity.not_visible, readiness.integration_unknown */
export const visibleIntegration = (c: Context<Authenticated>, lifecycle: Lifecycle, name: string): Integration =>
  findVisibleIntegration(c, lifecycle.parts.workspace(), name)
