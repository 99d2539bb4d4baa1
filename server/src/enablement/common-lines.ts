import { lengthInWords } from '../agreements/index.ts'
import type { ReadinessReport } from '../readiness/index.ts'
import { type Integration, type Stage, writeMoney, writeUnitPrice } from '../workspace/index.ts'
import { claim, fact, type Line, missing } from './sheet.ts'
import type { Source } from './source.ts'

type Audience = Integration['spec']['documentation'][number]['audience']

export function headline({ integration, spec }: Source): Line[] {
  const words = [spec.marketing?.headline, integration.metadata.description, spec.problem && `The problem: ${spec.problem}`]
  return words.filter((line): line is string => Boolean(line)).map(fact)
}

/** What it costs, when that is decided; that nobody has decided is no promise that could be withheld. */
export function priceLine(source: Source): Line {
  const says = priceInWords(source)
  return source.spec.price ? claim(source.report, says, 'price-decided') : missing(says)
}

/** `49.00 EUR per month, free for 30 days`; says that nobody has decided where nobody has. */
export function priceInWords({ spec: { price } }: Source): string {
  if (!price) return 'Nobody has decided what it costs.'
  const trial = price.trial ? `, free for ${lengthInWords(price.trial)}` : ''
  if (price.kind === 'fixed' && price.amount)
    return `${writeMoney(price.amount)} ${price.per === 'once' ? 'once' : `per ${price.per ?? 'month'}`}${trial}`
  if (price.kind === 'per-unit' && price.unitPrice) return `${writeUnitPrice(price.unitPrice)} per ${price.meter ?? 'unit'}${trial}`
  return (
    {
      free: 'Free',
      included: 'Included in the products of both sides',
      'on-request': 'On request',
      fixed: 'Fixed',
      'per-unit': 'Per unit',
    }[price.kind] + trial
  )
}

export function requirementLines({ spec }: Source): Line[] {
  const requirements = spec.marketing?.requirements ?? []
  return requirements.length > 0 ? requirements.map(fact) : [missing('Nobody has written down what a customer must have')]
}

/**
 * The gaps that customers may meet. What is done about them is written for colleagues, and told only to them; so is a gap in a duty of
 * one company to the other, which names people and is no property of the product.
 */
export function knownGapLines({ report }: Source, reader: 'colleagues' | 'customers' = 'colleagues'): Line[] {
  return report.knownGaps
    .filter(({ gap }) => reader === 'colleagues' || gap.duty === undefined)
    .map(({ gap }) => fact(reader === 'customers' ? gap.title : `${gap.title}. What we do: ${gap.mitigation}`))
}

const stageWords: Readonly<Record<Stage, string>> = {
  proposed: 'Not available: an idea.',
  experimental: 'Not available: an experiment.',
  pilot: 'A pilot with selected customers, without charge.',
  beta: 'In beta.',
  ga: 'Generally available.',
  deprecated: 'Deprecated: no new customers.',
  sunset: 'Being taken down.',
  retired: 'Retired.',
}

/** What stage may be told: one that the gates have let it into, or whose checks all hold today. A file alone is no proof. */
export function stageLine({ report }: Source): Line {
  const says = stageWords[report.stage]
  if (stageIsProved(report)) return fact(says)
  return {
    kind: 'withheld',
    says,
    because: `no gate has let it into ${report.stage}, and ${report.stay.blockers.length} of its checks do not hold`,
  }
}

export function stageIsProved({ stage, admitted, stay }: ReadinessReport): boolean {
  return admitted !== 'never' || stay.open || stage === 'proposed' || stage === 'experimental'
}

export function documentationLines({ spec }: Source, audiences: readonly Audience[]): Line[] {
  return spec.documentation
    .filter((page) => audiences.includes(page.audience))
    .map((page) => {
      const reviewed = page.reviewedOn ? `reviewed ${page.reviewedOn}` : 'never reviewed'
      return fact(`${page.title}: ${page.url ?? page.file ?? 'not written'} (${reviewed})`)
    })
}
