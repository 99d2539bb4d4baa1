export {
  admitDeclaredStage,
  admitDeclaredStages,
  adoptStage,
  type DeclaredMoves,
  firstStage,
  readStages,
  type StageInForce,
} from './admit-stage.ts'
export { type AttestRequest, attest, findIntegration } from './attest.ts'
export { badgeWords, readinessBadge } from './badge.ts'
export { type BindableIntegration, type BindVerdict, mayBeginToPay, mayBindInstance, mayContinue } from './bind-instance.ts'
export { type Canary, listCanaries, listCanariesOf, readCanaryFacts } from './canary-queries.ts'
export type { Check, CheckGroup } from './check.ts'
export { contactsOf } from './checks/contacts.ts'
export { checks } from './checks/index.ts'
export { listDrills, readDrillFacts } from './drill-queries.ts'
export { errors as readinessErrors } from './errors.ts'
export type { EvidenceKind } from './evidence.ts'
export { allChecks, explainCheck, findCheck, listChecks } from './explain-check.ts'
export type { Exposure } from './exposure.ts'
export { type IntegrationFacts, noFacts, type ReadinessFacts } from './facts.ts'
export { holdStage, isStageGuarded } from './hold-stage.ts'
export { type CheckResult, type CheckStatus, opens } from './judge-check.ts'
export { assertTransition, judgeTransition, type TransitionVerdict } from './judge-transition.ts'
export { openGaps } from './known-gaps.ts'
export { type JudgedProgram, listProgramEntries } from './list-entries.ts'
export { beginJudgement, type Judgement } from './make-context.ts'
export { type UnattendedSide, unattendedSides } from './one-sided.ts'
export { markdownCell, readinessMarkdown } from './print-markdown.ts'
export { alignColumns, readinessDetail, readinessTable } from './print-table.ts'
export { type FactReaders, readFacts } from './read-facts.ts'
export { assessIntegration, assessReadiness, type GateReport, type ReadinessReport, type SideReport } from './readiness-report.ts'
export { isThere, peopleOf, type ReadinessWorkspace } from './readiness-workspace.ts'
export { recordDrill, reportCanary } from './record-drill.ts'
export { type Relationship, relationships } from './relationship.ts'
export { anchorsOf, holdersOf } from './roster.ts'
export { reviewGap, type SignRequest, signWaiver } from './sign-waiver.ts'
export { namesAvailability, stageObjectiveName, stageObjectivePpm } from './stage-objective.ts'
export type { Standing } from './standing.ts'
export type { WaiverState } from './waivers.ts'
export { windDownFaults } from './wind-down.ts'
