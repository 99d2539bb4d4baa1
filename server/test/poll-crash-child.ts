/** A process that polls one contract and may be killed. Ends by itself when nothing is due. */
import { flushCompileCache } from 'node:module'
import { createRegistry, createSources, noticeChange } from '../src/contracts/index.ts'
import { openDatabase } from '../src/database/index.ts'

const { CHILD_DATABASE_URL = '', CHILD_PARTNER_HOST = '', CHILD_LEASE_MS = '' } = process.env
const database = openDatabase(CHILD_DATABASE_URL)
const registry = createRegistry({
  database,
  // Believed at the first reading, so that one poll is all it takes to tell people.
  quarantine: { holdMs: 0, reads: 1, suspiciousHoldMs: 0, suspiciousReads: 1, maxHoldMs: 0 },
  onPublished: async (tx, version, change) => void (await noticeChange(tx, version.platform, change, version.publishedAt!)),
})
const sources = createSources({ database, registry, allowedHosts: [CHILD_PARTNER_HOST], leaseMs: Number(CHILD_LEASE_MS) })
// Written now: who is killed writes nothing at the end.
flushCompileCache()
await sources.pollDue()
await sources.close()
await database.close()
