import type { PlanReport } from '../../evaluate-plan.ts'
import { withUnit } from '../../format.ts'
import { fitText, type Scene, type Shape } from '../scene.ts'
import { fullWidth, moneyAxis, scale } from './axes.ts'

/** The numbers that move the joint value most, each from its low to its high end. */
export function tornadoChart(report: PlanReport, count = 10, width: number = fullWidth): Scene {
  const bars = report.best?.tornado.slice(0, count) ?? []
  const centre = report.best?.balances[0]?.byMonth.at(-1) ?? 0
  const values = [centre, ...bars.flatMap((bar) => [bar.valueAtFrom, bar.valueAtTo])]
  const labelWidth = width === fullWidth ? 300 : 200
  const x = scale(values, labelWidth + 30, width - 40)
  const rowHeight = 28
  const bottom = 8 + bars.length * rowHeight
  const rows = bars.flatMap((bar, index): Shape[] => {
    const y = 8 + index * rowHeight
    const half = (value: number, end: number): Shape[] => {
      const from = Math.min(x(value), x(centre))
      const text = withUnit(report.inputs, bar.unit, end)
      const outward = x(value) < x(centre) ? -4 : 4
      return [
        {
          kind: 'rect',
          x: from,
          y: y + 5,
          width: Math.abs(x(value) - x(centre)),
          height: 16,
          radius: 2,
          fill: value < centre ? 'bad' : 'good',
          opacity: 0.75,
        },
        { kind: 'text', x: x(value) + outward, y: y + 17, text, size: 9, anchor: outward < 0 ? 'end' : 'start', fill: 'muted' },
      ]
    }
    return [
      { kind: 'text', x: 0, y: y + 17, text: fitText(bar.label, labelWidth - 6, 10.5), size: 10.5 },
      ...half(bar.valueAtFrom, bar.from),
      ...half(bar.valueAtTo, bar.to),
    ]
  })
  const title = `What moves the joint value most, in ${report.inputs.currency}: ${bars
    .slice(0, 3)
    .map((bar) => bar.label)
    .join('; ')}`
  return {
    width,
    height: bottom + 22,
    title,
    shapes: [
      ...moneyAxis(values, x, 4, bottom),
      ...rows,
      {
        kind: 'path',
        points: [
          [x(centre), 2],
          [x(centre), bottom],
        ],
        stroke: 'ink',
        strokeWidth: 1.5,
      },
    ],
  }
}
