import type { Database } from '../database/index.ts'
import type { Integration } from '../workspace/index.ts'
import { assertThere } from './attest.ts'
import { errors } from './errors.ts'
import type { IntegrationFacts } from './facts.ts'
import { openGaps } from './known-gaps.ts'
import { beginJudgement, makeContext } from './make-context.ts'
import { insertGapReview, insertWaiverSignature } from './queries.ts'
import { organizationOf, type ReadinessWorkspace } from './readiness-workspace.ts'
import { type WaiverState, waiverStates } from './waivers.ts'

export interface SignRequest {
  check: string
  /** As the waiver in the file names it; left out for a waiver of the whole integration. */
  side?: string
  by: string
}

/**
 * Signs a waiver that stands in the file, as it is worded today. When people of both sides have signed the same words it
 * excuses the check until its day.
 *
 * @returns the waiver's state after this signature; signing twice changes nothing
 * @throws readiness.person_unknown, waiver_unknown, waiver_over, may_not_speak
 */
export async function signWaiver(
  database: Database,
  workspace: ReadinessWorkspace,
  integration: Integration,
  facts: IntegrationFacts,
  request: SignRequest,
  now: Date,
): Promise<WaiverState> {
  const judgement = beginJudgement(workspace, now.toISOString().slice(0, 10))
  assertThere(judgement, request.by)
  assertOfASide(integration, request.by)
  const context = makeContext(judgement, integration, facts)
  const same = ({ waiver }: WaiverState) => waiver.check === request.check && waiver.side === request.side
  const found = waiverStates(context).find(same)
  if (!found) throw errors.waiver_unknown({ integration: integration.metadata.name, check: request.check })
  if (found.state === 'forbidden') throw errors.waiver_forbidden({ check: request.check })
  if (found.state === 'expired' || found.state === 'too-long') throw errors.waiver_over({ check: request.check, says: found.says })
  const signature = { integration: integration.metadata.name, digest: found.digest, check: request.check, person: request.by }
  await insertWaiverSignature(database.executor, signature, now)
  const signatures = [...(facts.waiverSignatures ?? []), { digest: found.digest, person: request.by, on: judgement.today }]
  return waiverStates({ ...context, facts: { ...facts, waiverSignatures: signatures } }).find(same)!
}

function assertOfASide({ spec }: Integration, person: string): void {
  const sides = spec.sides.map(({ organization }) => organization)
  if (!sides.includes(organizationOf(person))) throw errors.may_not_speak({ person, side: sides.join(' or ') })
}

/**
 * Records that somebody has looked at a known gap again, and when the next look is due.
 *
 * @throws readiness.person_unknown, gap_unknown, review_in_the_past
 */
export async function reviewGap(
  database: Database,
  workspace: ReadinessWorkspace,
  integration: Integration,
  facts: IntegrationFacts,
  review: { gap: string; by: string; nextReviewOn: string; note?: string },
  now: Date,
): Promise<void> {
  const judgement = beginJudgement(workspace, now.toISOString().slice(0, 10))
  assertThere(judgement, review.by)
  const known = openGaps(makeContext(judgement, integration, facts)).map(({ gap }) => gap.id)
  const { name } = integration.metadata
  if (!known.includes(review.gap)) throw errors.gap_unknown({ integration: name, gap: review.gap, known })
  if (review.nextReviewOn <= judgement.today) throw errors.review_in_the_past({ found: review.nextReviewOn, today: judgement.today })
  const { by, ...rest } = review
  await insertGapReview(database.executor, { integration: name, person: by, ...rest }, now)
}
