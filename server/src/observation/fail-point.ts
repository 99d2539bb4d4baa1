const [wanted, nth = '1'] = (process.env.BRIDGEKEEPER_FAIL_POINT ?? '').split(':')
let left = Number(nth)

/**
 * A named place at which the crash tests end the process as a power cut would (`BRIDGEKEEPER_FAIL_POINT=name` or `name:3` for the third
 * passage). Without the variable it is one string comparison.
 */
export function failPoint(name: FailPoint): void {
  if (name !== wanted) return
  left -= 1
  if (left <= 0) process.kill(process.pid, 'SIGKILL')
}

/** All of them; the crash suite walks this list, so a new one is tested by being named here. */
export const failPoints = [
  'accept.before-commit',
  'accept.after-commit',
  'route.before-commit',
  'route.after-commit',
  'claim.after-fetch',
  'claim.after-claim',
  'step.before-effect',
  'step.after-effect',
  'journal.before-commit',
  'journal.after-commit',
  'poll.before-advance',
  'schedule.before-commit',
  'schedule.after-commit',
] as const

/** Where organizations are told something; walked by the crash test of notices. */
export const tellingFailPoints = ['notices.before-commit', 'notices.after-commit', 'notify.after-claim', 'notify.after-send'] as const

/** Those of a poll of a contract, which has a crash suite of its own. */
export const pollFailPoints = ['poll.after-claim', 'poll.after-fetch', 'poll.before-commit', 'poll.after-commit'] as const

/** Those of counting service levels and of the alerts about them. */
export const countingFailPoints = ['count.before-commit', 'count.after-commit', 'budgets.before-commit', 'budgets.after-commit'] as const

/** Between the end of an outage and the runs that have waited for it; walked by the crash test of circuits. */
export const circuitFailPoints = ['circuit.after-close', 'release.before-commit', 'release.after-commit'] as const

export type FailPoint = (
  | typeof failPoints
  | typeof tellingFailPoints
  | typeof pollFailPoints
  | typeof countingFailPoints
  | typeof circuitFailPoints
)[number]
