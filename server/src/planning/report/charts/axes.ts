import { shortMoney } from '../../format.ts'
import type { Shape } from '../scene.ts'

/** Widths of charts in the units of a scene, chosen so that their letters have the page's size in half and in full columns. */
export const halfWidth = 480
export const fullWidth = 760

/** A straight map from values to positions. */
export function scale(values: readonly number[], from: number, to: number): (value: number) => number {
  const low = Math.min(...values)
  const high = Math.max(...values)
  const span = high - low || 1
  return (value) => from + ((value - low) / span) * (to - from)
}

/** About `count` round values between the least and the greatest. */
export function ticks(values: readonly number[], count = 5): number[] {
  const low = Math.min(...values)
  const high = Math.max(...values)
  const rough = (high - low || 1) / count
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= rough)!
  const first = Math.ceil(low / step) * step
  return Array.from({ length: Math.floor((high - first) / step) + 1 }, (_, index) => first + index * step)
}

/** Vertical grid with money below it; zero is drawn in ink. */
export function moneyAxis(values: readonly number[], x: (value: number) => number, top: number, bottom: number): Shape[] {
  return ticks(values).flatMap((tick): Shape[] => [
    {
      kind: 'path',
      points: [
        [x(tick), top],
        [x(tick), bottom],
      ],
      stroke: tick === 0 ? 'muted' : 'line',
    },
    { kind: 'text', x: x(tick), y: bottom + 14, text: shortMoney(tick), size: 10, anchor: 'middle', fill: 'muted' },
  ])
}

/** Moves labels down until none lies on another; keeps their order. */
export function spreadApart(positions: readonly number[], distance: number): number[] {
  const result = [...positions]
  const order = positions.map((_, index) => index).sort((i, j) => positions[i]! - positions[j]!)
  for (const [place, index] of order.entries()) {
    if (place > 0) result[index] = Math.max(result[index]!, result[order[place - 1]!]! + distance)
  }
  return result
}
