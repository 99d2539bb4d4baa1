import { sameOption } from './break-even.ts'
import { type Knob, knobsOf, rangeOf, turn } from './knobs.ts'
import type { Option } from './option.ts'
import type { PlanInputs } from './plan-inputs.ts'
import { prepareOption, presentValue, type View } from './value-option.ts'
import { medianSample, position, variablesOf } from './variables.ts'

/** How far the joint value moves when one number moves and all others stay at their medians. */
export interface TornadoBar {
  path: string
  label: string
  unit: Knob['unit']
  /** `range`: from its P10 to its P90. `fixed`: nobody gave a range, so from 20 % below to 20 % above. */
  kind: 'range' | 'fixed'
  from: number
  to: number
  valueAtFrom: number
  valueAtTo: number
}

/** What matters most, greatest swing first; numbers that move nothing are left out. */
export function tornado(inputs: PlanInputs, option: Option): TornadoBar[] {
  const bars = knobsOf(inputs)
    .filter(({ path }) => !path.startsWith('build.') && path !== 'horizonMonths')
    .map((knob) => tornadoBar(inputs, option, knob))
  return [buildBar(inputs, option), ...bars]
    .filter((bar) => Math.abs(bar.valueAtTo - bar.valueAtFrom) > 0.5)
    .sort((x, y) => Math.abs(y.valueAtTo - y.valueAtFrom) - Math.abs(x.valueAtTo - x.valueAtFrom) || (x.path < y.path ? -1 : 1))
}

function tornadoBar(inputs: PlanInputs, option: Option, knob: Knob): TornadoBar {
  const { path, label, unit, value } = knob
  const range = rangeAt(inputs, path)
  const [from, to] = range ? rangeOf(range) : [value * 0.8, Math.min(value * 1.2, highest(knob))]
  const kind = range ? 'range' : 'fixed'
  const [valueAtFrom, valueAtTo] = [from, to].map((turned) => {
    // A range is pinned to the one value, so that its median is exactly that value.
    const pinned = range ? pin(inputs, path, turned) : turn(inputs, path, turned)
    return medianValue(pinned, option, undefined, 'all')
  }) as [number, number]
  return { path, label, unit, kind, from, to, valueAtFrom, valueAtTo }
}

/** The build's bar turns the drawn factor itself, not the two numbers that shape its distribution. */
function buildBar(inputs: PlanInputs, option: Option): TornadoBar {
  const variables = variablesOf(inputs)
  const factor = variables[position.buildFactor]!
  const [from, to] = [factor.quantile(0.1), factor.quantile(0.9)]
  const valueAt = (turned: number): number =>
    presentValue(inputs, prepareOption(inputs, option), medianSample(variables).with(position.buildFactor, turned), undefined, 'all')
  return { path: 'build', label: factor.label, unit: 'factor', kind: 'range', from, to, valueAtFrom: valueAt(from), valueAtTo: valueAt(to) }
}

/** Value in the median case of a party (undefined: all together). */
export function medianValue(inputs: PlanInputs, option: Option, party: string | undefined, view: View): number {
  return presentValue(inputs, prepareOption(inputs, sameOption(inputs, option)), medianSample(variablesOf(inputs)), party, view)
}

const rangeAt = (inputs: PlanInputs, path: string) => {
  if (path === 'sale.instances') return uncertain(inputs.sale.instances)
  if (path === 'maintenancePercent') return uncertain(inputs.maintenancePercent)
  const incentive = /^incentives\.(\d+)\.amount$/.exec(path)?.[1]
  return incentive === undefined ? undefined : uncertain(inputs.incentives[Number(incentive)]!.amount)
}

const uncertain = (range: { low: number; likely: number; high: number }) => (range.high > range.low ? range : undefined)

function pin(inputs: PlanInputs, path: string, value: number): PlanInputs {
  const pinned = { low: value, likely: value, high: value }
  if (path === 'sale.instances') return { ...inputs, sale: { ...inputs.sale, instances: pinned } }
  if (path === 'maintenancePercent') return { ...inputs, maintenancePercent: pinned }
  const turned = Number(path.split('.')[1])
  return {
    ...inputs,
    incentives: inputs.incentives.map((incentive, index) => (index === turned ? { ...incentive, amount: pinned } : incentive)),
  }
}

/** The value of one number at which the answer changes. */
export interface SwitchPoint {
  path: string
  label: string
  unit: Knob['unit']
  now: number
  /** Beyond this value (above it when it is greater than `now`, below it otherwise) the condition fails. */
  at: number
  /** What ends there: the joint value, or the named party's cash balance, crosses zero. */
  what: 'joint-value' | { cashBalanceOf: string }
}

/**
 * For each number, the nearest value at which the joint value or the cash balance of one of the parties changes its sign,
 * between a fifth and five times what the plan takes. Solved by bisection in the median case, nearest (in proportion) first.
 */
export function switchPoints(inputs: PlanInputs, option: Option, parties: readonly string[]): SwitchPoint[] {
  const conditions = [
    { what: 'joint-value' as const, value: (turned: PlanInputs) => medianValue(turned, option, undefined, 'all') },
    ...parties.map((party) => ({
      what: { cashBalanceOf: party },
      value: (turned: PlanInputs) => medianValue(turned, option, party, 'cash-only'),
    })),
  ]
  const points = knobsOf(inputs)
    .filter((knob) => knob.value > 0 && knob.path !== 'horizonMonths' && knob.path !== 'build.p90Multiplier')
    .flatMap((knob) => conditions.flatMap(({ what, value }) => crossing(inputs, knob, value).map((at) => switchPoint(knob, at, what))))
  points.sort((x, y) => distance(x) - distance(y) || (x.path < y.path ? -1 : 1))
  return points.filter((point, index) => points.findIndex((earlier) => earlier.path === point.path) === index)
}

const switchPoint = ({ path, label, unit, value }: Knob, at: number, what: SwitchPoint['what']): SwitchPoint => ({
  path,
  label,
  unit,
  now: value,
  at,
  what,
})

const distance = (point: SwitchPoint): number => Math.abs(Math.log(point.at / point.now))

/** The crossing nearest to the knob's value, if there is one on either side. */
function crossing(inputs: PlanInputs, knob: Knob, value: (turned: PlanInputs) => number): number[] {
  const at = (x: number): number => value(turn(inputs, knob.path, x))
  const here = at(knob.value)
  return [knob.value / 5, highest(knob)]
    .filter((end) => at(end) * here < 0)
    .map((end) => bisect(at, knob.value, end))
    .sort((x, y) => Math.abs(Math.log(x / knob.value)) - Math.abs(Math.log(y / knob.value)))
    .slice(0, 1)
}

/** A haircut can't exceed the whole. */
const highest = (knob: Knob): number => (knob.path.startsWith('haircutPercent') ? 100 : knob.value * 5)

/** The zero between two arguments whose values differ in sign, to about 1e-9 of their distance. */
export function bisect(value: (x: number) => number, from: number, to: number): number {
  const signAtFrom = Math.sign(value(from))
  let near = from
  let far = to
  for (let round = 0; round < 40; round++) {
    const middle = (near + far) / 2
    if (Math.sign(value(middle)) === signAtFrom) near = middle
    else far = middle
  }
  return (near + far) / 2
}
