import type { Day } from '../agreements/index.ts'

/** record: mismatches of both sides' records, by kind. run, call: by reason. handling: received to end, lag: occurred to effect, call-time: by upper bound. */
export type Measure = 'run' | 'call' | 'handling' | 'lag' | 'call-time' | 'record'

/** What happened to an integration on one day, over all its instances. */
export interface Tally {
  integration: string
  day: Day
  flow: string
  measure: Measure
  /** Empty: none. */
  platform: string
  /** A reason, or an upper bound in milliseconds. */
  mark: string
  events: number
  /** Instances to which it happened. */
  instances: number
  example: string | null
  /** The side in whose excused maintenance it happened. */
  maintainedBy?: string | null
}

/** The same within five minutes. */
export interface SlotTally extends Omit<Tally, 'day'> {
  slotMs: number
}

/** The same of a stretch of time before now. */
export interface RecentTally extends Omit<Tally, 'day'> {
  /** The shortest of the lengths asked for within which it lies. */
  withinMs: number
}
