import { tableLines, wrapText } from '../../terminal/index.ts'
import type { PlanReport } from '../evaluate-plan.ts'
import { holders, monthText, nameOf, percent, shortMoney, withUnit } from '../format.ts'
import type { Provenance } from '../knobs.ts'
import { knobsOf } from '../knobs.ts'
import { opennessFacts, sides } from '../plan-inputs.ts'
import { endSentence } from '../verdict.ts'
import { groupByRule } from './condition-sections.ts'
import { breakEvenSentence } from './sections.ts'

/** Options printed in the table; the JSON has them all. */
const shownOptions = 6

type Table = (rows: readonly (readonly string[])[], right?: readonly number[]) => string[]

/**
 * The decision as plain text without colours.
 *
 * @param columns of the terminal; left out: sentences stay whole and tables are as wide as they are
 */
export function renderText(report: PlanReport, provenance: Readonly<Record<string, Provenance>>, columns?: number): string {
  const { inputs, verdict } = report
  const table: Table = (rows, right = []) => tableLines(rows, right, columns)
  const blocks = [
    [inputs.title, inputs.question],
    [verdict.headline, ...verdict.reasons.map(bullet), ...conditions(report)],
    opennessLines(report, table),
    ...(report.best ? [optionLines(report, table), partyLines(report, table), sensitivityLines(report, table)] : []),
    flagLines(report),
    hostingLines(report),
    infeasibleLines(report),
    assumptionLines(report, provenance, table),
  ]
  const text = blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')
  return `${wrapText(text, columns)}\n`
}

const bullet = (text: string): string => `  - ${text}`

function conditions({ verdict }: PlanReport): string[] {
  if (verdict.conditions.length === 0) return []
  return [verdict.answer === 'do-not-start' ? 'What would change this:' : 'Before the start:', ...verdict.conditions.map(bullet)]
}

function opennessLines({ inputs, closed }: PlanReport, table: Table): string[] {
  const words = { yes: 'closed', no: 'open', unknown: 'open or closed: unknown' }
  const names = Object.keys(opennessFacts) as (keyof typeof opennessFacts)[]
  const platforms = sides.map((side) => inputs.platforms[side])
  return [
    'OPENNESS',
    ...table([
      ['', ...sides.map((side) => `${inputs.platforms[side].name} (${words[closed[side]]})`)],
      ...names.map((name) => [opennessFacts[name], ...platforms.map(({ openness }) => openness[name].value)]),
    ]),
  ]
}

function optionLines(report: PlanReport, table: Table): string[] {
  const { inputs, options } = report
  const rows = options.slice(0, shownOptions).map((option, index) => {
    const { p10, p50, p90, lossProbability } = option.together
    const failing = option.incentives
      .filter((check) => check.endsAboutMonth !== undefined)
      .map((check) => `${nameOf(inputs, check.party)}: ${endSentence(check.endsAboutMonth)}`)
    const held =
      option.feasible === 'unknown' ? 'unknown' : option.holds ? 'holds' : failing.join('; ') || 'owner of the closed platform gets no cash'
    return [
      String(index + 1),
      String(option.scenario),
      ...holders(inputs, option.roles),
      shortMoney(p10),
      shortMoney(p50),
      shortMoney(p90),
      percent(lossProbability),
      monthText(option.paybackMonth, 'never'),
      held,
    ]
  })
  const head = ['', 'scen.', 'builds', 'hosts', 'sells', 'supports', 'P10', 'P50', 'P90', 'loss', 'paid back', 'kept up?']
  const more = options.length - rows.length
  return [
    `OPTIONS (joint net present value, ${inputs.currency}, ${inputs.horizonMonths} months)`,
    ...table([head, ...rows], [0, 6, 7, 8, 9]),
    ...(more > 0 ? [`  and ${more} more feasible, ${report.infeasible.length} infeasible`] : []),
  ]
}

