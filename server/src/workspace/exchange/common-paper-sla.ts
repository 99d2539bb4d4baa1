import type { Agreement } from '../entities/agreement.ts'
import type { Commitment } from '../entities/commitment.ts'
import { percent } from '../entities/money.ts'
import { lengthInWords } from '../length-in-words.ts'
import type { Workspace } from '../workspace.ts'

/**
 * The Variables of Common Paper’s Service Level Agreement Standard Terms 2.0, in the order in which the terms first use them. Read from
 * https://github.com/CommonPaper/SLA on 2026-11-28.
 */
export const serviceLevelVariables = [
  'Target Uptime',
  'Provider',
  'Customer',
  'Subscription Period',
  'Target Response Time',
  'Support Channel',
  'Uptime Credit',
  'Response Time Credit',
  'Scheduled Downtime',
] as const
export type ServiceLevelVariable = (typeof serviceLevelVariables)[number]

/** What one party promises to the other, in the Variables of the Service Level Agreement. */
export interface CommonPaperServiceLevels {
  template: { name: 'Common Paper Service Level Agreement'; version: '2.0'; url: string }
  variables: Partial<Record<ServiceLevelVariable, string>>
  /** What the standard terms say otherwise than our file, and what they have no Variable for. */
  leftOut: string[]
}

/** A party by the name of its file, and as the cover page has it. */
export type Party = { organization: string; name: string }

/**
 * The service levels that `provider` promises to `customer`; undefined when it promises neither availability nor a time to answer.
 * A value stands only where our file says it: an open Variable means “none” in the standard terms.
 */
export function serviceLevelValues(
  workspace: Workspace,
  { spec }: Agreement,
  provider: Party,
  customer: Party,
): CommonPaperServiceLevels | undefined {
  const own = spec.commitments.filter(({ party }) => party === provider.organization)
  const uptime = own.find((commitment) => commitment.measure?.indicator === 'availability' && shareOf(commitment) !== undefined)
  const response = own.find((commitment) => commitment.measure?.indicator === 'acknowledgement-time' && lengthOf(commitment) !== undefined)
  if (!uptime && !response) return undefined
  const { start, end } = spec.term
  const values: Record<ServiceLevelVariable, string | undefined> = {
    'Target Uptime': uptime && percent(shareOf(uptime)!),
    Provider: provider.name,
    Customer: customer.name,
    'Subscription Period': end ? `${start} to ${end}` : `from ${start}`,
    'Target Response Time':
      response && `${lengthInWords(lengthOf(response)!)}${response.measure?.severity ? ` (${response.measure.severity})` : ''}`,
    'Support Channel': channelOf(workspace, spec.integrations, provider.organization),
    'Uptime Credit': uptime && creditOf(uptime),
    'Response Time Credit': response && creditOf(response),
    'Scheduled Downtime': `announced at least ${lengthInWords(spec.changes.notice.maintenance)} ahead, at most ${lengthInWords(spec.changes.maintenancePerMonth)} a calendar month`,
  }
  return {
    template: {
      name: 'Common Paper Service Level Agreement',
      version: '2.0',
      url: 'https://commonpaper.com/standards/service-level-agreement/2.0',
    },
    variables: Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)),
    leftOut: [
      'the standard terms owe commercially reasonable efforts, pay credits only on request within 7 days and up to 8% of the fees of the period: where your commitments promise more, change the standard terms',
      'the standard terms belong to a Cloud Service Agreement with an Order Form: beside a partnership agreement, attach them and say what stands for its fees',
      ...own
        .filter((commitment) => commitment !== uptime && commitment !== response)
        .map(
          ({ id, measure }) => `commitment ${id}: no Variable for ${measure ? measure.indicator.replaceAll('-', ' ') : 'what it promises'}`,
        ),
      ...[uptime, response].flatMap((commitment) => differencesOf(commitment)),
    ],
  }
}

function shareOf({ target }: Commitment): number | undefined {
  return target && 'atLeast' in target && target.atLeast.kind === 'share' ? target.atLeast.ppm : undefined
}

function lengthOf({ target }: Commitment): string | undefined {
  return target && 'atMost' in target && target.atMost.kind === 'duration' ? target.atMost.duration : undefined
}

function creditOf({ remedy }: Commitment): string | undefined {
  if (remedy?.kind !== 'credit') return undefined
  return remedy.ladder.map(({ below, credit }) => `${percent(credit.ppm)} below ${percent(below.ppm)}`).join(', ') || remedy.description
}

function differencesOf(commitment: Commitment | undefined): string[] {
  if (!commitment) return []
  const { id, measure, remedy, clock } = commitment
  return [
    ...(measure?.indicator === 'availability' && measure.window !== 'calendar-month'
      ? [`commitment ${id}: the standard terms count uptime per calendar month, not over ${measure.window ?? 'no period'}`]
      : []),
    ...(remedy && remedy.kind !== 'credit' ? [`commitment ${id}: its remedy (${remedy.kind}) is no credit`] : []),
    ...(clock && clock !== 'always' ? [`commitment ${id}: the standard terms count every hour, not those of ${clock}`] : []),
  ]
}

function channelOf(workspace: Workspace, integrations: readonly string[], organization: string): string | undefined {
  const ofSides = integrations
    .flatMap((name) => workspace.integrations.get(name)?.spec.sides ?? [])
    .filter((side) => side.organization === organization)
    .flatMap((side) => side.contacts)
  const contacts = [...ofSides, ...(workspace.organizations.get(organization)?.spec.contacts ?? [])]
  const about = (topic: string) => contacts.find((contact) => contact.topic === topic)
  return (about('incidents') ?? about('support'))?.address
}
