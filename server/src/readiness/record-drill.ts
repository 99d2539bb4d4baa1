import type { Executor } from '../database/index.ts'
import type { Integration } from '../workspace/index.ts'
import { assertThere } from './attest.ts'
import { type CanaryReport, saveCanaryReport } from './canary-queries.ts'
import { insertDrill, type NewDrill } from './drill-queries.ts'
import { errors } from './errors.ts'
import { beginJudgement } from './make-context.ts'
import { organizationOf, type ReadinessWorkspace } from './readiness-workspace.ts'

/** Clocks of two machines differ; more than this is a mistake. */
const clockSkewMs = 60_000

/**
 * Records that a side was called on purpose, and whether a human answered. A person of any side may record it, also of the one
 * that was called, but nobody confirms their own answer.
 *
 * @returns id of the drill
 * @throws readiness.side_unknown, person_unknown, may_not_speak, drill_own_answer, not_yet
 */
export async function recordDrill(
  executor: Executor,
  workspace: ReadinessWorkspace,
  integration: Integration,
  drill: Omit<NewDrill, 'integration'>,
  now: Date,
): Promise<string> {
  const sides = integration.spec.sides.map(({ organization }) => organization)
  if (!sides.includes(drill.side)) throw errors.side_unknown({ found: drill.side, sides })
  assertThere(beginJudgement(workspace, now.toISOString().slice(0, 10)), drill.recordedBy)
  if (!sides.includes(organizationOf(drill.recordedBy))) throw errors.may_not_speak({ person: drill.recordedBy, side: sides.join(' or ') })
  if (drill.answer?.by === drill.recordedBy) throw errors.drill_own_answer({ person: drill.recordedBy })
  assertPast(new Date(drill.heldAt.getTime() + (drill.answer?.afterMs ?? 0)), now)
  return insertDrill(executor, { ...drill, integration: integration.metadata.name }, now)
}

/**
 * Records what a canary found. The name is that of a scenario in the integration's file.
 *
 * @throws readiness.scenario_unknown, not_yet
 */
export async function reportCanary(
  executor: Executor,
  integration: Integration,
  report: Omit<CanaryReport, 'integration'>,
  now: Date,
): Promise<'recorded' | 'older'> {
  const { name } = integration.metadata
  const known = integration.spec.scenarios.map((scenario) => scenario.name)
  if (!known.includes(report.scenario)) throw errors.scenario_unknown({ integration: name, found: report.scenario, known })
  assertPast(report.at, now)
  return saveCanaryReport(executor, { ...report, integration: name })
}

function assertPast(at: Date, now: Date): void {
  if (at.getTime() > now.getTime() + clockSkewMs) throw errors.not_yet({ found: at.toISOString() })
}
