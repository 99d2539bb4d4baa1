import type { Effect, MeterCount, RunReport, TestBridge } from './bridge.ts'
import { missingFrom, signaturesOf } from './signature.ts'

/** What a bridge did, as far as a test looks at it. */
export interface Outcome {
  effects: readonly Effect[]
  meters: readonly MeterCount[]
  runs: readonly RunReport[]
  /** Origins in the order of their first arrival. */
  origins: readonly string[]
}

/** An integration that does not hold under a disturbance. `problems` lists everything found. */
export class ConformanceError extends Error {
  readonly problems: readonly string[]

  constructor(disturbance: string, problems: readonly string[], hint: string) {
    super(`${disturbance}:\n${problems.map((problem) => `  - ${problem}`).join('\n')}\n${hint}`)
    this.name = 'ConformanceError'
    this.problems = problems
  }
}

export async function observe(bridge: TestBridge, origins: readonly string[]): Promise<Outcome> {
  const [effects, meters, runs] = await Promise.all([bridge.effects(), bridge.meters(), bridge.runs()])
  return { effects, meters, runs, origins: [...new Set(origins)] }
}

/** What must hold whatever happened: nothing stuck, nothing wrong in the code, lanes in order. */
export function soundnessProblems({ effects, runs, origins }: Outcome): string[] {
  const stuck = runs
    .filter(({ state }) => state === 'waiting')
    .map(({ id, flow }) => `run ${id} of ${flow} is stuck: it waits, and nothing will happen that it waits for`)
  const parked = runs
    .filter(({ state }) => state === 'parked')
    .map(({ id, flow, failure }) => `run ${id} of ${flow} is parked: ${failure?.kind ?? 'no kind'}: ${failure?.message ?? 'no reason'}`)
  return [...stuck, ...parked, ...laneProblems(effects, origins)]
}

/**
 * What to do about an undisturbed scenario that does not hold, by its cause: a parked run has passed the filters, and what it did not do is
 * no matter of theirs.
 */
export function hintOfCalm(outcome: Outcome): string {
  if (outcome.runs.some(({ state }) => state === 'parked')) return parkedInWords(outcome)
  if (outcome.runs.some(({ state }) => state === 'waiting')) return 'Look at what the flow waits for: nothing in the scenario brings it.'
  if (outcome.effects.length > 0) return 'Look at the lanes of the flows: events whose order matters need the same lane.'
  return 'Look at the filters of the flows, the settings of the test and the seed of the sandboxes.'
}

function parkedInWords({ runs }: Outcome): string {
  const parked = runs.filter(({ state }) => state === 'parked')
  const causes = Map.groupBy(parked, ({ flow, failure }) => `${flow}: ${failure?.kind ?? 'no kind'}: ${failure?.message ?? 'no reason'}`)
  const listed = [...causes].map(
    ([cause, { length }]) => `${length} of ${runs.length} ${runs.length === 1 ? 'run' : 'runs'} parked in ${cause}`,
  )
  return `${listed.join('\n')}\nTheir events passed the filters: mend that first; effects that are missing follow from it.`
}

/** Within a lane, effects happen in the order in which their causes arrived. */
function laneProblems(effects: readonly Effect[], origins: readonly string[]): string[] {
  const last = new Map<string, Effect>()
  return effects.flatMap((effect) => {
    const before = last.get(effect.lane)
    last.set(effect.lane, effect)
    // What a poll emitted has an origin of its own, whose place among the arrivals nobody knows.
    const [earlier, later] = [origins.indexOf(before?.origin ?? ''), origins.indexOf(effect.origin)]
    const overtook = before && earlier !== -1 && later !== -1 && earlier > later
    return overtook
      ? [
          `lane ${effect.lane}: ${effect.method} ${effect.path} of ${effect.origin} came after that of ${before.origin}, which arrived later`,
        ]
      : []
  })
}

/** What must be the same as in the undisturbed run: every effect once, every meter once. */
export function differenceProblems(found: Outcome, expected: Outcome): string[] {
  const [foundEffects, expectedEffects] = [signaturesOf(found.effects), signaturesOf(expected.effects)]
  const [foundMeters, expectedMeters] = [totals(found.meters), totals(expected.meters)]
  const meters = [...new Set([...Object.keys(foundMeters), ...Object.keys(expectedMeters)])]
  return [
    ...missingFrom(foundEffects, expectedEffects).map((effect) => `lost: ${effect}`),
    ...missingFrom(expectedEffects, foundEffects).map(
      (effect) => `${expectedEffects.includes(effect) ? 'happened twice' : 'should not have happened'}: ${effect}`,
    ),
    ...meters
      .filter((meter) => foundMeters[meter] !== expectedMeters[meter])
      .map((meter) => `meter ${meter}: expected ${expectedMeters[meter] ?? 0}, found ${foundMeters[meter] ?? 0}`),
  ]
}

function totals(meters: readonly MeterCount[]): Record<string, number> {
  const sums: Record<string, number> = {}
  for (const { meter, quantity } of meters) sums[meter] = (sums[meter] ?? 0) + quantity
  return sums
}
