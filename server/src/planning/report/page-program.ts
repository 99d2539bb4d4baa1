import { evaluatePlan } from '../evaluate-plan.ts'
import { withUnit } from '../format.ts'
import { type Knob, turn } from '../knobs.ts'
import type { PlanInputs } from '../plan-inputs.ts'
import { sections } from './sections.ts'

// Runs in the reader's browser, inlined into the page. The calculation is the server's own, file for file.

/** Long enough not to compute for every pixel of a drag, short enough to feel immediate. */
const settleMs = 90

const original = JSON.parse(document.getElementById('plan-inputs')!.textContent!) as PlanInputs
const sliders = [...document.querySelectorAll<HTMLInputElement>('input[data-path]')]
const initial = new Map(sliders.map((slider) => [slider, slider.value]))
let pending: ReturnType<typeof setTimeout> | undefined

for (const slider of sliders) slider.addEventListener('input', () => moved(slider))
document.getElementById('reset')!.addEventListener('click', reset)

function moved(slider: HTMLInputElement): void {
  showValue(slider)
  clearTimeout(pending)
  pending = setTimeout(recompute, settleMs)
}

function showValue(slider: HTMLInputElement): void {
  const unit = slider.dataset.unit as Knob['unit']
  slider.closest('label')!.querySelector('output')!.textContent = withUnit(original, unit, Number(slider.value))
  slider.closest('label')!.classList.toggle('turned', slider.value !== initial.get(slider))
}

function recompute(): void {
  const startedAt = performance.now()
  const turned = sliders.filter((slider) => slider.value !== initial.get(slider))
  const inputs = turned.reduce((plan, slider) => turn(plan, slider.dataset.path!, Number(slider.value)), original)
  const report = evaluatePlan(inputs)
  for (const [id, render] of Object.entries(sections)) document.getElementById(id)!.innerHTML = render(report).html
  const tookMs = Math.round(performance.now() - startedAt)
  document.getElementById('state')!.textContent =
    turned.length === 0
      ? 'As in the plan file.'
      : `${turned.length} of the numbers turned; ${inputs.draws.toLocaleString('en-US')} draws of ${report.options.length} options computed in ${tookMs} ms. The plan file is unchanged.`
}

function reset(): void {
  for (const slider of sliders) {
    slider.value = initial.get(slider)!
    showValue(slider)
  }
  recompute()
}
