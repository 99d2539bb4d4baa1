import type { Plan } from '../workspace/index.ts'
import type { Triangular } from './distributions.ts'
import { errors } from './errors.ts'
import { knobsOf, type Provenance } from './knobs.ts'
import { amountReader, evidenceLine, type Notes, type PlanContext, percentOf, type ReadAmount, takeOr } from './plan-context.ts'
import type { Incentive, PlanInputs } from './plan-inputs.ts'
import { isPresetMoney, presetMoneyReason } from './preset-money.ts'
import { presetReasons, presets } from './presets.ts'
import { resolveParty } from './resolve-party.ts'
import { platformFacts } from './resolve-platform.ts'

export interface ResolvedPlan {
  inputs: PlanInputs
  /** Path of a knob → where its number comes from. Every knob has an entry. */
  provenance: Record<string, Provenance>
}

/**
 * Makes a plan file complete: follows its references, fills what it leaves out from presets, and notes for every number
 * whether it was given, assumed or learned.
 *
 * @throws planning.needs_two_platforms, .not_the_owner, .currencies_differ, .factors_out_of_order, .tier_unknown,
 *         .entity_missing
 */
export function resolvePlan(plan: Plan, context: PlanContext): ResolvedPlan {
  const { spec, metadata } = plan
  const given = new Map<string, Provenance>()
  const notes: Notes = { given: (path, source = 'given in the plan') => given.set(path, { basis: 'given', source }) }
  const amount = amountReader(spec.assumptions.currency)
  const parties = spec.parties.map((_, index) => resolveParty(plan, context, index, amount, notes))
  const inputs: PlanInputs = {
    title: metadata.title ?? metadata.name,
    question: spec.question ?? 'Should these platforms be bridged, and who builds, hosts, sells and supports?',
    currency: spec.assumptions.currency,
    ...assumptionsOf(plan, notes),
    platforms: { a: platformFacts(plan, context, 0, amount), b: platformFacts(plan, context, 1, amount) },
    parties,
    sponsor: spec.sponsor ?? spec.parties[0]!.organization,
    duties: dutiesOf(plan, notes),
    sale: saleOf(plan, amount, notes),
    incentives: spec.incentives.map((incentive, index) => incentiveOf(incentive, index, spec.assumptions, amount, notes)),
    runBudgetPerYear: spec.runBudgetPerYear && amount('runBudgetPerYear', spec.runBudgetPerYear),
    bornFrom: spec.startedBy,
    valueMetric: spec.valueMetric,
    residency: spec.residency,
    exclusions: spec.exclusions.map(({ organization, role, reason }) => ({ party: organization, role, reason })),
  }
  return { inputs, provenance: provenanceOf(inputs, given, spec.assumptions) }
}

function assumptionsOf({ spec }: Plan, notes: Notes) {
  const { assumptions } = spec
  const maintenance = assumptions.maintenancePerYear
  const build = {
    p50Multiplier: takeOr(notes, 'build.p50Multiplier', assumptions.buildP50Factor, presets.buildP50Factor),
    p90Multiplier: takeOr(notes, 'build.p90Multiplier', assumptions.buildP90Factor, presets.buildP90Factor),
  }
  if (build.p90Multiplier < build.p50Multiplier) throw errors.factors_out_of_order({ p50: build.p50Multiplier, p90: build.p90Multiplier })
  return {
    build,
    horizonMonths: takeOr(notes, 'horizonMonths', assumptions.horizonMonths, presets.horizonMonths),
    discountPercent: takeOr(notes, 'discountPercent', percentOf(assumptions.discountPerYear), presets.discountPercent),
    draws: assumptions.draws,
    seed: assumptions.seed,
    maintenancePercent: takeOr<Triangular>(
      notes,
      'maintenancePercent',
      maintenance && { low: percentOf(maintenance.low)!, likely: percentOf(maintenance.likely)!, high: percentOf(maintenance.high)! },
      presets.maintenancePercent,
    ),
    outsourcing: {
      coordinationPercent: takeOr(
        notes,
        'outsourcing.coordinationPercent',
        percentOf(assumptions.coordination),
        presets.coordinationPercent,
      ),
      supervisionPercent: takeOr(notes, 'outsourcing.supervisionPercent', percentOf(assumptions.supervision), presets.supervisionPercent),
    },
    haircutPercent: {
      stickiness: takeOr(notes, 'haircutPercent.stickiness', percentOf(assumptions.stickinessHaircut), presets.stickinessHaircutPercent),
      halo: takeOr(notes, 'haircutPercent.halo', percentOf(assumptions.haloHaircut), presets.haloHaircutPercent),
    },
  }
}

