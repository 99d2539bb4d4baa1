// Child of rotate-keys.test.ts: rotates in batches of ten and stops, with its fifth batch locked and half done, to be killed.
import { openDatabase } from '../database/index.ts'
import { parseKeyRing, rotateKeys } from './index.ts'

const [url, keys] = process.argv.slice(2) as [string, string]
const database = openDatabase(url)
const ring = parseKeyRing(keys, 'test')
let batches = 0

const held = {
  ...database,
  transaction: (work: Parameters<typeof database.transaction>[0]) =>
    database.transaction(async (tx) => {
      const result = await work(tx)
      if (++batches === 5) {
        process.send?.(40)
        await new Promise((resolve) => setTimeout(resolve, 60_000))
      }
      return result
    }),
} as typeof database

await rotateKeys(held, ring, { batchSize: 10 })
