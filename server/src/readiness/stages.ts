import type { Stage } from '../workspace/index.ts'

/** Up this ladder each stage asks for its own checks and all below. */
export const risingStages: readonly Stage[] = ['proposed', 'experimental', 'pilot', 'beta', 'ga']
/** Down this ladder an integration ends; its checks are about customers, not about growth. */
export const fallingStages: readonly Stage[] = ['deprecated', 'sunset', 'retired']

/** Stages from which each stage can be entered. What is missing here is no move at all, whatever the checks say. */
const enteredFrom: Readonly<Record<Stage, readonly Stage[]>> = {
  proposed: [],
  experimental: ['proposed', 'pilot'],
  pilot: ['proposed', 'experimental', 'beta'],
  beta: ['proposed', 'experimental', 'pilot', 'ga', 'deprecated'],
  ga: ['proposed', 'experimental', 'pilot', 'beta', 'deprecated'],
  deprecated: ['pilot', 'beta', 'ga', 'sunset'],
  sunset: ['deprecated'],
  retired: ['proposed', 'experimental', 'pilot', 'sunset'],
}

export function mayMove(from: Stage, to: Stage): boolean {
  return enteredFrom[to].includes(from)
}

/** Stages that can follow one, in the order of life. */
export function movesFrom(from: Stage): Stage[] {
  return [...risingStages, ...fallingStages].filter((to) => mayMove(from, to))
}

/** Whether the gate of `stage` asks a check that stands before `gate`. Cumulative inside a ladder. */
export function asks(stage: Stage, gate: Stage): boolean {
  const ladder = risingStages.includes(stage) ? risingStages : fallingStages
  return ladder.includes(gate) && ladder.indexOf(gate) <= ladder.indexOf(stage)
}

/** Whether two stages lie both on the way up, or both on the way down. */
export function sameLadder(one: Stage, other: Stage): boolean {
  return risingStages.includes(one) === risingStages.includes(other)
}

/** The stage that an integration grows into next; undefined at the top and on the way down. */
export function nextStage(stage: Stage): Stage | undefined {
  return risingStages.includes(stage) ? risingStages[risingStages.indexOf(stage) + 1] : undefined
}
