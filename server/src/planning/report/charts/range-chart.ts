import type { PlanReport } from '../../evaluate-plan.ts'
import { nameOf } from '../../format.ts'
import { fitText, type Ink, type Scene, type Shape } from '../scene.ts'
import { halfWidth, moneyAxis, scale } from './axes.ts'

const width = halfWidth

/** P10 to P90 of the best options with P50 marked; red below zero. */
export function rangeChart(report: PlanReport, count = 8): Scene {
  const shown = report.options.slice(0, count)
  const values = [0, ...shown.flatMap((option) => [option.together.p10, option.together.p90])]
  const labelWidth = 176
  const x = scale(values, labelWidth + 14, width - 24)
  const rowHeight = 26
  const bottom = 10 + shown.length * rowHeight
  const rows = shown.flatMap((option, index): Shape[] => {
    const y = 10 + index * rowHeight + rowHeight / 2
    const { p10, p50, p90 } = option.together
    const ink: Ink = p50 < 0 ? 'bad' : option.holds ? 'good' : 'b'
    const distinct = [...new Set(Object.values(option.roles))].map((party) => nameOf(report.inputs, party)).join(' + ')
    return [
      { kind: 'text', x: 0, y: y + 4, text: fitText(`${index + 1}  ${distinct}`, labelWidth, 11), size: 11, bold: index === 0 },
      { kind: 'rect', x: x(p10), y: y - 5, width: Math.max(1, x(p90) - x(p10)), height: 10, radius: 5, fill: ink, opacity: 0.32 },
      { kind: 'circle', x: x(p50), y, radius: 5, fill: ink },
    ]
  })
  const title = `Joint value of the ${shown.length} best options, from P10 to P90 with the median marked, in ${report.inputs.currency}`
  return { width, height: bottom + 22, title, shapes: [...moneyAxis(values, x, 6, bottom), ...rows] }
}
