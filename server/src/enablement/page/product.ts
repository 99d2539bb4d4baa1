import { coverageOf, looseInWords, requiredCoveragePpm, termState } from '../../agreements/index.ts'
import { relationships } from '../../readiness/index.ts'
import { percent, writeMoney } from '../../workspace/index.ts'
import { priceInWords } from '../common-lines.ts'
import { type Source, titleOf } from '../source.ts'
import { type Cell, known, knownOr, missing, notOwed, ofBridge, ofSides, type PageRow, type PageSection, type Side } from './page.ts'

type Spec = Source['spec']
type Page = Spec['documentation'][number]
type RoadmapItem = Spec['roadmap'][number]

/** What the two companies have agreed on as a product: from the files alone. */
export function productSections(source: Source): PageSection[] {
  return [
    { heading: 'Documentation', rows: documentationRows(source) },
    { heading: 'Roadmap', rows: roadmapRows(source) },
    { heading: 'Marketing', rows: marketingRows(source) },
    { heading: 'Price and value', rows: moneyRows(source) },
    { heading: 'Agreement', rows: agreementRows(source) },
  ]
}

/** Who does what, and what the relationship model says about it. */
export function relationshipRows(source: Source): PageRow[] {
  const { spec } = source
  const { sells, supportsFirst, brand, contradiction } = relationships[spec.relationship]
  const wrong = contradiction(spec)
  const roles = (['builder', 'host', 'seller', 'supporter'] as const).map((role) => {
    const holder = spec[role]
    return ofBridge(role, holder ? known(titleOf(source, holder)) : missing(`nobody is named as ${role}`))
  })
  return [
    ofBridge('relationship', known(spec.relationship, `Sells: ${sells}`, `Supports first: ${supportsFirst}`, `Brand: ${brand}`)),
    ...(wrong ? [ofBridge('relationship kept', missing(wrong))] : []),
    ...roles,
  ]
}

const owedAudiences: readonly Page['audience'][] = ['customer-admin', 'support', 'sales', 'onboarding']

/** A page without a side counts for both. */
function documentationRows(source: Source): PageRow[] {
  const pages = source.spec.documentation
  return [...new Set([...owedAudiences, ...pages.map(({ audience }) => audience)])].map((audience) =>
    ofSides(source, `for ${audience}`, (side) =>
      knownOr(
        pages.filter((page) => page.audience === audience && (page.side ?? side.organization) === side.organization).map(pageInWords),
        side.platforms.length > 0 && owedAudiences.includes(audience)
          ? missing(`missing on ${titleOf(source, side.organization)}: no page`)
          : notOwed(),
      ),
    ),
  )
}

function pageInWords({ title, url, file, side, reviewedOn }: Page): string {
  const notes = [reviewedOn ? `reviewed ${reviewedOn}` : 'never reviewed', ...(side ? [] : ['shared'])]
  return `${title}: ${url ?? file ?? 'not written'} (${notes.join(', ')})`
}

function roadmapRows(source: Source): PageRow[] {
  const { spec, report } = source
  const of = (side: Side) => spec.roadmap.filter((item) => item.side === side.organization)
  return [
    ofSides(source, 'to come', (side) =>
      knownOr(
        of(side)
          .filter((item) => !item.doneOn)
          .map((item) => itemInWords(item, report.asOf)),
        side.platforms.length > 0 ? missing(`missing on ${titleOf(source, side.organization)}: nothing is planned`) : notOwed(),
      ),
    ),
    ofSides(source, 'done', (side) =>
      knownOr(
        of(side).flatMap(({ title, doneOn }) => (doneOn ? [`${title} (${doneOn})`] : [])),
        notOwed('nothing yet'),
      ),
    ),
    ofSides(source, 'times promised maintenance was moved', (side) =>
      known(String(report.sides.find((one) => one.organization === side.organization)!.pushes)),
    ),
  ]
}

function itemInWords({ title, kind, commitment, targetDate, pushes }: RoadmapItem, today: string): string {
  const late = targetDate !== undefined && targetDate < today ? ', OVERDUE' : ''
  const first = pushes[0]
  const moved = first ? `, first promised for ${first.from}, moved ${pushes.length === 1 ? 'once' : `${pushes.length} times`}` : ''
  return `${title} (${kind}, ${commitment}, ${targetDate ? `until ${targetDate}` : 'no date'}${moved}${late})`
}

