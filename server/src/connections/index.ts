export {
  type Authentication,
  authenticationOfPlatform,
  authenticationSchema,
  type Secrets,
  secretFieldsOf,
  transportHeaders,
} from './authentication.ts'
export type { Authorization, OutgoingRequest } from './authorization.ts'
export { type Connection, type ConnectionState, type NewConnection, parseBaseUrl } from './connection.ts'
export { type ConnectionFilter, type Connections, type ConnectionsOptions, createConnections } from './connections.ts'
export { type ConnectionScope, findConnection } from './find-connection.ts'
export { generateKey, type KeyRing, parseKeyRing } from './key-ring.ts'
export { type KeyRingSource, openKeyRing } from './open-key-ring.ts'
export { type Polling, startPolling } from './poll.ts'
export { dropWebhookSecretsEndedBefore } from './queries.ts'
export { checkKeyRing, type RotateOptions, type RotationProgress, rotateKeys } from './rotate-keys.ts'
export type { KeyUse } from './rotation-queries.ts'
export { type ConnectionRouteParts, connectionRoutes, scopeOf } from './routes.ts'
export { Secret } from './secret.ts'
export { type SecretRouteParts, secretRoutes } from './secret-routes.ts'
export { makeSigningSecret, type NewSigningSecret, openSigningSecret } from './signing-secrets.ts'
export type { KeyEncoding, WebhookSecret } from './webhook-secret.ts'
export type { WebhookSecretFacts, WebhookSecrets } from './webhook-secrets.ts'
