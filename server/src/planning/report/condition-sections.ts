import type { PlanReport } from '../evaluate-plan.ts'
import { feasibilityRules } from '../feasibility-rules.ts'
import { nameOf, shortMoney } from '../format.ts'
import { type FactName, opennessFacts, sides } from '../plan-inputs.ts'
import { type Html, html } from './html.ts'

/** What stands around the numbers: flags, hosting, openness, and what is impossible. */
export const conditionSections = { flags: flagsSection, hosting: hostingSection, openness: opennessSection, infeasible: infeasibleSection }

function flagsSection({ flags }: PlanReport): Html {
  if (flags.length === 0) return html`<p>None of the known warning signs was found.</p>`
  return html`<ul class="flags">${flags.map((flag) => html`<li><span class="chip ${flag.blocking ? 'bad' : 'unknown'}">${flag.blocking ? 'settle first' : 'mind'}</span> <strong>${flag.code}</strong> ${flag.says} <em>${flag.fix}</em></li>`)}</ul>`
}

function hostingSection({ hosting, inputs }: PlanReport): Html {
  const rows: [string, (host: PlanReport['hosting'][number]) => string][] = [
    ['Possible', (host) => (host.feasible === 'yes' ? 'yes' : `${host.feasible}: ${host.because.join('; ')}`)],
    ['Residency', (host) => host.residency],
    ['Custody of credentials', (host) => host.custody],
    ['Latency', (host) => host.latency],
    ['Cost per month', (host) => `${shortMoney(host.costPerMonth)} ${inputs.currency}`],
    ['Blast radius', (host) => host.blastRadius],
    ['Exit', (host) => host.exit],
  ]
  return html`<div class="scroll"><table class="compare"><thead><tr><th></th>${hosting.map(({ host }) => html`<th>${nameOf(inputs, host)}</th>`)}</tr></thead>
    <tbody>${rows.map(([label, text]) => html`<tr><th>${label}</th>${hosting.map((host) => html`<td>${text(host)}</td>`)}</tr>`)}</tbody></table></div>`
}

function opennessSection({ inputs, closed }: PlanReport): Html {
  const names = Object.keys(opennessFacts) as FactName[]
  const platforms = sides.map((side) => inputs.platforms[side])
  return html`<div class="scroll"><table class="compare"><thead><tr><th></th>${platforms.map(({ name }, index) => html`<th>${name} <span class="chip">${{ yes: 'closed', no: 'open', unknown: 'unknown' }[closed[sides[index]!]]}</span></th>`)}</tr></thead>
    <tbody>${names.map(
      (fact) =>
        html`<tr><th>${opennessFacts[fact]}</th>${platforms.map(({ openness }) => html`<td><span class="known ${openness[fact].value}">${openness[fact].value}</span> <small>${openness[fact].evidence ?? 'no evidence given'}</small></td>`)}</tr>`,
    )}</tbody></table></div>`
}

function infeasibleSection(report: PlanReport): Html {
  if (report.infeasible.length === 0) return html`<p>Every combination is possible.</p>`
  return html`${groupByRule(report).map(
    ({ says, name, count, facts }) =>
      html`<details><summary><strong>${name}</strong> forbids ${count} ${count === 1 ? 'option' : 'options'}</summary><p>${says}</p><ul>${facts.map((fact) => html`<li>${fact}</li>`)}</ul></details>`,
  )}`
}

/** Each rule that forbids something, with how many options it forbids and all its facts, most forbidding first. */
export function groupByRule({ infeasible }: PlanReport): { name: string; says: string; count: number; facts: string[] }[] {
  return feasibilityRules
    .map(({ name, says }) => {
      const hit = infeasible.filter((option) => option.obstacles.some((obstacle) => obstacle.rule === name))
      const facts = hit.flatMap((option) => option.obstacles.filter((obstacle) => obstacle.rule === name).map((obstacle) => obstacle.fact))
      return { name, says, count: hit.length, facts: [...new Set(facts)] }
    })
    .filter(({ count }) => count > 0)
    .sort((x, y) => y.count - x.count)
}
