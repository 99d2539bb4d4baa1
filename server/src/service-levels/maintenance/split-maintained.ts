import type { Tally } from '../tally.ts'

/**
 * Days with what happened during excused maintenance apart, so that it can be judged apart. Nothing is added or lost.
 *
 * @param maintained parts of what is in `tallies`, with who maintained
 */
export function splitMaintained(tallies: readonly Tally[], maintained: readonly Tally[]): Tally[] {
  if (maintained.length === 0) return [...tallies]
  const parts = Map.groupBy(maintained, keyOf)
  return tallies.flatMap((tally) => {
    let left = tally.events
    const apart = (parts.get(keyOf(tally)) ?? []).map((part) => {
      const events = Math.min(part.events, left)
      left -= events
      return { ...tally, events, maintainedBy: part.maintainedBy! }
    })
    return [...apart, { ...tally, events: left }].filter(({ events }) => events > 0)
  })
}

const keyOf = ({ integration, day, flow, measure, platform, mark }: Tally): string =>
  JSON.stringify([integration, day, flow, measure, platform, mark])
