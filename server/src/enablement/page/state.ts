import { sumsInWords } from '../../agreements/index.ts'
import type { IntegrationFacts } from '../../readiness/index.ts'
import { percent } from '../../workspace/index.ts'
import { type Source, titleOf } from '../source.ts'
import {
  type Cell,
  known,
  knownOr,
  missing,
  notOwed,
  ofBridge,
  ofSides,
  type PageRow,
  type PageSection,
  type Side,
  unknown,
} from './page.ts'
import { relationshipRows } from './product.ts'

const nobodyLooked = unknown('unknown: nobody has looked')

export function statusSection(source: Source): PageSection {
  const { spec, report } = source
  const { stage, declaredStage, admitted, stay, next } = report
  const told = declaredStage === stage ? [] : [`its file says ${declaredStage}`]
  const gate = admitted === 'never' ? 'no gate has admitted it' : `admitted by ${admitted}`
  const ends = report.sides.filter((side) => side.missingAnchors.length > 0).map(({ organization }) => titleOf(source, organization))
  return {
    heading: 'Status',
    rows: [
      ofBridge('stage', known([stage, ...told, gate].join('; '))),
      ofBridge(
        'may stay',
        stay.open ? known(`yes: ${stay.met} of ${stay.asked} checks`) : missing(`no: ${stay.met} of ${stay.asked} checks hold`),
      ),
      ...(next ? [ofBridge(`gate to ${next.stage}`, known(next.open ? 'open' : `closed: ${next.met} of ${next.asked} checks hold`))] : []),
      ofBridge(
        'both ends held',
        ends.length === 0
          ? known('yes: two anchors for each critical duty')
          : missing(`no: one-sided, unattended by ${ends.join(' and ')}`),
      ),
      ofBridge('problem it solves', spec.problem ? known(spec.problem) : missing('nobody has written it down')),
      ...relationshipRows(source),
    ],
  }
}

/** What the running system has seen. What it has not looked at is unknown, never good. */
export function stateSections(source: Source, facts: IntegrationFacts): PageSection[] {
  return [
    { heading: 'Contracts', rows: contractRows(source, facts) },
    { heading: 'Health', rows: healthRows(source, facts) },
    { heading: 'Open', rows: openRows(source) },
  ]
}

function contractRows(source: Source, { notices }: IntegrationFacts): PageRow[] {
  const { platforms } = source.judgement.workspace
  return [
    ofSides(source, 'API contract', (side) => {
      const lines = side.platforms.map((name) => {
        const platform = platforms.get(name)
        return { title: platform?.metadata.title ?? name, file: platform?.spec.contract?.file }
      })
      if (lines.length === 0) return notOwed('brings no platform')
      const without = lines.filter(({ file }) => file === undefined).map(({ title }) => title)
      if (without.length > 0) return missing(`missing on ${titleOf(source, side.organization)}: no API document for ${without.join(', ')}`)
      return known(...lines.map(({ title, file }) => `${title}: ${file}`))
    }),
    ofSides(source, 'changes of 365 days', (side) => (notices ? noticesOf(side, notices) : nobodyLooked)),
  ]
}

function noticesOf({ organization }: Side, notices: NonNullable<IntegrationFacts['notices']>): Cell {
  const own = notices.filter(({ party }) => party === organization)
  const words = (['on-time', 'late', 'silent'] as const).map(
    (verdict) => `${own.filter((one) => one.verdict === verdict).length} ${verdict}`,
  )
  return known(own.length === 0 ? 'none seen' : words.join(', '))
}

