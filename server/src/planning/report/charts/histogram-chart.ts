import type { PlanReport } from '../../evaluate-plan.ts'
import { shortMoney } from '../../format.ts'
import type { Scene, Shape } from '../scene.ts'
import { halfWidth, moneyAxis, scale } from './axes.ts'

const width = halfWidth

/** All draws of the best option: how often which joint value; losses in red. */
export function histogramChart(report: PlanReport): Scene {
  const height = 190
  const bottom = height - 24
  const { histogram } = report.best!
  const spread = report.options[0]!.together
  const ends = [histogram.from, histogram.from + histogram.width * histogram.counts.length]
  const x = scale(ends, 10, width - 10)
  const highest = Math.max(...histogram.counts)
  const bars = histogram.counts.map((count, index): Shape => {
    const from = histogram.from + index * histogram.width
    const barHeight = (count / highest) * (bottom - 34)
    return {
      kind: 'rect',
      x: x(from) + 0.5,
      y: bottom - barHeight,
      width: x(from + histogram.width) - x(from) - 1,
      height: barHeight,
      fill: from + histogram.width / 2 < 0 ? 'bad' : 'good',
      opacity: 0.7,
    }
  })
  const marks = (
    [
      ['P10', spread.p10],
      ['P50', spread.p50],
      ['P90', spread.p90],
    ] as const
  ).flatMap(([name, value]): Shape[] => [
    {
      kind: 'path',
      points: [
        [x(value), 28],
        [x(value), bottom],
      ],
      stroke: 'ink',
      dash: true,
    },
    { kind: 'text', x: x(value), y: 11, text: name, size: 10, bold: true, anchor: 'middle' },
    { kind: 'text', x: x(value), y: 23, text: shortMoney(value), size: 10, anchor: 'middle', fill: 'muted' },
  ])
  const title = `Distribution of the joint value in ${report.inputs.currency}: P10 ${shortMoney(spread.p10)}, P50 ${shortMoney(spread.p50)}, P90 ${shortMoney(spread.p90)}`
  return { width, height, title, shapes: [...moneyAxis(ends, x, 30, bottom), ...bars, ...marks] }
}
