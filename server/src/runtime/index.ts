export type { StageGate } from './ask-stage.ts'
export { checkBindings } from './check-bindings.ts'
export type { InvariantReport } from './check-invariants.ts'
export { checkSweeps } from './check-sweeps.ts'
export { connectedInstances } from './connected-instances.ts'
export type { CustomerFacts, CustomerFactsChange } from './customer-facts.ts'
export { customisationRoutes } from './customisation-routes.ts'
export type { RetryPolicy, RunFailure } from './decide.ts'
export type { DryRun } from './dry-run.ts'
export { effectId } from './effect-id.ts'
export type { Execution } from './execute-run.ts'
export { inspectInvariants, type Violations } from './inspect-invariants.ts'
export { type InstanceRouteParts, instanceRoutes } from './instance-routes.ts'
export {
  type ConnectionOwner,
  changeInstance,
  createInstance,
  getInstance,
  type Instance,
  type InstanceChange,
  type InstanceFilter,
  type InstanceParts,
  type InstanceState,
  listInstances,
  type NewInstance,
  rollBackInstance,
  setInstanceState,
  tellCustomerFacts,
} from './instances.ts'
export { compareVersions, createIntegrations, type Integrations } from './integrations.ts'
export { applyMapping, compileMapping } from './mapping.ts'
export type { Outage, RunWithOutage } from './outages.ts'
export type { FlowAnswer, FlowCall } from './platform-client.ts'
export { type Revenue, readRevenue } from './read-revenue.ts'
export { readInstanceFacts, readOperationFacts, readRunFacts } from './readiness-facts.ts'
export { countWaiting, listWaitedFor } from './release-runs.ts'
export type { VersionChoice } from './resume-runs.ts'
export { oldestNeeded, pruneHistory } from './retention.ts'
export { type RunRouteParts, runRoutes } from './routes.ts'
export type { DeliveryOutcome, DeliveryStore, Emission, RoutedDelivery, StoredDelivery } from './run.ts'
export {
  getRun,
  type LanePlace,
  listAwaitedConnections,
  listParkedGroups,
  listRunSteps,
  listRuns,
  type ParkedGroup,
  type RunFilter,
  type RunSummary,
  type StepSummary,
} from './run-listing.ts'
export { type Runtime, type RuntimeOptions, type RuntimeParts, startRuntime } from './runtime.ts'
export { dropSweepsBefore, listSweeps } from './sweep-queries.ts'
export { sweepRoutes } from './sweep-routes.ts'
