import { addDays, daysBetween } from '../../agreements/index.ts'
import { type Check, fail, notKnown, pass } from '../check.ts'
import { declared, observed } from '../evidence.ts'
import type { LinkFact } from '../facts.ts'
import { isThere } from '../readiness-workspace.ts'
import { relationships } from '../relationship.ts'
import { pushesOf } from '../roster.ts'
import { anchorCheck } from './anchor-check.ts'
import { contactsOf } from './contacts.ts'

const silentWithinDays = 90
const docsReviewedWithinDays = 180
const pushesTolerated = 2

const isDead = ({ state, reachable }: LinkFact): boolean => (state === undefined ? !reachable : state === 'broken')

/** Does each side learn in time what the other one does? */
export const communicationChecks: readonly Check[] = [
  anchorCheck({
    duty: 'change-notice',
    group: 'communication',
    gate: 'beta',
    title: 'Somebody announces changes, on each side',
    why: 'Most bridges break because one side changed something and did not know whom to tell, or that there was anybody to tell.',
    todo: 'Add a duty change-notice with a person: who tells the partner before an API changes?',
  }),
  anchorCheck({
    duty: 'roadmap',
    group: 'communication',
    gate: 'ga',
    title: 'Somebody keeps the shared roadmap, on each side',
    why: 'Two roadmaps that never met promise customers two different futures.',
    todo: 'Add a duty roadmap with a person on this side.',
  }),
  anchorCheck({
    duty: 'docs',
    group: 'communication',
    gate: 'ga',
    title: 'Somebody keeps the documentation true, on each side',
    why: 'Documentation ages on the side that did not change. Nobody updates what nobody owns.',
    todo: 'Add a duty docs with a person on this side.',
  }),
  {
    id: 'change-contact',
    group: 'communication',
    title: 'Each side says where news of API changes must go',
    gate: 'beta',
    critical: false,
    side: 'with-platform',
    why: 'A notice that goes to the person who signed the contract three years ago has not been given.',
    todo: 'Add a contact with topic api-changes to the side, the platform or the organization.',
    evaluate(context, side) {
      const [contact] = contactsOf(context, side, 'api-changes')
      return contact
        ? pass(`${side.organization}: ${contact.address}`, declared)
        : fail(`missing at ${side.organization}: no contact for API changes`)
    },
  },
  {
    id: 'escalation-path',
    group: 'communication',
    title: 'Who is called next, when nobody answers, is written down',
    gate: 'ga',
    critical: false,
    side: 'each',
    why: 'At three in the morning nobody finds the partner’s head of engineering by asking around.',
    todo: 'Add escalation levels of people who are there; the last level is everyone.',
    evaluate({ people, today }, side) {
      const empty = side.escalation.findIndex((level) => !level.people.some((name) => isThere(people, name, today)))
      if (side.escalation.length === 0) return fail(`missing at ${side.organization}: no escalation`)
      return empty < 0
        ? pass(`${side.escalation.length} levels at ${side.organization}`, declared)
        : fail(`level ${empty + 1} at ${side.organization} names nobody who is still there`)
    },
  },
  {
    id: 'roadmap-shared',
    group: 'communication',
    title: 'Each side shares what it has committed to, with dates',
    gate: 'beta',
    critical: false,
    side: 'with-platform',
    why: 'A roadmap without dates and commitment levels is a wish that the partner will take for a promise.',
    todo: 'Add roadmap items of this side with commitment and targetDate; push what is late, with the reason.',
    evaluate({ spec, today }, side) {
      const open = spec.roadmap.filter((item) => item.side === side.organization && item.commitment !== 'exploring' && !item.doneOn)
      const late = open.filter((item) => item.targetDate !== undefined && item.targetDate < today)
      if (late.length > 0)
        return fail(`${side.organization}: ${late.map((item) => `“${item.title}” was due on ${item.targetDate}`).join('; ')}`)
      const dated = open.filter((item) => item.targetDate !== undefined)
      return dated.length > 0
        ? pass(`${dated.length} dated item(s) of ${side.organization}`, declared)
        : fail(`missing at ${side.organization}: nothing on the roadmap with a date`)
    },
  },
  {
    id: 'promises-pushed',
    group: 'communication',
    title: 'Promised maintenance is not moved again and again',
    gate: 'ga',
    critical: false,
    side: 'each',
    why: 'The first sign that a partner’s interest fades is not a letter. It is the third new date for the same upgrade.',
    todo: 'Deliver or drop what was moved; ask the pushing side what it would take.',
    evaluate({ integration }, side) {
      const pushes = pushesOf(integration, side.organization)
      const says = `${side.organization} moved promised maintenance ${pushes} time${pushes === 1 ? '' : 's'}`
      return pushes <= pushesTolerated ? pass(says, declared) : fail(says)
    },
  },
  {
    id: 'no-silent-change',
    group: 'communication',
    title: 'No side changed anything without a word in 90 days',
    gate: 'ga',
    critical: true,
    side: 'with-platform',
    why: 'A silent change is found by customers. It costs more trust than ten announced ones.',
    todo: 'Where nobody watches, let the contract be read from its owner (bridgekeeper contracts sources). Where a change was silent, find out why it was not announced, and repair the path of the notice before asking for the gate again.',
    evaluate({ facts: { notices, watchedSides }, today }, side) {
      if (!notices) return notKnown('nobody watches the contracts')
      const since = addDays(today, -silentWithinDays)
      const silent = notices.filter(
        (notice) => notice.party === side.organization && notice.verdict === 'silent' && notice.on >= since && notice.on <= today,
      )
      if (silent.length > 0) return fail(`${side.organization}: ${silent.map((notice) => `“${notice.title}” on ${notice.on}`).join('; ')}`)
      if (!watchedSides?.includes(side.organization))
        return notKnown(`nobody has watched the contract of ${side.organization} for ${silentWithinDays} days without a break`)
      return pass(`no silent change of ${side.organization} in ${silentWithinDays} days`, observed())
    },
  },
  {
    id: 'docs-fresh',
    group: 'communication',
    title: 'Every page was read against the truth within half a year',
    gate: 'ga',
    critical: false,
    side: 'none',
    why: 'A wrong page is worse than none: support and customers act on it with confidence.',
    todo: 'Read the pages named, set reviewedOn, repair dead links.',
    evaluate({ spec: { documentation }, facts: { links }, today }) {
      if (documentation.length === 0) return fail('there is no documentation')
      const dead = (links ?? []).filter(isDead).map((link) => `${link.url} (${link.checkedOn}${link.detail ? `: ${link.detail}` : ''})`)
      if (dead.length > 0) return fail(`dead links: ${dead.join(', ')}`)
      const old = documentation.filter(
        (page) => page.reviewedOn === undefined || daysBetween(page.reviewedOn, today) > docsReviewedWithinDays,
      )
      if (old.length > 0) return fail(`not reviewed for ${docsReviewedWithinDays} days: ${old.map((page) => page.title).join(', ')}`)
      const pages = `${documentation.length} page(s) reviewed`
      const found = links?.filter((link) => documentation.some((page) => page.url === link.url)) ?? []
      const unseen = documentation.filter((page) => page.url && !found.some((link) => link.url === page.url && link.reachable))
      if (unseen.length > 0) return pass(`${pages}; links nobody could check: ${unseen.map((page) => page.url).join(', ')}`, declared)
      const signIn = found.filter((link) => link.state === 'private')
      const oldest = found.map((link) => link.checkedOn).sort()[0]
      return pass(`${pages}, links answer${signIn.length > 0 ? `, ${signIn.length} of them only to who signs in` : ''}`, observed(oldest))
    },
  },
  {
    id: 'relationship-kept',
    group: 'communication',
    title: 'Who sells, who supports first and whose brand it is agree with the relationship',
    gate: 'pilot',
    critical: false,
    side: 'none',
    why: 'When a reseller’s customer is sent to the maker’s support desk, both companies learn that they understood the deal differently.',
    todo: 'Correct relationship, seller, supporter or support.firstLine until they tell one story.',
    evaluate: ({ spec }) => {
      const contradiction = relationships[spec.relationship].contradiction(spec)
      return contradiction === undefined
        ? pass(`${spec.relationship}: ${relationships[spec.relationship].supportsFirst}`, declared)
        : fail(contradiction)
    },
  },
]
