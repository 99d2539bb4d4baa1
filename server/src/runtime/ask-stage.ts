import { sql } from 'kysely'
import type { Transaction } from '../database/index.ts'
import { type BindVerdict, holdStage, mayBeginToPay, mayBindInstance, mayContinue, type StageInForce } from '../readiness/index.ts'
import type { Instance, NewInstance } from './instances.ts'

/**
 * Judges the gates on the files and on what the running system has observed; handed over where the program is put together. It can let an
 * integration in; what is then in force, the runtime reads for itself under a lock, so that no caller can talk a customer in.
 */
export interface StageGate {
  /**
   * Lets an integration into the stage that its file declares, where that gate opens now.
   *
   * @throws readiness.integration_unknown when no file tells of it: nothing is bound then
   */
  admit(integration: string): Promise<StageInForce>
}

type Customer = Pick<Instance, 'id' | 'integration' | 'customer'>

const insist = (verdict: BindVerdict): void => {
  if (!verdict.allowed) throw verdict.error
}

/**
 * The first statement of a transaction that binds a customer: nobody moves the stage until it ends.
 *
 * @param admitted what the gate said before the transaction: judging reads much, and is done outside of it
 * @throws readiness.paying_customer_refused, too_many_instances, no_new_instances, not_built
 */
export async function mustTakeCustomer(tx: Transaction, admitted: StageInForce, wanted: NewInstance): Promise<void> {
  const { integration: name, customer, paying = false, synthetic = false } = wanted
  const held = await stageNow(tx, name, admitted)
  // A canary belongs to no customer and takes no place of one.
  const instances = synthetic ? 0 : await countInstances(tx, name)
  insist(mayBindInstance({ name, ...held, instances }, { name: customer, paying }))
}

/**
 * The same for one who has an instance and begins to pay; who pays already may go on.
 *
 * @throws readiness.paying_customer_refused, no_new_payer
 */
export async function mustTakePayment(
  tx: Transaction,
  admitted: StageInForce,
  { id, integration: name, customer }: Customer,
): Promise<void> {
  const verdict = mayBeginToPay({ name, ...(await stageNow(tx, name, admitted)) }, customer)
  if (!verdict.allowed && !(await isPaying(tx, id))) throw verdict.error
}

/** The same for a change of what exists; asks no gate, since it makes nobody a customer. @throws readiness.retired */
export async function mustContinue(tx: Transaction, { integration: name, customer }: Customer): Promise<void> {
  insist(mayContinue({ name, stage: (await holdStage(tx, name)) ?? 'experimental' }, customer))
}

/** What no gate has let in is an experiment at most, whatever the one who asks was told. */
async function stageNow(tx: Transaction, name: string, { stage, declared, refusal }: StageInForce) {
  const held = (await holdStage(tx, name)) ?? (stage === 'proposed' ? 'proposed' : 'experimental')
  return { stage: held, declared, ...(refusal && { refusal }) }
}

async function isPaying(tx: Transaction, id: string): Promise<boolean> {
  const { rows } = await sql<{ paying: boolean }>`
    -- runtime.isPaying
    select paying from instance where id = ${id}`.execute(tx)
  return rows[0]?.paying ?? false
}

async function countInstances(tx: Transaction, integration: string): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    -- runtime.countInstances
    select count(*)::int as count from instance where integration = ${integration} and state <> 'removed' and not synthetic`.execute(tx)
  return rows[0]!.count
}