function partyLines({ inputs, options }: PlanReport, table: Table): string[] {
  const best = options[0]!
  const rows = best.parties.map(({ party, value, paybackMonth }) => {
    const check = best.incentives.find((entry) => entry.party === party)
    const words = check
      ? `${endSentence(check.endsAboutMonth)} (covered in ${percent(1 - check.cash.lossProbability)} of the cases)`
      : 'carries no role'
    return [
      nameOf(inputs, party),
      shortMoney(value.p10),
      shortMoney(value.p50),
      shortMoney(value.p90),
      percent(value.lossProbability),
      monthText(paybackMonth, 'never'),
      words,
    ]
  })
  return ['PARTIES IN OPTION 1', ...table([['', 'P10', 'P50', 'P90', 'loss', 'paid back', 'motivation by cash'], ...rows], [1, 2, 3, 4])]
}

function sensitivityLines(report: PlanReport, table: Table): string[] {
  const best = report.best!
  const { inputs } = report
  const bars = best.tornado
    .slice(0, 6)
    .map((bar) => [
      bar.label,
      withUnit(inputs, bar.unit, bar.from),
      shortMoney(bar.valueAtFrom),
      withUnit(inputs, bar.unit, bar.to),
      shortMoney(bar.valueAtTo),
      bar.kind === 'range' ? 'P10 to P90' : '-20 % to +20 %',
    ])
  const turns = best.switchPoints.slice(0, 5).map((point) => {
    const what = point.what === 'joint-value' ? 'the joint value' : `${nameOf(inputs, point.what.cashBalanceOf)}’s cash balance`
    return bullet(
      `${point.label}: ${withUnit(inputs, point.unit, point.now)} now; at ${withUnit(inputs, point.unit, point.at)} ${what} crosses zero`,
    )
  })
  return [
    'WHAT MATTERS MOST',
    ...table([['', 'from', 'is worth', 'to', 'is worth', 'range'], ...bars], [1, 2, 3, 4]),
    ...best.breakEvens.map((found) => bullet(breakEvenSentence(report, found))),
    ...turns,
  ]
}

function flagLines({ flags }: PlanReport): string[] {
  return [
    'WARNING SIGNS',
    ...(flags.length === 0
      ? ['  none of the known ones']
      : flags.map((flag) => bullet(`${flag.blocking ? 'SETTLE FIRST ' : ''}${flag.code}: ${flag.says} ${flag.fix}`))),
  ]
}

function hostingLines({ hosting, inputs }: PlanReport): string[] {
  return [
    'HOSTING',
    ...hosting.flatMap((host) => [
      `  ${nameOf(inputs, host.host)}: ${host.feasible === 'yes' ? 'possible' : `${host.feasible === 'no' ? 'impossible' : 'unknown'}, ${host.because.join('; ')}`}`,
      `      residency: ${host.residency} · custody: ${host.custody} · latency: ${host.latency} · cost: ${shortMoney(host.costPerMonth)} ${inputs.currency} a month`,
      `      blast radius: ${host.blastRadius} · exit: ${host.exit}`,
    ]),
  ]
}

function infeasibleLines(report: PlanReport): string[] {
  const groups = groupByRule(report)
  return groups.length === 0
    ? []
    : [
        'IMPOSSIBLE',
        ...groups.flatMap(({ name, says, count, facts }) => [
          `  ${name} forbids ${count} of ${report.infeasible.length}: ${says}`,
          ...facts.slice(0, 3).map((fact) => `      ${fact}`),
          ...(facts.length > 3 ? [`      and ${facts.length - 3} more facts`] : []),
        ]),
      ]
}

function assumptionLines({ inputs }: PlanReport, provenance: Readonly<Record<string, Provenance>>, table: Table): string[] {
  const assumed = knobsOf(inputs).filter(({ path }) => provenance[path]?.basis !== 'given')
  const rows = assumed.map((knob) => [
    knob.label,
    withUnit(inputs, knob.unit, knob.value),
    provenance[knob.path]?.basis ?? 'assumption',
    provenance[knob.path]?.source ?? '',
  ])
  return [
    'NOT GIVEN IN THE PLAN',
    ...table([['', 'value', 'basis', 'because'], ...rows], [1]),
    '',
    `Seed ${inputs.seed}, ${inputs.draws.toLocaleString('en-US')} draws. Same seed, same numbers.`,
  ]
}
