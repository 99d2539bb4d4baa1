import type { PlanReport } from '../evaluate-plan.ts'
import type { Provenance } from '../knobs.ts'
import { pageProgram } from './bundle.ts'
import { html, trusted } from './html.ts'
import { pageStyle } from './page-style.ts'
import { sections } from './sections.ts'
import { sliderPanel } from './sliders.ts'

const headings: Readonly<Record<string, [title: string, lead: string]>> = {
  options: [
    'Options, best first',
    'Net present value of all who own a part of the bridge, over the horizon. What holds comes before what does not; then the higher median.',
  ],
  value: ['How sure is it?', ''],
  parties: [
    'Who carries it, and why would they?',
    'Option 1, present values in the median case. Motivation is cash against duties; stickiness and halo do not count there.',
  ],
  sensitivity: ['What matters most', ''],
  flags: ['Warning signs', ''],
  hosting: ['Where it could run', ''],
  openness: ['How open the platforms are', ''],
  infeasible: ['What is impossible, and why', ''],
}

/**
 * The decision as one HTML file: no request leaves it, it opens from a disk or a mail. Its sliders recompute everything
 * with the same code and the same seed as the server. The same report yields the same bytes.
 */
export async function renderPage(report: PlanReport, provenance: Readonly<Record<string, Provenance>>): Promise<string> {
  const { inputs } = report
  const place = (id: string) => html`<div id="${id}">${sections[id]!(report)}</div>`
  const blocks = Object.entries(headings).map(
    ([id, [title, lead]]) => html`<section><h2>${title}</h2>${lead ? html`<p class="lead">${lead}</p>` : undefined}${place(id)}</section>`,
  )
  const page = html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${inputs.title}: plan</title><style>${trusted(pageStyle)}</style></head>
<body><header><p class="kicker">Integration plan</p><h1>${inputs.title}</h1><p class="question">${inputs.question}</p></header>
<main><div class="report">${place('verdict')}${place('pictures')}${blocks}
<footer>Seed ${inputs.seed}, ${inputs.draws.toLocaleString('en-US')} draws, horizon ${inputs.horizonMonths} months, ${inputs.discountPercent} % a year. Build hours lognormal, maintenance and other ranges triangular; same seed, same numbers. Every number marked <span class="chip assumption">assumption</span> is a preset that nobody has confirmed.</footer></div>
<aside><h2>Turn the numbers</h2><p id="state" role="status">As in the plan file.</p><button id="reset" type="button">Back to the plan</button>${sliderPanel(report, provenance)}</aside></main>
<script type="application/json" id="plan-inputs">${trusted(jsonInScript(inputs))}</script>
<script>${trusted((await pageProgram()).replaceAll('</', '<\\/'))}</script></body></html>
`
  return page.html
}

/** JSON that can't end its script element, whatever a plan's texts say. */
const jsonInScript = (value: unknown): string => JSON.stringify(value).replaceAll('<', '\\u003c')
