import { type Caller, identityErrors } from '../identity/index.ts'
import { readinessErrors } from '../readiness/index.ts'
import type { Workspace } from '../workspace/index.ts'

/**
 * Only a company's own key speaks for its people: otherwise one side could co-sign in the name of the other. The operator's
 * key speaks for the organization that bridgekeeper.yaml names as operator; where none is named one company runs everything
 * by itself, and its key speaks for all.
 *
 * @throws readiness.may_not_speak, identity.not_visible for a customer's key
 */
export function assertSpeaksFor(caller: Caller, person: string, workspace: Workspace): void {
  if (caller.customer !== null) throw identityErrors.not_visible({ what: 'signature of a company' })
  const speaksFor = caller.organization ?? workspace.settings.spec.operator
  if (speaksFor === undefined || person.startsWith(`${speaksFor}/`)) return
  throw readinessErrors.may_not_speak({ person, side: `${speaksFor} (the organization of this key)` })
}
