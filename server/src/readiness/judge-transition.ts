import type { Day } from '../agreements/index.ts'
import type { BridgekeeperError } from '../errors/index.ts'
import type { Integration, Stage } from '../workspace/index.ts'
import type { CheckContext } from './check.ts'
import { checks } from './checks/index.ts'
import { errors } from './errors.ts'
import { findCheck } from './explain-check.ts'
import type { IntegrationFacts } from './facts.ts'
import { type CheckResult, judgeCheck } from './judge-check.ts'
import { beginJudgement, makeContext } from './make-context.ts'
import { gateReport } from './readiness-report.ts'
import type { ReadinessWorkspace } from './readiness-workspace.ts'
import { asks, mayMove, movesFrom, risingStages } from './stages.ts'
import { waiverStates } from './waivers.ts'

/** Whether an integration may enter a stage, and everything that stands in the way. */
export interface TransitionVerdict {
  from: Stage
  to: Stage
  allowed: boolean
  /** Set when it is no move at all, whatever the checks say: where it can go from here. */
  moves?: Stage[]
  /** Checks that refuse, in the order of the groups. */
  blockers: CheckResult[]
  /** Checks that are excused until a day, with the day. */
  waived: CheckResult[]
}

/**
 * Judges one move of an integration's life. Up the ladder the gate asks every check up to the new stage; a step back down
 * it asks only that no paying customer ends in a stage that may not have any; towards the end it asks the exit guard.
 * Staying where it is, is always allowed.
 */
export function judgeTransition(
  workspace: ReadinessWorkspace,
  integration: Integration,
  facts: IntegrationFacts,
  today: Day,
  from: Stage,
  to: Stage,
): TransitionVerdict {
  if (from === to) return { from, to, allowed: true, blockers: [], waived: [] }
  if (!mayMove(from, to)) return { from, to, allowed: false, moves: movesFrom(from), blockers: [], waived: [] }
  const back = risingStages.includes(from) && risingStages.indexOf(to) >= 0 && risingStages.indexOf(to) < risingStages.indexOf(from)
  const context = makeContext(beginJudgement(workspace, today), integration, facts, back ? to : from, to)
  const asked = checks.filter((check) => (back ? check === pilotLimits : asks(to, check.gate)))
  const waivers = waiverStates(context)
  const results = asked.flatMap((check) => judgeCheck(check, context, waivers))
  const { blockers } = back ? { blockers: results.filter(isRefusal) } : gateReport(to, results)
  const waived = results.filter((result) => result.status === 'waived')
  const payers = to === 'experimental' && !back ? whoPays(context) : []
  return { from, to, allowed: blockers.length + payers.length === 0, blockers: [...blockers, ...payers], waived }
}

/** Whether it may be written down that an integration which no gate has seen begins where its file says: not while customers pay for an experiment. */
export function judgeFirstSight(
  workspace: ReadinessWorkspace,
  integration: Integration,
  facts: IntegrationFacts,
  today: Day,
  stage: Stage,
): TransitionVerdict {
  const blockers = whoPays(makeContext(beginJudgement(workspace, today), integration, facts, stage))
  return { from: stage, to: stage, allowed: blockers.length === 0, blockers, waived: [] }
}

const pilotLimits = findCheck('pilot-limits')

/** Customers who are known to pay for what may have none; that nobody has counted them is for the gate to pilot to ask. */
const whoPays = (context: CheckContext): CheckResult[] => judgeCheck(pilotLimits, context, []).filter(({ status }) => status === 'failed')

const isRefusal = (result: CheckResult): boolean => !['passed', 'waived', 'not-applicable'].includes(result.status)

/** The same, as a guard: returns when the move is allowed. @throws readiness.no_such_move, readiness.gate_closed */
export function assertTransition(name: string, verdict: TransitionVerdict): void {
  if (!verdict.allowed) throw transitionError(name, verdict)
}

/** What a refused verdict says, and what to do about it. */
export function transitionError(name: string, { from, to, moves, blockers }: TransitionVerdict): BridgekeeperError {
  if (moves) return errors.no_such_move({ integration: name, from, to, moves })
  const reasons = blockers.map(({ check, side, says }) => `${check}${side ? ` (${side})` : ''}: ${says}`)
  return errors.gate_closed({ integration: name, to, count: blockers.length, reasons })
}
