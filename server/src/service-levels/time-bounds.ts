const second = 1000
const minute = 60 * second
const hour = 60 * minute

/** Upper bounds in milliseconds into which times are sorted when they are counted; chosen to meet the thresholds that people write. */
export const timeBoundsMs: readonly number[] = [
  ...[50, 100, 200, 300, 500, 750],
  ...[1, 1.5, 2, 3, 5, 7.5, 10, 15, 20, 30, 45].map((count) => count * second),
  ...[1, 1.5, 2, 3, 5, 7.5, 10, 15, 20, 30, 45].map((count) => count * minute),
  ...[1, 1.5, 2, 3, 4, 6, 8, 12, 24, 48, 72, 168].map((count) => count * hour),
]
/** Later than the last bound. */
export const beyond = 'beyond'

/** The bound under which a time is counted. A clock that runs ahead makes negative times: they count as none. */
export function boundOf(ms: number): string {
  const bound = timeBoundsMs.find((candidate) => ms <= candidate)
  return bound === undefined ? beyond : String(bound)
}

/** Whether everything under this bound is within the threshold. A threshold between two bounds is judged by the lower: never too kindly. */
export const isWithin = (bound: string, thresholdMs: number): boolean => bound !== beyond && Number(bound) <= thresholdMs

/**
 * The bound below which a share of events lies.
 *
 * @param counts bound → events
 * @returns undefined without events; `beyond` when it lies behind the last bound
 */
export function percentile(counts: ReadonlyMap<string, number>, share: number): number | typeof beyond | undefined {
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0)
  if (total === 0) return undefined
  let seen = 0
  for (const bound of timeBoundsMs) {
    seen += counts.get(String(bound)) ?? 0
    if (seen >= total * share) return bound
  }
  return beyond
}
