import { addLength, dutyCosts } from '../../agreements/index.ts'
import { type Check, fail, notApplicable, pass } from '../check.ts'
import { declared, groundsOf, weakest } from '../evidence.ts'
import { anchorCheck } from './anchor-check.ts'

/** Is it paid for after the launch? */
export const costChecks: readonly Check[] = [
  {
    id: 'cost-line',
    group: 'cost',
    title: 'Somebody pays for it today',
    gate: 'pilot',
    critical: true,
    side: 'none',
    why: 'Work that no budget names is done in somebody’s free time, and stops when that time is needed elsewhere.',
    todo: 'Add a line to spec.funding with side, amount and dates, attested by whoever holds the budget.',
    evaluate({ spec: { funding }, today }) {
      const lines = funding.filter((line) => line.from <= today && line.until >= today)
      if (lines.length === 0) return fail(funding.length === 0 ? 'no budget names it' : 'every budget line lies in the past or the future')
      return pass(`paid by ${[...new Set(lines.map((line) => line.side))].join(' and ')}`, weakest(lines.map(groundsOf), today))
    },
  },
  anchorCheck({
    duty: 'funding',
    group: 'cost',
    gate: 'ga',
    title: 'Somebody defends the budget, on each side',
    why: 'Budgets are made once a year by people who were not at the launch.',
    todo: 'Add a duty funding with the person who will ask for the money next year.',
  }),
  {
    id: 'maintenance-funded',
    group: 'cost',
    title: 'Running it is paid for the next 12 months',
    gate: 'ga',
    critical: true,
    side: 'none',
    why: 'Building is the smaller part: maintenance costs 15 to 50 % of it every year, and APIs do not wait for the next budget.',
    todo: 'Add run funding without a gap until a year from now.',
    evaluate({ spec: { funding }, today }) {
      const lines = funding.filter((line) => line.purpose === 'run').sort((left, right) => (left.from < right.from ? -1 : 1))
      const chain = unbrokenFrom(lines, today)
      const until = chain.at(-1)?.until
      const needed = addLength(today, 'P12M')
      if (until === undefined) return fail('nothing pays for running it')
      if (until < needed) return fail(`running it is paid until ${until}; ${needed} is needed`)
      return pass(`running it is paid until ${until}`, weakest(chain.map(groundsOf), today))
    },
  },
  {
    id: 'duty-cost-known',
    group: 'cost',
    title: 'What each side’s duties cost it is written down',
    gate: 'ga',
    critical: false,
    side: 'each',
    why: 'A side that does not know what its end costs finds out in a bad quarter, and then it lets go.',
    todo: 'Set hoursPerMonth on each duty, and the organization’s hourly rates.',
    evaluate({ integration, workspace, today }, side) {
      const organization = workspace.organizations.get(side.organization)
      const costs = organization ? dutyCosts(integration, organization, today) : []
      if (costs.length === 0)
        return side.platforms.length > 0
          ? fail(`missing at ${side.organization}: no duty is written down`)
          : notApplicable(`${side.organization} has no duties here`)
      const unknown = costs.filter((cost) => cost.unknown)
      return unknown.length === 0
        ? pass(`${costs.length} duties priced`, declared)
        : fail(`${side.organization}: ${unknown.map((cost) => `${cost.duty} lacks ${cost.unknown}`).join('; ')}`)
    },
  },
]

type Funding = { from: string; until: string }

/** The lines that follow each other without a gap from `today` on, in order of time. Each must begin before the last has ended. */
function unbrokenFrom<Line extends Funding>(lines: readonly Line[], today: string): Line[] {
  const chain: Line[] = []
  for (const line of lines) {
    const reached = chain.at(-1)?.until
    const joins = line.from <= (reached === undefined ? today : addLength(reached, 'P1D'))
    if (joins && line.until >= (reached ?? today)) chain.push(line)
  }
  return chain
}
