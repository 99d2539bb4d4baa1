import { operationsSeenFrom } from '../base-paths.ts'
import type { Contract } from '../contract.ts'
import { own } from '../json.ts'
import { operationKey, operationsOf, webhookItems } from '../operations.ts'

/** A version of a contract that looks like a mistake of publishing rather than a change of the API. */
export interface Suspicion {
  removed: number
  of: number
  words: string
}

/** Of fewer operations than this, half can disappear for good reasons; all of them can't. */
const leastOperations = 5
const suspiciousShare = 0.5

/**
 * Suspects a version that lacks at least half of the operations, most of them never marked as going away, or all of a small contract's. It is held until a
 * second read or live traffic confirms it: of the removals in the public histories we measured, 22 % were taken back.
 */
export function suspectPublication(before: Contract, after: Contract): Suspicion | undefined {
  const [old, now] = [operationsByKey(before, before), operationsByKey(before, after)]
  const removed = [...old].filter(([key]) => !now.has(key))
  if (removed.length === 0 || removed.length / old.size < suspiciousShare) return undefined
  if (old.size < leastOperations && now.size > 0) return undefined
  const announced = removed.filter(([, node]) => own(node, 'deprecated') === true).length
  if (announced > removed.length / 2) return undefined
  const words = `This version lacks ${removed.length} of ${old.size} operations, ${announced === 0 ? 'none' : `only ${announced}`} of them marked as going away. Held until a second read or live traffic confirms it.`
  return { removed: removed.length, of: old.size, words }
}

function operationsByKey(before: Contract, contract: Contract) {
  const operations = [
    ...operationsSeenFrom(before, contract),
    ...[...webhookItems(contract)].flatMap(([name, item]) => operationsOf(contract, name, item, 'webhook')),
  ]
  return new Map(operations.map((operation) => [`${operation.surface} ${operationKey(operation)}`, operation.spot.node] as const))
}
