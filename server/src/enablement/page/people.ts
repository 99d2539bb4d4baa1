import { criticalDuties } from '../../agreements/index.ts'
import type { Contact, Duty, Role } from '../../workspace/index.ts'
import { contactInWords, contactOf, peopleBehind, peopleIn, personInWords, type Source, titleOf } from '../source.ts'
import { known, knownOr, missing, notOwed, ofBridge, ofSides, type PageRow, type PageSection, type Side } from './page.ts'

/** Who answers for the bridge on each side. A role or duty that is owed and that nobody holds is missing there. */
export function peopleSections(source: Source): PageSection[] {
  return [
    { heading: 'Owners and roles', rows: [...roleRows(source), ...standingRows(source)] },
    { heading: 'Critical duties', rows: dutyRows(source) },
    { heading: 'Support', rows: supportRows(source) },
  ]
}

const reportOf = ({ report }: Source, side: Side) => report.sides.find((one) => one.organization === side.organization)!
const missingOn = (source: Source, side: Side, why: string) => missing(`missing on ${titleOf(source, side.organization)}: ${why}`)

function roleRows(source: Source): PageRow[] {
  const named = source.spec.sides.flatMap((side) => [...reportOf(source, side).vacancies, ...side.roster.map(({ role }) => role)])
  return [...new Set<Role>(['product-owner', 'product-owner-deputy', ...named])].map((role) =>
    ofSides(source, role, (side) => {
      const vacant = reportOf(source, side).vacancies.includes(role)
      return knownOr(peopleIn(source, side, role), vacant ? missingOn(source, side, 'nobody holds this role') : notOwed())
    }),
  )
}

function standingRows(source: Source): PageRow[] {
  return [
    ofSides(source, 'ownership attested', (side) => {
      const { state, by, lastOn, until } = reportOf(source, side).standing
      if (state === 'never-attested') return missingOn(source, side, 'no owner has ever attested')
      const words = `${personInWords(source, by!)} on ${lastOn}`
      if (state === 'attested') return known(`${words}, good until ${until}`)
      return missingOn(source, side, `stale (${state}); last ${words}`)
    }),
    ofSides(source, 'bus factor', (side) => {
      const factor = reportOf(source, side).busFactor
      if (factor === undefined) return notOwed()
      return factor < 2 ? missingOn(source, side, `${factor}; a critical duty hangs on fewer than two people`) : known(String(factor))
    }),
  ]
}

function dutyRows(source: Source): PageRow[] {
  const others = source.spec.sides.flatMap((side) => side.duties.map(({ duty }) => duty))
  return [...new Set<Duty>([...criticalDuties, ...others])].map((duty) =>
    ofSides(source, duty, (side) => {
      const owed = reportOf(source, side).missingAnchors.includes(duty)
      return knownOr(peopleBehind(source, side, duty), owed ? missingOn(source, side, 'nobody answers for it') : notOwed())
    }),
  )
}

const topics: readonly Contact['topic'][] = [
  'support',
  'incidents',
  'security',
  'api-changes',
  'partnership',
  'billing',
  'privacy',
  'marketing',
]
/** Topics on which each owner of a platform must be reachable. */
const owedTopics: readonly Contact['topic'][] = ['support', 'incidents', 'security', 'api-changes']

function supportRows(source: Source): PageRow[] {
  const { support, sides } = source.spec
  const profile = support && `${titleOf(source, support.firstLine)} answers first, profile ${support.profile}`
  const told = topics.filter((topic) => owedTopics.includes(topic) || sides.some((side) => contactOf(source, side, topic)))
  return [
    ofBridge(
      'support model',
      support
        ? known(...[profile!, support.note].filter((line) => line !== undefined))
        : missing('nobody has decided who answers the customer first'),
    ),
    ...told.map((topic) =>
      ofSides(source, `contact: ${topic}`, (side) => {
        const contact = contactOf(source, side, topic)
        if (contact) return known(`${contactInWords(contact)}; ${contact.testedOn ? `tested ${contact.testedOn}` : 'never tested'}`)
        const owed = side.platforms.length > 0 && owedTopics.includes(topic)
        return owed ? missingOn(source, side, 'nobody to call') : notOwed()
      }),
    ),
    ofSides(source, 'escalation', (side) =>
      knownOr(
        side.escalation.map(({ after, people }) => `after ${after}: ${people.map((name) => personInWords(source, name)).join(', ')}`),
        side.platforms.length > 0 ? missingOn(source, side, 'no escalation is written down') : notOwed(),
      ),
    ),
  ]
}
