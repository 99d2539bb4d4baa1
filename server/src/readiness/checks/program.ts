import { type Check, fail, notApplicable, notKnown, pass } from '../check.ts'
import { type EntryCriterion, groundsOfCriteria, judgeEntry } from '../program-entry.ts'

const words = (criteria: readonly EntryCriterion[]): string => criteria.map(({ asks, says }) => `${asks}: ${says}`).join('; ')

/** Asks for other checks where a tier does. @param others every check but this one */
export function programCheck(others: readonly Check[]): Check {
  return {
    id: 'program-entry-met',
    group: 'openness',
    title: 'It meets what the partner program asks of its tier',
    gate: 'ga',
    critical: false,
    side: 'with-platform',
    why: 'A partner who is let in on a promise is put out on the day somebody reads the list. That day is chosen by neither of the customers.',
    todo: 'See each criterion with `bridgekeeper readiness programs INTEGRATION`: meet it, or have a person of the platform’s owner stand by it in spec.programs.',
    evaluate(context, side) {
      const [entry] = context.spec.programs.filter(({ platform }) => side.platforms.includes(platform))
      if (!entry) return notApplicable(`it names no tier of a program of ${side.organization}`)
      const judged = judgeEntry(context, entry, others)
      if ('unknownTier' in judged)
        return fail(`${entry.platform} has no tier ${entry.tier}; it has ${judged.unknownTier.join(', ') || 'no program'}`)
      const { criteria } = judged
      const of = (state: EntryCriterion['state']) => criteria.filter((one) => one.state === state)
      if (of('not-met').length > 0) return fail(`${entry.tier} of ${entry.platform}: ${words(of('not-met'))}`)
      if (of('undetermined').length > 0) return notKnown(`${entry.tier} of ${entry.platform}: ${words(of('undetermined'))}`)
      return pass(`${entry.tier} of ${entry.platform}: ${criteria.length} criteria are met`, groundsOfCriteria(criteria, context))
    },
  }
}
