import type { Visibility } from '../../identity/index.ts'
import type { Workspace } from '../../workspace/index.ts'
import type { Notice } from './queries.ts'

export type SeenNotice = Notice & {
  /** Parties whose answer is still owed. */
  waitingFor: string[]
}

/**
 * A notice as one organization may see it: a platform may be bridged to many, and what the others answer, and through which integrations they
 * are concerned, is shown only to those who share an integration with them.
 *
 * @param organization that of the caller; null: the operator
 */
export function seenBy(
  notice: Notice,
  { integrations }: Visibility,
  organization: string | null,
  workspace: Pick<Workspace, 'integrations'>,
): SeenNotice {
  const sides = (name: string) => workspace.integrations.get(name)?.spec.sides ?? []
  const shared = integrations?.filter((name) => sides(name).some((side) => side.platforms.includes(notice.platform)))
  const known = new Set([organization, ...(shared ?? []).flatMap((name) => sides(name).map((side) => side.organization))])
  const sees = (name: string | null) => organization === null || name === null || known.has(name)
  const parties = notice.parties
    .filter((party) => sees(party.organization))
    .map((party) => ({ ...party, integrations: party.integrations.filter((name) => shared === undefined || shared.includes(name)) }))
  const open = notice.state === 'noticed' || notice.state === 'effective'
  return {
    ...notice,
    parties,
    answers: notice.answers.filter((answer) => sees(answer.organization)),
    steps: notice.steps.filter((step) => sees(step.organization)).map((step) => ({ ...step, evidence: toldAmong(step.evidence, sees) })),
    waitingFor: open
      ? parties.filter((party) => party.answerDueOn !== null && party.answeredAt === null).map((party) => party.organization)
      : [],
  }
}

function toldAmong(evidence: Record<string, unknown>, sees: (name: string) => boolean): Record<string, unknown> {
  return Array.isArray(evidence.told) ? { ...evidence, told: (evidence.told as string[]).filter(sees) } : evidence
}
