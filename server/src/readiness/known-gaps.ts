import type { Day } from '../agreements/index.ts'
import type { Integration } from '../workspace/index.ts'
import type { CheckContext } from './check.ts'

type KnownGap = Integration['spec']['knownGaps'][number]

/** A duty that is not met, known and owned, with the day on which somebody looks at it again. */
export interface OpenGap {
  gap: KnownGap
  /** The file's day, or a later one that a recorded review has set. */
  reviewOn: Day
  overdue: boolean
}

/** The register of one integration: gaps that are not closed, in the order of the file. */
export function openGaps({ spec, facts, today }: Pick<CheckContext, 'spec' | 'facts' | 'today'>): OpenGap[] {
  return spec.knownGaps
    .filter((gap) => gap.closedOn === undefined || gap.closedOn > today)
    .map((gap) => {
      const reviews = facts.gapReviews?.filter((review) => review.gap === gap.id).map((review) => review.nextReviewOn) ?? []
      const reviewOn = [gap.reviewOn, ...reviews].sort().at(-1)!
      return { gap, reviewOn, overdue: reviewOn < today }
    })
}
