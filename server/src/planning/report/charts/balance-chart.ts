import type { PlanReport } from '../../evaluate-plan.ts'
import { nameOf, shortMoney } from '../../format.ts'
import { fitText, type Ink, type Scene, type Shape } from '../scene.ts'
import { fullWidth, scale, spreadApart, ticks } from './axes.ts'

const lineInks: readonly Ink[] = ['ink', 'bridge', 'a', 'b', 'other', 'muted']

/** Balance month by month: all together, and the cash of each party whose will the bridge depends on. */
export function balanceChart(report: PlanReport, width: number = fullWidth): Scene {
  const labelWidth = width === fullWidth ? 150 : 104
  const height = 240
  const bottom = height - 26
  const balances = report.best!.balances
  const months = balances[0]!.byMonth.length - 1
  const values = [0, ...balances.flatMap((balance) => balance.byMonth)]
  const y = scale(values, bottom, 12)
  const x = scale([0, months], 46, width - labelWidth)
  const grid = ticks(values, 4).flatMap((tick): Shape[] => [
    {
      kind: 'path',
      points: [
        [46, y(tick)],
        [width - labelWidth, y(tick)],
      ],
      stroke: tick === 0 ? 'muted' : 'line',
    },
    { kind: 'text', x: 40, y: y(tick) + 3.5, text: shortMoney(tick), size: 10, anchor: 'end', fill: 'muted' },
  ])
  const monthTicks = ticks([0, months], 6).map(
    (month): Shape => ({
      kind: 'text',
      x: x(month),
      y: height - 8,
      text: month === 0 ? 'decision' : `month ${month}`,
      size: 10,
      anchor: 'middle',
      fill: 'muted',
    }),
  )
  const labelYs = spreadApart(
    balances.map((balance) => y(balance.byMonth.at(-1)!)),
    14,
  )
  const lines = balances.flatMap(({ party, byMonth }, index): Shape[] => {
    const ink = lineInks[index % lineInks.length]!
    const name = party === undefined ? 'together' : `${nameOf(report.inputs, party)}, cash`
    return [
      {
        kind: 'path',
        points: byMonth.map((value, month) => [x(month), y(value)] as const),
        stroke: ink,
        strokeWidth: party === undefined ? 2.5 : 1.75,
      },
      {
        kind: 'text',
        x: width - labelWidth + 8,
        y: labelYs[index]! + 3.5,
        text: fitText(name, labelWidth - 10, 10.5),
        size: 10.5,
        bold: party === undefined,
        fill: ink,
      },
      ...endMark(report, party, byMonth, x, y, ink),
    ]
  })
  return {
    width,
    height,
    title: `Balance by month in the median case, in ${report.inputs.currency}`,
    shapes: [...grid, ...monthTicks, ...lines],
  }
}

/** A ring where a party's motivation ends. */
function endMark(
  report: PlanReport,
  party: string | undefined,
  byMonth: readonly number[],
  x: (month: number) => number,
  y: (value: number) => number,
  ink: Ink,
): Shape[] {
  const month = report.options[0]!.incentives.find((check) => check.party === party)?.endsAboutMonth
  return month === undefined ? [] : [{ kind: 'circle', x: x(month), y: y(byMonth[month]!), radius: 5, fill: 'paper', stroke: ink }]
}