function dutiesOf({ spec: { work } }: Plan, notes: Notes): PlanInputs['duties'] {
  const hours = (name: keyof PlanInputs['duties']): number => takeOr(notes, `duties.${name}`, work[name], presets[name])
  return {
    operateHoursPerMonth: hours('operateHoursPerMonth'),
    supportHoursPerMonth: hours('supportHoursPerMonth'),
    supportHoursPerInstanceMonth: hours('supportHoursPerInstanceMonth'),
    sellHoursPerMonth: hours('sellHoursPerMonth'),
    ownerHoursPerMonth: hours('ownerHoursPerMonth'),
  }
}

/** A plan without a price still has no paying customer, so support per customer costs nothing. */
function saleOf({ spec: { sale, assumptions } }: Plan, amount: ReadAmount, notes: Notes): PlanInputs['sale'] {
  if (sale === undefined) return { pricePerInstanceMonth: 0, instances: { low: 0, likely: 0, high: 0 }, rampMonths: 0, split: {} }
  notes.given('sale.pricePerInstanceMonth')
  const { customersFactor, moneyFactorsFrom } = assumptions
  notes.given('sale.instances', factorInWords(customersFactor, moneyFactorsFrom))
  return {
    pricePerInstanceMonth: amount('sale.pricePerInstanceMonth', sale.pricePerInstanceMonth),
    instances: scaled(sale.instances, customersFactor),
    rampMonths: takeOr(notes, 'sale.rampMonths', sale.rampMonths, presets.rampMonths),
    split: Object.fromEntries(Object.entries(sale.split).map(([recipient, share]) => [recipient, share.ppm / 10_000])),
  }
}

function incentiveOf(
  incentive: Plan['spec']['incentives'][number],
  index: number,
  { cashFactor, moneyFactorsFrom }: Plan['spec']['assumptions'],
  amount: ReadAmount,
  notes: Notes,
): Incentive {
  const field = `incentives.${index}.amount`
  const evidence = evidenceLine(incentive)
  const factor = incentive.kind === 'cash' ? cashFactor : undefined
  notes.given(field, [evidence, factorInWords(factor, moneyFactorsFrom)].filter((part) => part !== undefined).join('; ') || undefined)
  const { low, likely, high } = incentive.amount
  return {
    id: incentive.id,
    name: incentive.title,
    to: incentive.to,
    onlyIf: incentive.onlyIf,
    paidBy: incentive.paidBy,
    kind: incentive.kind,
    amount: scaled({ low: amount(field, low), likely: amount(field, likely), high: amount(field, high) }, factor),
    per: incentive.per,
    from: incentive.from,
    firstMonth: incentive.fromMonth,
    lastMonth: incentive.untilMonth,
    evidence,
  }
}

/** A hope of the plan, cut down (or raised) to what came of earlier ones. */
function scaled({ low, likely, high }: Triangular, factor = 1): Triangular {
  return { low: low * factor, likely: likely * factor, high: high * factor }
}

const factorInWords = (factor: number | undefined, source: string | undefined): string | undefined =>
  factor === undefined ? undefined : `given in the plan, × ${factor}: ${source ?? 'nobody has said where this factor comes from'}`

/** Every knob's origin: what the file gives, and for the rest the preset with its reason. */
function provenanceOf(
  inputs: PlanInputs,
  given: ReadonlyMap<string, Provenance>,
  { buildFactorsFrom, maintenanceFrom }: Plan['spec']['assumptions'],
): Record<string, Provenance> {
  return Object.fromEntries(
    knobsOf(inputs).map(({ path, value }) => {
      const found = given.get(path)
      const history = path.startsWith('build.') ? buildFactorsFrom : path === 'maintenancePercent' ? maintenanceFrom : undefined
      if (found && history) return [path, { basis: 'history', source: history }]
      return [
        path,
        found ?? {
          basis: 'assumption',
          source:
            presetReasons[path] ??
            (isPresetMoney(path) && value !== 0 ? presetMoneyReason(inputs.currency) : 'preset, nobody has confirmed it'),
        },
      ]
    }),
  )
}