function healthRows(source: Source, facts: IntegrationFacts): PageRow[] {
  const { spec, report } = source
  const { runs, deliveries, serviceLevels, canaries, drills } = facts
  const { exposure } = report
  const levels = spec.serviceLevels.map(({ name, objective }) => {
    const attained = serviceLevels?.find((level) => level.name === name)?.attainedPpm
    const words = `objective ${percent(objective.ppm)}; attained ${attained === undefined ? 'unknown' : percent(attained)}`
    return ofBridge(
      `service level ${name}`,
      attained === undefined ? unknown(words) : attained < objective.ppm ? missing(words) : known(words),
    )
  })
  return [
    ofBridge(
      'customers',
      exposure ? known(`${exposure.customers}, of which ${exposure.payingCustomers} pay; ${exposure.instances} instances`) : nobodyLooked,
    ),
    ofBridge('revenue a year', exposure ? known(revenueInWords(exposure)) : nobodyLooked),
    ofBridge('runs of 28 days', runs ? known(`${runs.succeeded} succeeded, ${runs.failed} failed`) : nobodyLooked),
    ofSides(source, 'deliveries of 30 days', (side) => {
      if (side.platforms.length === 0) return notOwed('brings no platform')
      const own = deliveries?.filter(({ platform }) => side.platforms.includes(platform))
      if (!own) return nobodyLooked
      return knownOr(
        own.map(({ platform, verified, refused }) => `${platform}: ${verified} verified, ${refused} refused`),
        notOwed('none'),
      )
    }),
    ...(levels.length > 0 ? levels : [ofBridge('service levels', missing('none is promised'))]),
    ofBridge('canaries', canaries ? canariesOf(canaries) : nobodyLooked),
    ofSides(source, 'last drills', (side) => (drills ? drillsOf(source, side, drills) : nobodyLooked)),
  ]
}

function revenueInWords({ revenue, withoutRevenue }: NonNullable<Source['report']['exposure']>): string {
  const rest = withoutRevenue > 0 ? `, without ${withoutRevenue} paying instances whose revenue nobody has told` : ''
  return `${sumsInWords(revenue)}${rest}`
}

function canariesOf(canaries: NonNullable<IntegrationFacts['canaries']>): Cell {
  const words = canaries.map(({ scenario, failing }) => `${scenario}: ${failing ? 'FAILING' : 'good'}`)
  if (words.length === 0) return missing('none runs')
  return canaries.some(({ failing }) => failing) ? missing(words.join(', ')) : known(...words)
}

/** The last drill of each kind decides; one that nobody answered is missing. */
function drillsOf(source: Source, side: Side, drills: NonNullable<IntegrationFacts['drills']>): Cell {
  const name = titleOf(source, side.organization)
  const last = (['contact', 'on-call'] as const).flatMap(
    (kind) =>
      drills.filter((drill) => drill.side === side.organization && drill.kind === kind).sort((a, b) => (a.on < b.on ? 1 : -1))[0] ?? [],
  )
  const words = last.map(
    ({ kind, on, answeredAfterMs }) =>
      `${kind} on ${on}: ${answeredAfterMs === undefined ? 'NO ANSWER' : `answered after ${Math.ceil(answeredAfterMs / 60_000)} min`}`,
  )
  if (words.length === 0) return side.platforms.length > 0 ? missing(`missing on ${name}: never drilled`) : notOwed()
  return last.some((drill) => drill.answeredAfterMs === undefined) ? missing(`missing on ${name}: ${words.join(', ')}`) : known(...words)
}

function openRows({ spec, report }: Source): PageRow[] {
  const gaps = report.knownGaps.map(
    ({ gap, reviewOn, overdue }) => `${gap.title} (${gap.owner}, review ${reviewOn}${overdue ? ', OVERDUE' : ''})`,
  )
  const waivers = report.waivers.map(({ waiver, says }) => `${waiver.check}${waiver.side ? ` (${waiver.side})` : ''}: ${says}`)
  const { windDown, proposal } = spec
  return [
    ofBridge('known gaps', knownOr(gaps, notOwed('none is registered'))),
    ofBridge('waivers', knownOr(waivers, notOwed('none'))),
    ...(proposal ? [ofBridge('proposal', known(`by ${proposal.by} on ${proposal.on}; ends ${proposal.expiresOn}`))] : []),
    ...(windDown
      ? [ofBridge('wind-down', known(`announced ${windDown.announcedOn}, last day ${windDown.lastDay}, successor ${windDown.successor}`))]
      : []),
  ]
}
