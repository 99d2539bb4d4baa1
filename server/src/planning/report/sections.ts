import type { PlanReport } from '../evaluate-plan.ts'
import { answerWords, fullMoney, holders, monthText, nameOf, percent, shortMoney, withUnit } from '../format.ts'
import type { RankedOption } from '../rank-options.ts'
import { endSentence } from '../verdict.ts'
import { balanceChart } from './charts/balance-chart.ts'
import { breakEvenChart } from './charts/break-even-chart.ts'
import { histogramChart } from './charts/histogram-chart.ts'
import { rangeChart } from './charts/range-chart.ts'
import { tornadoChart } from './charts/tornado-chart.ts'
import { conditionSections } from './condition-sections.ts'
import { type Html, html, trusted } from './html.ts'
import { scenarioPictures } from './pictures.ts'
import { type Scene, sceneToSvg } from './scene.ts'

/** The parts of the page that follow from the numbers, by the id of their place. The browser makes the same ones when a slider moves. */
export const sections: Readonly<Record<string, (report: PlanReport) => Html>> = {
  verdict: verdictSection,
  pictures: picturesSection,
  options: optionsSection,
  value: valueSection,
  parties: partiesSection,
  sensitivity: sensitivitySection,
  ...conditionSections,
}

const picture = (scene: Scene): Html => trusted(sceneToSvg(scene))
const list = (items: readonly string[]): Html => html`<ul>${items.map((item) => html`<li>${item}</li>`)}</ul>`

function verdictSection({ verdict }: PlanReport): Html {
  return html`<div class="verdict ${verdict.answer}">
    <span class="answer">${answerWords[verdict.answer]}</span>
    <p class="headline">${verdict.headline}</p>
    ${list(verdict.reasons)}
    ${verdict.conditions.length > 0 ? html`<h3>${verdict.answer === 'do-not-start' ? 'What would change this' : 'Before the start'}</h3>${list(verdict.conditions)}` : undefined}
  </div>`
}

function picturesSection(report: PlanReport): Html {
  return html`<div class="pictures">${scenarioPictures(report).map((scene) => html`<figure>${picture(scene)}</figure>`)}</div>`
}

/** Rows that are shown before the reader asks for more. */
const shownOptions = 8

function optionsSection(report: PlanReport): Html {
  if (report.options.length === 0) return html`<p>No combination is feasible.</p>`
  const rows = report.options.map((option, index) => optionRow(report, option, index + 1))
  const head = html`<thead><tr><th></th><th>Builds</th><th>Hosts</th><th>Sells</th><th>Supports</th><th class="number">P10</th><th class="number">P50</th><th class="number">P90</th><th class="number">Loss</th><th>Paid back</th><th>Will it be kept up?</th></tr></thead>`
  const rest = rows.slice(shownOptions)
  return html`<div class="scroll"><table class="options">${head}<tbody>${rows.slice(0, shownOptions)}</tbody></table></div>
    ${rest.length > 0 ? html`<details><summary>${rest.length} more</summary><div class="scroll"><table class="options">${head}<tbody>${rest}</tbody></table></div></details>` : undefined}`
}

function optionRow(report: PlanReport, option: RankedOption, rank: number): Html {
  const { p10, p50, p90, lossProbability } = option.together
  return html`<tr class="${rank === 1 ? 'first' : ''}"><td class="rank">${rank}</td>${holders(report.inputs, option.roles).map((name) => html`<td>${name}</td>`)}
    <td class="number">${shortMoney(p10)}</td><td class="number strong">${shortMoney(p50)}</td><td class="number">${shortMoney(p90)}</td>
    <td class="number">${percent(lossProbability)}</td><td class="nowrap">${monthText(option.paybackMonth, 'not within horizon')}</td><td>${keptUp(report, option)}</td></tr>`
}

function keptUp(report: PlanReport, option: RankedOption): Html {
  if (option.feasible === 'unknown') return html`<span class="chip unknown">unknown</span> ${option.open.join('; ')}`
  if (option.holds) return html`<span class="chip good">yes</span>`
  const failing = option.incentives.filter((check) => check.endsAboutMonth !== undefined)
  const words = failing.map((check) => `${nameOf(report.inputs, check.party)}: ${endSentence(check.endsAboutMonth)}`)
  return html`<span class="chip bad">no</span> ${words.join('; ') || 'the owner of the closed platform receives no cash'}`
}

function valueSection(report: PlanReport): Html {
  if (!report.best) return html``
  return html`<div class="two"><figure>${picture(rangeChart(report))}<figcaption>Joint value of the best options: bar from P10 to P90, dot at P50. Green holds, amber does not, red loses.</figcaption></figure>
    <figure>${picture(histogramChart(report))}<figcaption>All ${report.inputs.draws.toLocaleString('en-US')} draws of option 1. Red is loss: ${percent(report.options[0]!.together.lossProbability)} of the cases.</figcaption></figure></div>`
}

