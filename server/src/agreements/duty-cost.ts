import type { Duty, Integration, Money, Organization, UnitPrice } from '../workspace/index.ts'
import type { Day } from './days.ts'

export interface DutyCost {
  integration: string
  duty: Duty
  hoursPerMonth: number | undefined
  /** Per year, working time and other cost, one amount per currency; undefined when a part of it is unknown. */
  perYear: Money[] | undefined
  /** What must be written down before the cost is known. */
  unknown?: string
}

/** The kind of work that a duty is paid as; an organization without such a rate takes its rate for `any`. */
const workOf: Readonly<Record<Duty, string>> = {
  owner: 'product',
  'on-call': 'engineering',
  slo: 'engineering',
  'change-notice': 'engineering',
  roadmap: 'product',
  docs: 'documentation',
  funding: 'finance',
  support: 'support',
  maintenance: 'engineering',
  security: 'security',
}

/**
 * What the duties of one organization in one integration cost it per year: 12 × hours × (loaded + opportunity rate),
 * rounded to whole minor units per duty, and the other cost that is written beside it. An unknown stays unknown: a duty
 * without hours is never free.
 */
export function dutyCosts(integration: Integration, organization: Organization, today: Day): DutyCost[] {
  const anchors = integration.spec.sides.filter((side) => side.organization === organization.metadata.name).flatMap((side) => side.duties)
  return anchors.map(({ duty, hoursPerMonth, costPerYear }) => {
    const work = hoursPerMonth === undefined ? undefined : costOfHours(organization, duty, hoursPerMonth * 12, today)
    const unknown =
      hoursPerMonth === undefined && !costPerYear ? 'hoursPerMonth or costPerYear' : typeof work === 'string' ? work : undefined
    const perYear = [...(Array.isArray(work) ? work : []), ...(costPerYear ? [costPerYear] : [])]
    const common = { integration: integration.metadata.name, duty, hoursPerMonth }
    return unknown === undefined ? { ...common, perYear } : { ...common, perYear: undefined, unknown }
  })
}

function costOfHours(organization: Organization, duty: Duty, hours: number, today: Day): Money[] | string {
  if (hours === 0) return []
  const rate = rateFor(organization, workOf[duty], today)
  if (!rate) return `an hourly rate of ${organization.metadata.name} for ${workOf[duty]} or any`
  const prices = [rate.loadedPerHour, ...(rate.opportunityPerHour ? [rate.opportunityPerHour] : [])]
  return prices.map((price) => ({ amountMinor: multiply(price, hours), currency: price.currency }))
}

const multiply = ({ minorPerUnit: { numerator, denominator } }: UnitPrice, units: number): number =>
  Math.round((numerator * units) / denominator)

/** The newest rate whose day has come; the work's own before the one for any work. */
function rateFor(organization: Organization, work: string, today: Day): Organization['spec']['rates'][number] | undefined {
  const newest = (role: string) =>
    organization.spec.rates
      .filter((rate) => rate.role === role && rate.from <= today)
      .reduce<Organization['spec']['rates'][number] | undefined>((best, rate) => (best && best.from > rate.from ? best : rate), undefined)
  return newest(work) ?? newest('any')
}
