const isoDuration = /^P(?=.)(?:(\d+)W|(?:(\d+)D)?(?:T(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?)$/
const unitsMs = [7 * 86_400_000, 86_400_000, 3_600_000, 60_000, 1_000]

/** @returns milliseconds of an ISO 8601 duration in whole weeks, days (of 24 hours), hours, minutes and seconds; undefined for anything else */
export function readDurationMs(duration: string): number | undefined {
  const parts = isoDuration.exec(duration)?.slice(1)
  return parts?.reduce((sum, digits, at) => sum + Number(digits ?? 0) * unitsMs[at]!, 0)
}

/**
 * The moment that lies `duration` before `time`, as for a first cursor: `initialCursor: ({ now }) => timeBefore(now, 'PT1H')`.
 *
 * @param time     RFC 3339
 * @param duration ISO 8601 in weeks, days, hours, minutes, seconds: `PT5M`, `P1DT12H`
 * @returns        RFC 3339 in UTC
 * @throws         RangeError when either is something else
 */
export function timeBefore(time: string, duration: string): string {
  const at = Date.parse(time)
  const ms = readDurationMs(duration)
  if (Number.isNaN(at)) throw new RangeError(`timeBefore: expected a time such as 2026-01-31T12:00:00Z, found ${JSON.stringify(time)}`)
  if (ms === undefined) throw new RangeError(`timeBefore: expected a duration such as PT5M, found ${JSON.stringify(duration)}`)
  return new Date(at - ms).toISOString()
}