function marketingRows(source: Source): PageRow[] {
  const { marketing } = source.spec
  return [
    ofBridge('headline', marketing?.headline ? known(marketing.headline) : missing('nobody has written one')),
    ofBridge('a customer needs', knownOr(marketing?.requirements ?? [], missing('nobody has written it down'))),
    ofBridge('launch', marketing?.launchOn ? known(marketing.launchOn) : notOwed('no day is set')),
    ofSides(source, 'listings', (side) =>
      knownOr(
        (marketing?.listings ?? [])
          .filter((listing) => listing.side === side.organization)
          .map(({ marketplace, url, checkedOn }) => `${marketplace}: ${url} (${checkedOn ? `checked ${checkedOn}` : 'never checked'})`),
        side.platforms.length > 0 ? missing(`missing on ${titleOf(source, side.organization)}: not listed`) : notOwed(),
      ),
    ),
    ofSides(source, 'activities', (side) =>
      knownOr(
        (marketing?.activities ?? [])
          .filter((activity) => activity.side === side.organization)
          .map(({ title, on, done }) => `${title} (${on}, ${done ? 'done' : 'open'})`),
        notOwed('none'),
      ),
    ),
  ]
}

function moneyRows(source: Source): PageRow[] {
  const { price, valueMetric, funding } = source.spec
  const split = (price?.split ?? []).map(
    (part) => `${titleOf(source, part.party)} ${percent(part.share.ppm)}${part.for ? ` as ${part.for}` : ''}`,
  )
  return [
    ofBridge('price', price ? known(priceInWords(source)) : missing(priceInWords(source))),
    ofBridge('of one sale', knownOr(split, notOwed('no split is written down'))),
    ofBridge('value metric', valueMetric ? known(metricInWords(valueMetric)) : missing('nobody has said how a customer is better off')),
    ofSides(source, 'funding', (side) =>
      knownOr(
        funding
          .filter((line) => line.side === side.organization)
          .map(
            ({ amount, per, purpose, from, until }) =>
              `${writeMoney(amount)} ${per === 'once' ? 'once' : `per ${per}`} to ${purpose}, ${from} to ${until}`,
          ),
        side.platforms.length > 0 ? missing(`missing on ${titleOf(source, side.organization)}: no budget line`) : notOwed(),
      ),
    ),
  ]
}

function metricInWords({ title, baseline, target, unit, targetDate }: NonNullable<Spec['valueMetric']>): string {
  return `${title}: ${baseline === undefined ? '' : `from ${baseline} `}to ${target} ${unit}${targetDate ? ` until ${targetDate}` : ''}`
}

function agreementRows(source: Source): PageRow[] {
  const { judgement, integration, report } = source
  const agreements = judgement.workspace.agreementsOf(integration.metadata.name)
  if (agreements.length === 0) return [ofBridge('agreement', missing('none: nothing binds either side'))]
  const inForce = agreements.filter((agreement) => termState(agreement, report.asOf).status === 'in-force')
  const coverage = coverageOf(inForce, [integration])
  return [
    ...agreements.map((agreement) => {
      const { status, runsUntil, noticeBy } = termState(agreement, report.asOf)
      const words = `${status}, ${runsUntil ? `until ${runsUntil}` : 'open-ended'}${noticeBy ? `, notice by ${noticeBy}` : ''}`
      return ofBridge(agreement.metadata.title ?? agreement.metadata.name, known(words))
    }),
    ofSides(source, 'critical duties promised measurably', (side): Cell => {
      const party = coverage.find((one) => one.party === side.organization)
      const name = titleOf(source, side.organization)
      if (!party) return missing(`missing on ${name}: bound by no agreement in force`)
      if (party.coveragePpm === undefined) return notOwed()
      const words = looseInWords(party)
      return party.coveragePpm < requiredCoveragePpm ? missing(`missing on ${name}: ${words}`) : known(words)
    }),
  ]
}
