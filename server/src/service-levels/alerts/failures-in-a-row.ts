import type { Counted } from '../count-tallies.ts'
import type { SlotTally } from '../tally.ts'

/** So many failures with nothing good between, where there are too few events for a ratio. */
export const failuresThatCount = 3

/**
 * The newest failures before anything good. Within one slot the order is not known: a slot with both ends the row, so that nobody is called for
 * what may have recovered.
 *
 * @param counted of one objective, newest slot first
 */
export function failuresInARow(counted: readonly Counted<SlotTally>[]): { failures: number; since: number | undefined } {
  let [failures, since]: [number, number | undefined] = [0, undefined]
  const slots = Map.groupBy(counted, ({ tally }) => tally.slotMs)
  for (const slotMs of [...slots.keys()].sort((a, b) => b - a)) {
    const slot = slots.get(slotMs)!
    if (slot.some(({ count }) => count === 'good')) break
    const bad = slot.filter(({ count }) => count === 'bad').reduce((sum, { tally }) => sum + tally.events, 0)
    if (bad > 0) [failures, since] = [failures + bad, slotMs]
  }
  return { failures, since }
}
