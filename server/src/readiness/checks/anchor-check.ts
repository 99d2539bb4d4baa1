import { owedDuties } from '../../agreements/index.ts'
import type { Duty, Stage } from '../../workspace/index.ts'
import { type Check, type CheckGroup, fail, notApplicable, pass } from '../check.ts'
import { groundsOf } from '../evidence.ts'
import { anchorOf, anchorsOf } from '../roster.ts'

interface AnchorWords {
  duty: Duty
  group: CheckGroup
  gate: Stage
  title: string
  why: string
  todo: string
}

/** One critical duty, asked of every side that owes it: is somebody there who answers for it? Half of the two-anchor rule. */
export function anchorCheck({ duty, ...words }: AnchorWords): Check {
  return {
    id: `anchor-${duty}`,
    critical: true,
    side: 'each',
    ...words,
    evaluate({ integration, people, today }, side) {
      const name = side.organization
      if (!owedDuties(integration, name).includes(duty)) return notApplicable(`${name} does not owe ${duty} here`)
      const anchor = anchorOf(side, duty)
      const there = anchorsOf(side, duty, people, today)
      if (there.length > 0)
        return pass(`${there.join(' and ')} answer${there.length === 1 ? 's' : ''} for ${duty} at ${name}`, groundsOf(anchor!))
      const left = anchor?.person ? `: ${anchor.person} is named and not there any more` : ''
      return fail(`missing at ${name}: nobody answers for ${duty}${left}`)
    },
  }
}
