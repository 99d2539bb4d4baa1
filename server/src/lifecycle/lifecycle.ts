import type { Database } from '../database/index.ts'
import {
  admitDeclaredStage,
  admitDeclaredStages,
  type DeclaredMoves,
  type FactReaders,
  findIntegration,
  type ReadinessFacts,
  readFacts,
  type StageInForce,
} from '../readiness/index.ts'
import type { StageGate } from '../runtime/index.ts'
import type { Workspace } from '../workspace/index.ts'

export interface LifecycleParts {
  database: Database
  /** The workspace as it is loaded now. */
  workspace(): Workspace
  /** What the other features know; what is left out is insufficient data. */
  readers?: FactReaders
  now?(): Date
}

/** The gates, enforced: the runtime binds nobody without having asked them. */
export interface Lifecycle extends StageGate {
  parts: LifecycleParts
  now(): Date
  /** Read afresh at each call. */
  facts(): Promise<ReadinessFacts>
  /**
   * The stage that an integration may act in. When its file declares another one, the gate is judged now; a refusal leaves
   * it where it was. @throws readiness.integration_unknown
   */
  stageInForce(integration: string): Promise<StageInForce>
  /** Judges the gates of all whose file declares another stage than they are in. @returns those that moved, and those that were refused */
  admitDeclared(): Promise<DeclaredMoves>
}

export function createLifecycle(parts: LifecycleParts): Lifecycle {
  const now = parts.now ?? (() => new Date())
  const facts = () => readFacts(parts.database.executor, parts.readers)
  const stageInForce = async (name: string): Promise<StageInForce> => {
    const workspace = parts.workspace()
    const integration = findIntegration(workspace, name)
    return admitDeclaredStage(parts.database, workspace, integration, async () => (await facts()).of(name), now())
  }
  return {
    parts,
    now,
    facts,
    stageInForce,
    admit: stageInForce,
    admitDeclared: () => admitDeclaredStages(parts.database, parts.workspace(), facts, now()),
  }
}
