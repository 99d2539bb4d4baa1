import type { Integration } from '@bridgekeeper/sdk'
import { durationMs } from './duration.ts'
import { errors } from './errors.ts'

/**
 * What a sweep finds is held against the deliveries that are kept; one that lists further back would take what is forgotten for missed, and
 * have it done twice.
 *
 * @param kept ISO 8601, how long deliveries are kept
 * @throws runtime.sweep_beyond_memory
 */
export function checkSweeps(integrations: readonly Integration[], kept: string): void {
  for (const { name, flows } of integrations)
    for (const [flow, definition] of Object.entries(flows)) {
      const back = definition.kind === 'every' ? definition.sweep : undefined
      if (back !== undefined && durationMs(back) >= durationMs(kept))
        throw errors.sweep_beyond_memory({ integration: name, flow, back, kept })
    }
}
