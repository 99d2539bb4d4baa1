import type { PlanReport } from '../../evaluate-plan.ts'
import { nameOf, shortMoney } from '../../format.ts'
import { fitText, type Ink, type Scene, type Shape } from '../scene.ts'
import { halfWidth, scale, spreadApart, ticks } from './axes.ts'

const width = halfWidth

/** In-house against outsourced over the sponsor's opportunity cost; undefined when there is nothing to compare. */
export function breakEvenChart(report: PlanReport): Scene | undefined {
  const found = report.best?.breakEvens[0]
  if (!found) return undefined
  const { line, opportunityPerHour, assumedPerHour, sponsor, supplier } = found
  const height = 200
  const bottom = height - 26
  const x = scale([0, line.upTo], 46, width - 150)
  const values = [...line.inHouse, ...line.outsourced]
  const y = scale(values, bottom, 26)
  const ends = spreadApart([y(line.inHouse[1]), y(line.outsourced[1])], 14)
  const ways: [string, readonly [number, number], Ink, number][] = [
    [`${nameOf(report.inputs, sponsor)} builds`, line.inHouse, 'a', ends[0]!],
    [`${nameOf(report.inputs, supplier)} builds`, line.outsourced, 'b', ends[1]!],
  ]
  const mark = (cost: number, text: string, ink: Ink, labelY: number): Shape[] => [
    {
      kind: 'path',
      points: [
        [x(cost), labelY + 4],
        [x(cost), bottom],
      ],
      stroke: ink,
      dash: true,
    },
    { kind: 'text', x: x(cost), y: labelY, text, size: 10, bold: true, anchor: 'middle', fill: ink },
  ]
  const shapes: Shape[] = [
    ...ticks(values, 4).flatMap((tick): Shape[] => [
      {
        kind: 'path',
        points: [
          [46, y(tick)],
          [width - 150, y(tick)],
        ],
        stroke: 'line',
      },
      { kind: 'text', x: 40, y: y(tick) + 3.5, text: shortMoney(tick), size: 10, anchor: 'end', fill: 'muted' },
    ]),
    ...ticks([0, line.upTo], 6).map(
      (tick): Shape => ({ kind: 'text', x: x(tick), y: height - 8, text: `${tick}/h`, size: 10, anchor: 'middle', fill: 'muted' }),
    ),
    ...ways.flatMap(([name, [from, to], ink, labelY]): Shape[] => [
      {
        kind: 'path',
        points: [
          [x(0), y(from)],
          [x(line.upTo), y(to)],
        ],
        stroke: ink,
        strokeWidth: 2,
      },
      { kind: 'text', x: width - 142, y: labelY + 3.5, text: fitText(name, 140, 10.5), size: 10.5, fill: ink },
    ]),
    ...(opportunityPerHour !== undefined && opportunityPerHour <= line.upTo
      ? mark(opportunityPerHour, `break-even ${Math.round(opportunityPerHour)}`, 'ink', 10)
      : []),
    ...mark(assumedPerHour, `taken ${Math.round(assumedPerHour)}`, 'muted', 22),
  ]
  return {
    width,
    height,
    title: `Value for ${nameOf(report.inputs, sponsor)} by its opportunity cost per hour, in ${report.inputs.currency}`,
    shapes,
  }
}
