import type { Day } from '../agreements/index.ts'
import type { Duty, Integration, Role, Stage } from '../workspace/index.ts'
import type { CheckContext } from './check.ts'
import { checks } from './checks/index.ts'
import { type Exposure, exposureOf } from './exposure.ts'
import type { IntegrationFacts, ReadinessFacts } from './facts.ts'
import { type CheckResult, judgeCheck, opens } from './judge-check.ts'
import { type OpenGap, openGaps } from './known-gaps.ts'
import { beginJudgement, type Judgement, makeContext } from './make-context.ts'
import type { ReadinessWorkspace } from './readiness-workspace.ts'
import { anchorsOf, busFactor, missingAnchors, pushesOf, vacanciesOf } from './roster.ts'
import { asks, nextStage, sameLadder } from './stages.ts'
import { type Standing, standingOf } from './standing.ts'
import { type WaiverState, waiverStates } from './waivers.ts'

/** One side of an integration. An empty list says that nothing is missing; it never means that nobody looked. */
export interface SideReport {
  organization: string
  bringsPlatform: boolean
  /** Roles owed at the stage that nobody who is there holds. */
  vacancies: Role[]
  /** Critical duties owed that nobody who is there answers for. Any of them makes the bridge one-sided. */
  missingAnchors: Duty[]
  busFactor: number | undefined
  pushes: number
  standing: Standing
}

export interface GateReport {
  stage: Stage
  open: boolean
  asked: number
  met: number
  blockers: CheckResult[]
}

export interface ReadinessReport {
  integration: string
  title: string
  /** Where it stands: as admitted by the gates, or, while nobody has admitted it, as its file says. */
  stage: Stage
  declaredStage: Stage
  admitted: 'gate' | 'adopted' | 'never'
  asOf: Day
  sides: SideReport[]
  oneSided: boolean
  /** May it stay where it is? */
  stay: GateReport
  /** May it grow? Absent at the top and on the way down. */
  next?: GateReport
  results: CheckResult[]
  waivers: WaiverState[]
  knownGaps: OpenGap[]
  /** Undefined: nobody has counted. */
  exposure: Exposure | undefined
}

/**
 * Judges every integration of a workspace on one day. Pure: the same files, facts and day give the same reports.
 *
 * @returns in the order of names
 */
export function assessReadiness(workspace: ReadinessWorkspace, facts: ReadinessFacts, today: Day): ReadinessReport[] {
  const judgement = beginJudgement(workspace, today)
  return [...workspace.integrations.values()].map((integration) =>
    assessIntegration(judgement, integration, facts.of(integration.metadata.name)),
  )
}

export function assessIntegration(judgement: Judgement, integration: Integration, facts: IntegrationFacts): ReadinessReport {
  const context = makeContext(judgement, integration, facts)
  const waivers = waiverStates(context)
  const asked = checks.filter((check) => sameLadder(check.gate, context.stage))
  const results = asked.flatMap((check) => judgeCheck(check, context, waivers))
  const sides = integration.spec.sides.map((side) => sideReport(side, context))
  const next = nextStage(context.stage)
  return {
    integration: integration.metadata.name,
    title: integration.metadata.title ?? integration.metadata.name,
    stage: context.stage,
    declaredStage: integration.spec.stage,
    admitted: facts.admission?.how ?? 'never',
    asOf: context.today,
    sides,
    oneSided: sides.some((side) => side.missingAnchors.length > 0),
    stay: gateReport(context.stage, results),
    ...(next && { next: gateReport(next, towardsNext(context, next, results, waivers)) }),
    results,
    waivers,
    knownGaps: openGaps(context),
    exposure: exposureOf(facts),
  }
}

/** Some checks ask more of a later stage; the others are answered already. */
function towardsNext(
  context: CheckContext,
  towards: Stage,
  results: readonly CheckResult[],
  waivers: readonly WaiverState[],
): CheckResult[] {
  return results.flatMap((result) => {
    const check = checks.find(({ id, demands }) => id === result.check && demands)
    return check ? judgeCheck(check, { ...context, towards }, waivers).filter(({ side }) => side === result.side) : [result]
  })
}

/** What the gate of one stage says to a list of answers. */
export function gateReport(stage: Stage, results: readonly CheckResult[]): GateReport {
  const asked = results.filter((result) => asks(stage, result.gate) && result.status !== 'not-applicable')
  const blockers = asked.filter((result) => !opens(result.status))
  return { stage, open: blockers.length === 0, asked: asked.length, met: asked.length - blockers.length, blockers }
}

function sideReport(side: Integration['spec']['sides'][number], context: CheckContext): SideReport {
  const { integration, people, today, stage } = context
  return {
    organization: side.organization,
    bringsPlatform: side.platforms.length > 0,
    vacancies: vacanciesOf(side, stage, people, today),
    missingAnchors: missingAnchors(integration, side, people, today),
    busFactor: busFactor(integration, side, people, today),
    pushes: pushesOf(integration, side.organization),
    standing: standingOf(side, context),
  }
}

/** Who answers for a duty on each side, by organization; an empty list is a vacancy. For pages and sheets. */
export function anchorsBySide(judgement: Judgement, integration: Integration, duty: Duty): Map<string, string[]> {
  return new Map(integration.spec.sides.map((side) => [side.organization, anchorsOf(side, duty, judgement.people, judgement.today)]))
}
