export { clientName, DefinitionError } from './check-definition.ts'
export type { Answered, Client, Method } from './client.ts'
export type {
  Clients,
  Cursor,
  DeliveryFacts,
  Emission,
  EveryContext,
  Facts,
  InstanceFacts,
  Log,
  OnContext,
  RunTools,
  SweepContext,
} from './context.ts'
export type { Demo, DemoDelivery, DemoInstance } from './demo.ts'
export * from './failures.ts'
export {
  type BeforeRun,
  type EveryDefinition,
  type EveryFlow,
  every,
  type Flow,
  type LaneKey,
  type OnDefinition,
  type OnFlow,
  on,
  type PoisonPolicy,
  type SweepDefinition,
  sweep,
} from './flow.ts'
export { defineIntegration, type FactsOf, type Integration, type Product, type ToolsOf } from './integration.ts'
export { type AnyMapping, type Mapping, type MappingInput, type MappingResult, mapping } from './mapping.ts'
export { type BodyShape, definePlatform, type Platform, type Trigger } from './platform.ts'
export type { OutputOf, StandardIssue, StandardResult, StandardSchema } from './standard-schema.ts'
export { timeBefore } from './time.ts'
