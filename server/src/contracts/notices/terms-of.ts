import { type Day, isInForce } from '../../agreements/index.ts'
import type { ChangeTerms, Workspace } from '../../workspace/index.ts'

/** What the agreement in force on a day says about changes between the parties of an integration; undefined: none is in force, or it is silent. */
export function termsOf(workspace: Pick<Workspace, 'agreementsOf'>, integration: string, today: Day): ChangeTerms | undefined {
  return workspace.agreementsOf(integration).find((agreement) => isInForce(agreement, today))?.spec.changes
}
