import type { Database } from '../database/index.ts'
import {
  admitDeclaredStage,
  admitDeclaredStages,
  type FactReaders,
  findIntegration,
  mayBindInstance,
  type ReadinessFacts,
  readFacts,
  type StageInForce,
} from '../readiness/index.ts'
import type { Workspace } from '../workspace/index.ts'

export interface LifecycleParts {
  database: Database
  /** The workspace as it is loaded now. */
  workspace(): Workspace
  /** What the other features know; what is left out is insufficient data. */
  readers?: FactReaders
  /** Instances of an integration that are not removed. */
  countInstances(integration: string): Promise<number>
  now?(): Date
}

/** The gates, enforced: what the runtime and the API ask before they do something that a stage may forbid. */
export interface Lifecycle {
  parts: LifecycleParts
  now(): Date
  /** Read afresh at each call. */
  facts(): Promise<ReadinessFacts>
  /**
   * The stage that an integration may act in. When its file declares another one, the gate is judged now; a refusal leaves
   * it where it was. @throws readiness.integration_unknown
   */
  stageInForce(integration: string): Promise<StageInForce>
  /** Judges the gates of all whose file declares another stage than they are in. @returns those that moved */
  admitDeclared(): Promise<string[]>
  /**
   * Resolves when a customer may be given an instance, or may begin to pay for one. Must be awaited.
   *
   * @throws readiness.paying_customer_refused, too_many_instances, no_new_instances, not_built, integration_unknown
   */
  mayBind(integration: string, instance: { customer: string; paying: boolean }): Promise<void>
}

export function createLifecycle(parts: LifecycleParts): Lifecycle {
  const now = parts.now ?? (() => new Date())
  const facts = () => readFacts(parts.database.executor, parts.readers)
  const stageInForce = async (name: string): Promise<StageInForce> => {
    const workspace = parts.workspace()
    const integration = findIntegration(workspace, name)
    return admitDeclaredStage(parts.database, workspace, integration, (await facts()).of(name), now())
  }
  return {
    parts,
    now,
    facts,
    stageInForce,
    async admitDeclared() {
      const known = await facts()
      return admitDeclaredStages(parts.database, parts.workspace(), known.of, now())
    },
    async mayBind(name, { customer, paying }) {
      const [{ stage }, instances] = await Promise.all([stageInForce(name), parts.countInstances(name)])
      const verdict = mayBindInstance({ name, stage, instances }, { name: customer, paying })
      if (!verdict.allowed) throw verdict.error
    },
  }
}
