import type { Secrets } from './authentication.ts'
import { seal, unseal } from './envelope.ts'
import type { KeyRing } from './key-ring.ts'
import type { Secret } from './secret.ts'

/** Sealed texts by field, as the row keeps them. */
export type SealedSecrets = Record<string, string>

export function sealSecrets(ring: KeyRing, connectionId: string, secrets: Secrets): SealedSecrets {
  return mapFields(secrets, (field, secret: Secret) => seal(ring, secret, connectionContext(connectionId, field)))
}

/** @throws connections.key_unknown, connections.secret_unreadable */
export function unsealSecrets(ring: KeyRing, connectionId: string, sealed: SealedSecrets): Secrets {
  return mapFields(sealed, (field, text: string) => unseal(ring, text, connectionContext(connectionId, field)))
}

/** Where a webhook secret belongs. The source is part of it: a secret moved to another source does not open. */
export function webhookSecretContext(id: string, source: string): string {
  return `webhook_secret/${id}/${source}`
}

/** Of what signs our notifications to one subscription. */
export function signingSecretContext(subscriptionId: string): string {
  return `notification_subscription/${subscriptionId}`
}

function connectionContext(connectionId: string, field: string): string {
  return `connection/${connectionId}/${field}`
}

function mapFields<From, To>(fields: Readonly<Record<string, From>>, change: (field: string, value: From) => To): Record<string, To> {
  return Object.fromEntries(Object.entries(fields).map(([field, value]) => [field, change(field, value)]))
}
