/** One pair of windows: both must burn at least so fast. */
export interface BurnTier {
  /** How many times faster than would use up the budget exactly at the end of the period. */
  burn: number
  longMs: number
  shortMs: number
  severity: 'page' | 'ticket'
}

const minuteMs = 60_000
const hourMs = 60 * minuteMs
/** Period for which the windows are written; longer and shorter periods scale them. */
const writtenForDays = 28

/** SRE workbook, "Alerting on SLOs", multiwindow multi-burn-rate. */
export const usualTiers: readonly BurnTier[] = [
  { burn: 14.4, longMs: hourMs, shortMs: 5 * minuteMs, severity: 'page' },
  { burn: 6, longMs: 6 * hourMs, shortMs: 30 * minuteMs, severity: 'page' },
  { burn: 3, longMs: 24 * hourMs, shortMs: 2 * hourMs, severity: 'ticket' },
  { burn: 1, longMs: 72 * hourMs, shortMs: 6 * hourMs, severity: 'ticket' },
]

export function tiersFor(periodDays: number, tiers: readonly BurnTier[] = usualTiers): BurnTier[] {
  const factor = periodDays / writtenForDays
  return tiers.map((tier) => ({ ...tier, longMs: tier.longMs * factor, shortMs: tier.shortMs * factor }))
}

/** Even if everything fails, a budget burns only 1 / (1 − target) times too fast: a tier above that would be a promise to nobody. */
export const canFire = (burn: number, targetPpm: number): boolean => burn * (1_000_000 - targetPpm) <= 1_000_000

/** So many events are needed in a window before a ratio says more than chance: about three bad ones are then expected at this burn. */
export const minimumEvents = (burn: number, targetPpm: number): number =>
  targetPpm >= 1_000_000 ? Number.POSITIVE_INFINITY : Math.ceil((3 * 1_000_000) / (burn * (1_000_000 - targetPpm)))

/** Good and bad events within a length of time before now. */
export type CountWithin = (lengthMs: number) => { events: number; bad: number }

export interface BurnState {
  tier: BurnTier
  state: 'firing' | 'quiet' | 'insufficient-data' | 'can-not-fire'
  neededEvents: number
  /** Events in the long window. */
  events: number
  /** Of the long window; absent without events. */
  burn?: number
}

/** AND inside a pair, OR across pairs. The minimum is asked of the long window: the short one only tells whether it still burns. */
export function judgeBurn(targetPpm: number, periodDays: number, within: CountWithin, tiers = tiersFor(periodDays)): BurnState[] {
  return tiers.map((tier) => {
    const long = within(tier.longMs)
    const burn = burnOf(long, targetPpm)
    const neededEvents = minimumEvents(tier.burn, targetPpm)
    const told = { tier, neededEvents, events: long.events, ...(burn !== undefined && { burn }) }
    if (!canFire(tier.burn, targetPpm)) return { ...told, state: 'can-not-fire' }
    if (long.events < neededEvents) return { ...told, state: 'insufficient-data' }
    if (burn! < tier.burn) return { ...told, state: 'quiet' }
    const short = burnOf(within(tier.shortMs), targetPpm)
    // It burned, and then nothing came any more: who has stopped sending has seen no recovery.
    if (short === undefined) return { ...told, state: 'insufficient-data' }
    return { ...told, state: short >= tier.burn ? 'firing' : 'quiet' }
  })
}

function burnOf({ events, bad }: { events: number; bad: number }, targetPpm: number): number | undefined {
  return events === 0 ? undefined : (bad * 1_000_000) / (events * (1_000_000 - targetPpm))
}
