/** pg-boss alone: batches of 200 jobs, one HTTP call each, completed together. What the product's throughput is compared with. */
import pg from 'pg'
import { PgBoss } from 'pg-boss'
import { Pool } from 'undici'

const { DATABASE_URL = '', PARTNER_URL = '', COUNT = '20000' } = process.env
const count = Number(COUNT)
const database = new pg.Pool({ connectionString: DATABASE_URL, max: 10 })
const boss = new PgBoss({
  db: { executeSql: (text, values) => database.query(text, values as unknown[]) },
  supervise: false,
  schedule: false,
  registerInstance: false,
})
boss.on('error', (error) => console.error(error))
await boss.start()
await boss.createQueue('floor', { partition: true })
for (let at = 0; at < count; at += 1_000)
  await boss.insert(
    'floor',
    Array.from({ length: 1_000 }, (_, n) => ({ data: { order: at + n } })),
  )
await database.query('analyze')
const partner = new Pool(PARTNER_URL, { connections: 64 })
const startedAt = performance.now()
for (let done = 0; done < count; ) {
  const jobs = await boss.fetch<{ order: number }>('floor', { batchSize: 200 })
  await Promise.all(
    jobs.map(async (job) => {
      const { body } = await partner.request({
        method: 'POST',
        path: '/orders',
        headers: { 'content-type': 'application/json', 'idempotency-key': job.id },
        body: JSON.stringify({ number: job.data.order, sentAt: Date.now() }),
      })
      await body.dump()
    }),
  )
  await boss.complete(
    'floor',
    jobs.map((job) => job.id),
  )
  done += jobs.length
}
console.log(JSON.stringify({ perSecond: count / ((performance.now() - startedAt) / 1_000) }))
process.on('SIGTERM', () => process.exit(0))
setInterval(() => {}, 1_000)
