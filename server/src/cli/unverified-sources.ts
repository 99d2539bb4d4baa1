import type { Workspace } from '../workspace/index.ts'
import type { Io } from './io.ts'

/** Names the sources of which anybody can send events. */
export function warnOfUnverified(io: Io, workspace: Workspace): void {
  for (const [name, { spec }] of workspace.platforms) {
    const verification = spec.webhooks?.verification
    if (verification?.scheme === 'unverified')
      io.note(io.red(`Webhooks of ${name} are not verified: whoever knows the address can send events (${verification.reason}).`))
  }
}
