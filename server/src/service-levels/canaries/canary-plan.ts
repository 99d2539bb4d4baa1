import { comparableSeconds } from '../../agreements/index.ts'
import type { Integration, Workspace } from '../../workspace/index.ts'

type Scenario = Integration['spec']['scenarios'][number]

/** A canary that Bridgekeeper sends itself. */
export interface CanaryPlan {
  integration: Integration
  scenario: string
  canary: NonNullable<Scenario['canary']>
  /** Absent: only by hand. */
  everyMs?: number
  withinMs: number
}

/** Declared in the files, in their order. Those without a `canary` are somebody else's monitor's. */
export function canaryPlans(workspace: Workspace): CanaryPlan[] {
  return [...workspace.integrations.values()].flatMap((integration) =>
    integration.spec.scenarios.flatMap(({ name, canary, canaryEvery }) =>
      canary
        ? [
            {
              integration,
              scenario: name,
              canary,
              withinMs: comparableSeconds(canary.within) * 1000,
              ...(canaryEvery !== undefined && { everyMs: comparableSeconds(canaryEvery) * 1000 }),
            },
          ]
        : [],
    ),
  )
}

/** The payload with `{{id}}` and `{{now}}` filled in, at any depth. */
export function fillPayload<Value>(value: Value, values: { id: string; now: string }): Value {
  if (typeof value === 'string') return value.replaceAll('{{id}}', values.id).replaceAll('{{now}}', values.now) as Value
  if (Array.isArray(value)) return value.map((item) => fillPayload(item, values)) as Value
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, fillPayload(item, values)])) as Value
}
