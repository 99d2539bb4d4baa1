import { sql } from 'kysely'
import { type Transaction, uuidv7 } from '../database/index.ts'

/** Leaves deliveries to routing, in the transaction that stores them: neither is there without the other. */
export async function addDeliveryBatch(tx: Transaction, deliveryIds: readonly string[]): Promise<void> {
  await sql`
    -- runtime.addDeliveryBatch
    insert into delivery_batch (id, delivery_ids) values (${uuidv7()}::uuid, ${[...deliveryIds]}::uuid[])`.execute(tx)
}

/**
 * Takes the next batches inside `tx`: a rollback puts them back. Call under the lock of routing, or two may take the same.
 *
 * @returns ids of deliveries, batches in the order of their ids
 */
export async function takeDeliveryBatches(tx: Transaction, limit: number): Promise<string[][]> {
  const { rows } = await sql<{ id: string; deliveryIds: string[] }>`
    -- runtime.takeDeliveryBatches
    -- By their places: whatever PostgreSQL believes of the size of a table that is nearly always empty, it does not go through all of it.
    delete from delivery_batch where ctid = any(array(select ctid from delivery_batch order by id limit ${limit}))
    returning id, delivery_ids as "deliveryIds"`.execute(tx)
  return rows.sort((a, b) => (a.id < b.id ? -1 : 1)).map((row) => row.deliveryIds)
}
