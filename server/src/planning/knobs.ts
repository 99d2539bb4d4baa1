import { type Triangular, triangularQuantile } from './distributions.ts'
import type { PlanInputs } from './plan-inputs.ts'

/** Where a number comes from. An assumption is a preset that nobody has confirmed. */
export interface Provenance {
  basis: 'given' | 'assumption' | 'history'
  source: string
}

/** One number of a plan that a reader may doubt and turn. */
export interface Knob {
  /** Path in the inputs, for example `parties.1.loadedPerHour`. Also the key of its provenance. */
  path: string
  label: string
  /** `money`, `percent`, `hours`, `months`, `instances` or `factor`. */
  unit: 'money' | 'percent' | 'hours' | 'months' | 'instances' | 'factor'
  value: number
}

/** Every number that a plan rests on. A range is turned by its likely value; low and high keep their ratio to it. */
export function knobsOf(inputs: PlanInputs): Knob[] {
  const { build, duties, sale, outsourcing, haircutPercent } = inputs
  const knob = (path: string, label: string, unit: Knob['unit'], value: number): Knob => ({ path, label, unit, value })
  return [
    knob('sale.pricePerInstanceMonth', 'price per customer and month', 'money', sale.pricePerInstanceMonth),
    knob('sale.instances', 'paying customers after the ramp', 'instances', sale.instances.likely),
    knob('sale.rampMonths', 'ramp until then', 'months', sale.rampMonths),
    ...inputs.incentives.map((incentive, index) => knob(`incentives.${index}.amount`, incentive.name, 'money', incentive.amount.likely)),
    knob('build.p50Multiplier', 'overrun of the build, median', 'factor', build.p50Multiplier),
    knob('build.p90Multiplier', 'overrun of the build, nine cases of ten', 'factor', build.p90Multiplier),
    knob('maintenancePercent', 'maintenance per year, of the build hours', 'percent', inputs.maintenancePercent.likely),
    ...inputs.parties.flatMap((party, index) => partyKnobs(inputs, party.name, index, knob)),
    knob('outsourcing.coordinationPercent', 'coordination on top of invoices', 'percent', outsourcing.coordinationPercent),
    knob('outsourcing.supervisionPercent', 'own supervision per invoiced hour', 'percent', outsourcing.supervisionPercent),
    knob('duties.operateHoursPerMonth', 'operation per month', 'hours', duties.operateHoursPerMonth),
    knob('duties.supportHoursPerMonth', 'support per month', 'hours', duties.supportHoursPerMonth),
    knob('duties.supportHoursPerInstanceMonth', 'support per customer and month', 'hours', duties.supportHoursPerInstanceMonth),
    knob('duties.sellHoursPerMonth', 'selling per month', 'hours', duties.sellHoursPerMonth),
    knob('duties.ownerHoursPerMonth', 'answers of a platform’s owner per month', 'hours', duties.ownerHoursPerMonth),
    knob('haircutPercent.stickiness', 'haircut on stickiness', 'percent', haircutPercent.stickiness),
    knob('haircutPercent.halo', 'haircut on halo', 'percent', haircutPercent.halo),
    knob('discountPercent', 'discount per year', 'percent', inputs.discountPercent),
    knob('horizonMonths', 'horizon', 'months', inputs.horizonMonths),
  ]
}

function partyKnobs(
  inputs: PlanInputs,
  name: string,
  index: number,
  knob: (path: string, label: string, unit: Knob['unit'], value: number) => Knob,
): Knob[] {
  const party = inputs.parties[index]!
  const at = (field: string): string => `parties.${index}.${field}`
  const feeKnobs = [
    knob(at('billedPerHour'), `${name}: invoice per hour`, 'money', party.billedPerHour),
    knob(at('hosting.pricePerMonth'), `${name}: invoice for hosting per month`, 'money', party.hosting.pricePerMonth),
  ]
  return [
    knob(at('buildHours'), `${name}: estimate of the build`, 'hours', party.buildHours),
    knob(at('buildMonths'), `${name}: estimated months to launch`, 'months', party.buildMonths),
    knob(at('loadedPerHour'), `${name}: loaded rate per hour`, 'money', party.loadedPerHour),
    knob(at('opportunityPerHour'), `${name}: opportunity cost per hour`, 'money', party.opportunityPerHour),
    knob(at('supportPerHour'), `${name}: cost of an hour of support`, 'money', party.supportPerHour),
    knob(at('sellingPerHour'), `${name}: cost of an hour of selling`, 'money', party.sellingPerHour),
    ...(party.kind === 'service-company' || party.kind === 'operator' ? feeKnobs : []),
    knob(at('hosting.costPerMonth'), `${name}: cost of hosting per month`, 'money', party.hosting.costPerMonth),
  ]
}

/**
 * The same plan with one number turned; the original stays as it was, and what is not on the path is shared with it.
 * Half and nine-tenths cases of the build keep their ratio.
 */
export function turn(inputs: PlanInputs, path: string, value: number): PlanInputs {
  if (path !== 'build.p50Multiplier') return replaced(inputs, path.split('.'), value) as PlanInputs
  const { p50Multiplier, p90Multiplier } = inputs.build
  return { ...inputs, build: { p50Multiplier: value, p90Multiplier: (p90Multiplier * value) / p50Multiplier } }
}

/** A copy of a record or list in which the value at a path is another; a range takes it as its likely value. */
function replaced(node: unknown, [step, ...rest]: readonly string[], value: number): unknown {
  if (step === undefined) return typeof node === 'number' ? value : scaledTo(node as Triangular, value)
  if (Array.isArray(node)) return node.with(Number(step), replaced(node[Number(step)], rest, value))
  const record = node as Record<string, unknown>
  return { ...record, [step]: replaced(record[step], rest, value) }
}

function scaledTo(range: Triangular, likely: number): Triangular {
  if (range.likely === 0) return { low: likely, likely, high: likely }
  const ratio = likely / range.likely
  return { low: range.low * ratio, likely, high: range.high * ratio }
}

/** P10 and P90 of a range, for the chart of what matters. */
export function rangeOf(range: Triangular): [number, number] {
  return [triangularQuantile(range, 0.1), triangularQuantile(range, 0.9)]
}
