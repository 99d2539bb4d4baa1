import { whole } from '../format.ts'
import type { MoneyLine } from '../review-money.ts'
import type { ReviewLine } from '../review-plan.ts'
import { scale } from './charts/axes.ts'
import { type Html, html, trusted } from './html.ts'
import { pageStyle } from './page-style.ts'
import { fitText, type Ink, type Scene, type Shape, sceneToSvg } from './scene.ts'

/** A decided plan beside what really happened. */
export interface PlanReview {
  plan: string
  title: string
  currency: string
  asOf: string
  decidedOn: string
  launchedOn?: string
  /** Party → its name. */
  names: Readonly<Record<string, string>>
  lines: readonly ReviewLine[]
  money: readonly MoneyLine[]
  /** Went into questions that nobody had planned for. */
  borrowedHours: number
  incidentHours: number
}

interface Row {
  title: string
  expected: { p10: number; p50: number; p90: number }
  actual: number | undefined
  state: string
  tone: 'good' | 'bad' | 'unknown' | 'neutral'
  note: string | undefined
}

const hourRow = ({ activity, expected, actual, judgement }: ReviewLine): Row => ({
  title: activity,
  expected,
  actual,
  state: judgement,
  tone: judgement === 'unknown' ? 'unknown' : judgement === 'above' ? 'bad' : 'good',
  note: judgement === 'unknown' ? 'no hours recorded' : undefined,
})

function moneyRow({ names }: PlanReview, { title, party, kind, expected, actual, state, note }: MoneyLine): Row {
  const bad = kind === 'cost' ? 'above' : 'below'
  const tone = state === 'unknown' ? 'unknown' : state === 'not due' ? 'neutral' : state === bad ? 'bad' : 'good'
  return { title: party === undefined ? title : `${title} (${names[party] ?? party})`, expected, actual, state, tone, note }
}

/** The review as one HTML file that asks the network for nothing. The same review yields the same bytes. */
export function renderReviewPage(review: PlanReview): string {
  const { title, asOf, decidedOn, launchedOn, currency } = review
  const hours = review.lines.map(hourRow)
  const [customers, money] = [
    review.money.filter(({ kind }) => kind === 'customers').map((line) => moneyRow(review, line)),
    review.money.filter(({ kind }) => kind !== 'customers').map((line) => moneyRow(review, line)),
  ]
  const since = launchedOn ? `launched on ${launchedOn}` : 'not launched'
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${title}: review</title><style>${trusted(pageStyle)}main{display:block;max-width:1080px}header{max-width:1080px}</style></head>
<body><header><p class="kicker">Review of a plan</p><h1>${title}</h1><p class="question">Decided on ${decidedOn}, ${since}. As of ${asOf}.</p></header>
<main>${section('Money', `In ${currency}, so far. Bar from P10 to P90 of what the plan expected by now, line at its median; the dot is what came. Where nobody has recorded anything there is no dot: unknown is not zero.`, money)}
${customers.length > 0 ? section('Customers', 'Customers that pay now.', customers) : undefined}
${section('Hours', `Borrowed time (questions): ${whole(review.borrowedHours)} h. Incidents: ${whole(review.incidentHours)} h. Neither is in the plan.`, hours)}
</main></body></html>
`.html
}

function section(heading: string, lead: string, rows: readonly Row[]): Html {
  const lines = rows.map(
    ({ title, expected, actual, state, tone, note }) =>
      html`<tr><td>${title}</td><td class="number">${whole(expected.p10)}</td><td class="number strong">${whole(expected.p50)}</td><td class="number">${whole(expected.p90)}</td><td class="number strong">${actual === undefined ? '?' : whole(actual)}</td><td><span class="chip ${tone}">${state}</span>${note ? html` <small>${note}</small>` : undefined}</td></tr>`,
  )
  return html`<section><h2>${heading}</h2><p class="lead">${lead}</p><figure>${trusted(sceneToSvg(reviewChart(heading, rows)))}</figure>
<div class="scroll"><table><thead><tr><th></th><th class="number">P10</th><th class="number">P50</th><th class="number">P90</th><th class="number">Actual</th><th></th></tr></thead><tbody>${lines}</tbody></table></div></section>`
}

const inkOf: Readonly<Record<Row['tone'], Ink>> = { good: 'good', bad: 'bad', unknown: 'b', neutral: 'muted' }

/** Each row on a scale of its own, from nothing to the greatest of its numbers: rows differ by orders of magnitude. */
function reviewChart(heading: string, rows: readonly Row[]): Scene {
  const [width, labelWidth, rowHeight] = [760, 300, 28]
  const shapes = rows.flatMap(({ title, expected, actual, tone }, index): Shape[] => {
    const y = 8 + index * rowHeight + rowHeight / 2
    const x = scale([0, expected.p10, expected.p90, actual ?? 0], labelWidth + 16, width - 16)
    const bar = Math.max(2, x(expected.p90) - x(expected.p10))
    return [
      { kind: 'text', x: 0, y: y + 4, text: fitText(title, labelWidth, 12), size: 12 },
      {
        kind: 'path',
        points: [
          [x(0), y],
          [width - 16, y],
        ],
        stroke: 'line',
      },
      { kind: 'rect', x: x(expected.p10), y: y - 6, width: bar, height: 12, radius: 6, fill: 'bridge', opacity: 0.3 },
      {
        kind: 'path',
        points: [
          [x(expected.p50), y - 8],
          [x(expected.p50), y + 8],
        ],
        stroke: 'bridge',
        strokeWidth: 2,
      },
      ...(actual === undefined ? [] : [{ kind: 'circle', x: x(actual), y, radius: 5, fill: inkOf[tone] } as const]),
    ]
  })
  return { width, height: 16 + rows.length * rowHeight, title: `${heading}: expected by now and what came`, shapes }
}