function partiesSection(report: PlanReport): Html {
  const { best, inputs } = report
  if (!best) return html``
  const rows = inputs.parties.map(({ id }) => partyRow(report, id))
  const lines = best.ledger.map(
    (line) =>
      html`<tr><td>${nameOf(inputs, line.party)}</td><td>${line.label}</td><td>${line.kind}</td><td class="number">${fullMoney(inputs, line.value)}</td></tr>`,
  )
  return html`<div class="scroll"><table><thead><tr><th>Party</th><th class="number">Duties</th><th class="number">Payments</th><th class="number">Cash</th><th class="number">Soft, believed</th><th class="number">Value P10</th><th class="number">P50</th><th class="number">P90</th><th>Motivation</th></tr></thead><tbody>${rows}</tbody></table></div>
    <figure>${picture(balanceChart(report))}<figcaption>Discounted balance when every number is at its median (so it ends near P50, not at it). The ring marks where a motivation ends. Running the bridge costs about ${fullMoney(inputs, best.runCostPerYear)} a year.</figcaption></figure>
    <details><summary>Every payment behind these sums</summary><div class="scroll"><table><thead><tr><th>Party</th><th>What</th><th>Kind</th><th class="number">Present value, median case</th></tr></thead><tbody>${lines}</tbody></table></div></details>`
}

function partyRow({ inputs, best, options }: PlanReport, party: string): Html {
  const sum = (kind: string): number =>
    best!.ledger.filter((line) => line.party === party && line.kind === kind).reduce((total, line) => total + line.value, 0)
  const value = options[0]!.parties.find((entry) => entry.party === party)!.value
  const check = options[0]!.incentives.find((entry) => entry.party === party)
  const motivation = check
    ? `${endSentence(check.endsAboutMonth)} (covered in ${percent(1 - check.cash.lossProbability)} of the cases)`
    : 'carries no role'
  return html`<tr><td>${nameOf(inputs, party)}</td>${['duty', 'payment', 'cash', 'soft'].map((kind) => html`<td class="number">${shortMoney(sum(kind))}</td>`)}
    <td class="number">${shortMoney(value.p10)}</td><td class="number strong">${shortMoney(value.p50)}</td><td class="number">${shortMoney(value.p90)}</td><td>${motivation}</td></tr>`
}

function sensitivitySection(report: PlanReport): Html {
  const { best } = report
  if (!best) return html``
  const chart = breakEvenChart(report)
  return html`<figure>${picture(tornadoChart(report))}<figcaption>What moves the joint value most. Ranges go from P10 to P90; single numbers from 20 % below to 20 % above.</figcaption></figure>
    <div class="two">${
      chart
        ? html`<div><h3>Own engineers or a supplier?</h3>${best.breakEvens.map((found) => html`<p>${breakEvenSentence(report, found)}</p>`)}
    <figure>${picture(chart)}<figcaption>Value for the sponsor over the opportunity cost of an hour of its engineers.</figcaption></figure></div>`
        : undefined
    }
    <div><h3>Where the answer turns</h3>${switchTable(report)}</div></div>`
}

function switchTable(report: PlanReport): Html {
  const rows = report
    .best!.switchPoints.slice(0, 8)
    .map(
      (point) =>
        html`<tr><td>${point.label}</td><td class="number">${withUnit(report.inputs, point.unit, point.now)}</td><td class="number strong">${withUnit(report.inputs, point.unit, point.at)}</td><td>${turnsWhat(report, point)}</td></tr>`,
    )
  if (rows.length === 0) return html`<p>No single number turns the answer between a fifth and five times what the plan takes.</p>`
  return html`<div class="scroll"><table><thead><tr><th>If this</th><th class="number">now</th><th class="number">were</th><th>then no longer</th></tr></thead><tbody>${rows}</tbody></table></div>`
}

type BreakEven = NonNullable<PlanReport['best']>['breakEvens'][number]
type SwitchPoint = NonNullable<PlanReport['best']>['switchPoints'][number]

/** `Below 61 EUR/h of opportunity cost Deskline builds in-house, above it Northbeam does. The plan takes 130 …` */
export function breakEvenSentence(
  { inputs }: PlanReport,
  { sponsor, supplier, opportunityPerHour, above, assumedPerHour, advice, saves }: BreakEven,
): string {
  const [own, other] = [nameOf(inputs, sponsor), nameOf(inputs, supplier)]
  const better = advice === 'in-house' ? `${own} builds in-house` : `${other} builds`
  const way = advice === 'equal' ? 'both ways are worth the same' : `${better}, which saves ${own} ${fullMoney(inputs, saves)}`
  if (opportunityPerHour === undefined)
    return advice === 'equal'
      ? 'At every opportunity cost both ways are worth the same.'
      : `At every opportunity cost the same way is better: ${way}.`
  const [below, beyond] = above === 'outsource' ? [`${own} builds in-house`, `${other} does`] : [`${other} builds`, `${own} does`]
  return `Below ${fullMoney(inputs, opportunityPerHour)}/h of opportunity cost ${below}, above it ${beyond}. The plan takes ${fullMoney(inputs, assumedPerHour)}/h: ${way}.`
}

function turnsWhat({ inputs, best }: PlanReport, { what }: SwitchPoint): string {
  if (what === 'joint-value') return (best!.balances[0]!.byMonth.at(-1) ?? 0) >= 0 ? 'all together gain' : 'all together lose'
  const balance = best!.balances.find((entry) => entry.party === what.cashBalanceOf)?.byMonth.at(-1) ?? 0
  return `${nameOf(inputs, what.cashBalanceOf)}’s cash ${balance >= 0 ? 'covers' : 'does not cover'} its duties`
}
