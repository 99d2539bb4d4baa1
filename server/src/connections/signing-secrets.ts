import { randomBytes } from 'node:crypto'
import { seal, unseal } from './envelope.ts'
import type { KeyRing } from './key-ring.ts'
import { signingSecretContext } from './seal-secrets.ts'
import { Secret } from './secret.ts'
import { type WebhookSecret, webhookSecret } from './webhook-secret.ts'

/** A new secret with which we sign what we send, and how it is kept. */
export interface NewSigningSecret {
  /** `whsec_…` as Standard Webhooks writes it; to be shown this once. */
  shown: string
  sealed: string
  keyId: string
}

/** @param id of the subscription it belongs to: the sealed text opens for no other */
export function makeSigningSecret(ring: KeyRing, id: string): NewSigningSecret {
  const shown = `whsec_${randomBytes(32).toString('base64')}`
  return { shown, sealed: seal(ring, new Secret(shown), signingSecretContext(id)), keyId: ring.newest.id }
}

/** What signs, without the secret itself. @throws connections.key_unknown, connections.secret_unreadable */
export function openSigningSecret(ring: KeyRing, id: string, sealed: string): WebhookSecret {
  return webhookSecret(id, unseal(ring, sealed, signingSecretContext(id)))
}
