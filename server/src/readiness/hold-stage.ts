import { sql } from 'kysely'
import type { Transaction } from '../database/index.ts'
import type { Stage } from '../workspace/index.ts'

/**
 * Keeps the stage of an integration as it is until the transaction ends: nobody else moves it, and nobody else binds a customer. Before any
 * lock on a row of an instance, or two that bind wait for each other.
 *
 * @returns the stage that the gates have let it into; undefined when they have not seen it yet
 */
export async function holdStage(tx: Transaction, integration: string): Promise<Stage | undefined> {
  await sql`
    -- readiness.holdStage
    select hold_stage(${integration})`.execute(tx)
  // A statement of its own: what was committed while the lock was waited for is seen only by the next one.
  const { rows } = await sql<{ stage: Stage }>`
    -- readiness.readHeldStage
    select stage from stage_admission where integration = ${integration} order by position desc limit 1`.execute(tx)
  return rows[0]?.stage
}

/** Whether the database itself refused: what a program judged is no longer so. Migration 0810 says when. */
export const isStageGuarded = (error: unknown): boolean => (error as { code?: string } | undefined)?.code === 'BK001'
