/** ok: looked at and in order. warning: works, but look at it. bad: does not work or is not safe. unknown: could not be looked at. */
export type FindingState = 'ok' | 'warning' | 'bad' | 'unknown'

export interface Finding {
  check: string
  state: FindingState
  found: string
  /** What to do; empty where all is in order. */
  fix: string
}

export const ok = (check: string, found: string): Finding => ({ check, state: 'ok', found, fix: '' })
export const warning = (check: string, found: string, fix: string): Finding => ({ check, state: 'warning', found, fix })
export const bad = (check: string, found: string, fix: string): Finding => ({ check, state: 'bad', found, fix })
export const unknown = (check: string, found: string, fix: string): Finding => ({ check, state: 'unknown', found, fix })

export const counted = (count: number, thing: string): string => `${count} ${thing}${count === 1 ? '' : 's'}`
