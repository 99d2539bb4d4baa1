import type { Database, Transaction } from '../database/index.ts'
import { seal, unseal } from './envelope.ts'
import { errors } from './errors.ts'
import type { KeyRing } from './key-ring.ts'
import {
  type KeyUse,
  keyUses,
  storeRotatedConnections,
  storeRotatedSealed,
  takeConnectionsToRotate,
  takeSigningSecretsToRotate,
  takeWebhookSecretsToRotate,
} from './rotation-queries.ts'
import { sealSecrets, signingSecretContext, unsealSecrets, webhookSecretContext } from './seal-secrets.ts'

export interface RotationProgress {
  /** Rows sealed anew so far. */
  rotated: number
  /** Rows that were under other keys when the rotation began. */
  total: number
}

export interface RotateOptions {
  /** Rows per transaction. */
  batchSize?: number
  onProgress?: (progress: RotationProgress) => void
  /** Stop after about so many rows, for callers that must answer soon; call again until `rotated` is `total`. */
  maxRows?: number
}

/** The pause before looking again at rows that another transaction holds. */
const HELD_ROWS_PAUSE_MS = 100

/**
 * Seals every stored secret anew with the newest key, in batches of one transaction each. A rotation that was cut off
 * goes on where it stopped when it is called again; two at once share the work. Calls go on meanwhile, as long as every
 * process knows both keys.
 *
 * @returns rows sealed anew by this call; without `maxRows` no row is under another key afterwards
 * @throws connections.key_unknown when the ring lacks a key that is still in use
 */
export async function rotateKeys(database: Database, ring: KeyRing, options: RotateOptions = {}): Promise<RotationProgress> {
  const limit = options.batchSize ?? 200
  const total = await countToRotate(database, ring)
  const progress: RotationProgress = { rotated: 0, total }
  for (const rotateBatch of [rotateConnections, rotateWebhookSecrets, rotateSigningSecrets]) {
    for (;;) {
      const done = await database.transaction((tx) => rotateBatch(tx, ring, limit))
      if (done === 0) break
      progress.rotated += done
      options.onProgress?.({ ...progress })
      if (progress.rotated >= (options.maxRows ?? Number.POSITIVE_INFINITY)) return progress
    }
  }
  if ((await countToRotate(database, ring)) === 0) return progress
  await new Promise((resolve) => setTimeout(resolve, HELD_ROWS_PAUSE_MS))
  const rest = await rotateKeys(database, ring, options)
  return { rotated: progress.rotated + rest.rotated, total }
}

/**
 * Fails at start rather than at the first call: compares the keys that rows are sealed with to the ring.
 *
 * @throws connections.key_unknown
 */
export async function checkKeyRing(database: Database, ring: KeyRing): Promise<KeyUse[]> {
  const uses = await keyUses(database.executor)
  const missing = uses.find((use) => !ring.find(use.keyId))
  if (missing) throw errors.key_unknown({ keyId: missing.keyId, known: ring.keys.map((key) => key.id) })
  return uses
}

async function countToRotate(database: Database, ring: KeyRing): Promise<number> {
  const uses = await checkKeyRing(database, ring)
  return uses.filter((use) => use.keyId !== ring.newest.id).reduce((sum, use) => sum + use.secrets, 0)
}

async function rotateConnections(tx: Transaction, ring: KeyRing, limit: number): Promise<number> {
  const rows = await takeConnectionsToRotate(tx, ring.newest.id, limit)
  const sealed = rows.map(({ id, secrets }) => ({ id, secrets: sealSecrets(ring, id, unsealSecrets(ring, id, secrets)) }))
  if (sealed.length > 0) await storeRotatedConnections(tx, ring.newest.id, sealed)
  return sealed.length
}

async function rotateWebhookSecrets(tx: Transaction, ring: KeyRing, limit: number): Promise<number> {
  const rows = await takeWebhookSecretsToRotate(tx, ring.newest.id, limit)
  const resealed = rows.map(({ id, source, sealed }) => reseal(ring, id, sealed, webhookSecretContext(id, source)))
  if (resealed.length > 0) await storeRotatedSealed(tx, 'webhook_secret', ring.newest.id, resealed)
  return resealed.length
}

async function rotateSigningSecrets(tx: Transaction, ring: KeyRing, limit: number): Promise<number> {
  const rows = await takeSigningSecretsToRotate(tx, ring.newest.id, limit)
  const resealed = rows.map(({ id, sealed }) => reseal(ring, id, sealed, signingSecretContext(id)))
  if (resealed.length > 0) await storeRotatedSealed(tx, 'notification_subscription', ring.newest.id, resealed)
  return resealed.length
}

function reseal(ring: KeyRing, id: string, sealed: string, context: string): { id: string; sealed: string } {
  return { id, sealed: seal(ring, unseal(ring, sealed, context), context) }
}
