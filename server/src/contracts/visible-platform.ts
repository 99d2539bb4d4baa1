import type { Context } from 'hono'
import type { Authenticated } from '../identity/index.ts'
import type { Platform, Workspace } from '../workspace/index.ts'
import { errors } from './registry/errors.ts'

/** The platform, if the caller's organization owns it or is bridged to it. @throws contract-registry.platform_unknown */
export function visiblePlatform(c: Context<Authenticated>, workspace: Workspace, name: string): Platform {
  const platform = workspace.platforms.get(name)
  const { connectable } = c.get('visible')
  if (!platform || (connectable !== null && !connectable.includes(name))) throw errors.platform_unknown({ platform: name })
  return platform
}
