import type { PlanReport } from '../evaluate-plan.ts'
import { withUnit } from '../format.ts'
import { type Knob, knobsOf, type Provenance } from '../knobs.ts'
import { type Html, html } from './html.ts'

/** What a slider may be turned to. */
export interface SliderRange {
  min: number
  max: number
  step: number
}

/** From nothing to three times the value, in about two hundred round steps; percentages of a whole end at 100. */
export function sliderRange({ unit, value, path }: Knob): SliderRange {
  if (path === 'horizonMonths') return { min: 12, max: 84, step: 6 }
  if (path.startsWith('haircutPercent')) return { min: 0, max: 100, step: 5 }
  const reach = Math.max(value * 3, { money: 300, percent: 30, hours: 20, months: 12, instances: 30, factor: 3 }[unit])
  const step = 10 ** Math.floor(Math.log10(reach / 100))
  // A build of no months or no hours has no pace.
  const min = path.endsWith('buildMonths') || path.endsWith('buildHours') || unit === 'factor' ? step : 0
  return { min, max: Math.ceil(reach / step) * step, step }
}

/** Sliders that most readers want at hand; the others wait behind a fold. */
const shownSliders = 12

/** One slider per number, those that matter most first, each labelled with where its number comes from. */
export function sliderPanel(report: PlanReport, provenance: Readonly<Record<string, Provenance>>): Html {
  const order = new Map((report.best?.tornado ?? []).map((bar, index) => [bar.path === 'build' ? 'build.p50Multiplier' : bar.path, index]))
  const knobs = knobsOf(report.inputs).toSorted((x, y) => (order.get(x.path) ?? 1000) - (order.get(y.path) ?? 1000))
  const sponsor = report.inputs.parties.findIndex((party) => party.id === report.inputs.sponsor)
  const pinned = knobs.filter(({ path }) => path === `parties.${sponsor}.opportunityPerHour`)
  const ordered = [...new Set([...knobs.slice(0, shownSliders - 1), ...pinned, ...knobs])]
  const row = (knob: Knob): Html => sliderRow(report, knob, provenance[knob.path])
  return html`${ordered.slice(0, shownSliders).map(row)}<details><summary>All ${ordered.length} numbers</summary>${ordered.slice(shownSliders).map(row)}</details>`
}

function sliderRow({ inputs }: PlanReport, knob: Knob, provenance: Provenance | undefined): Html {
  const { min, max, step } = sliderRange(knob)
  return html`<label class="slider" title="${provenance?.source ?? ''}"><span class="name">${knob.label}</span><span class="chip ${provenance?.basis ?? ''}">${provenance?.basis ?? 'unknown'}</span><output>${withUnit(inputs, knob.unit, knob.value)}</output>
    <input type="range" data-path="${knob.path}" data-unit="${knob.unit}" min="${min}" max="${Math.max(max, knob.value)}" step="${step}" value="${knob.value}"></label>`
}
