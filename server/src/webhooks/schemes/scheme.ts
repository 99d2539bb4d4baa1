import type { SecretForm } from './secret-form.ts'

/** Lower-case header name → every value that arrived under it, in order (as Node's `headersDistinct`). */
export type HeaderValues = Readonly<Record<string, readonly string[] | undefined>>

/** A webhook request as a scheme sees it. */
export interface SignedRequest {
  readonly method: string
  /** Absolute URL as the sender called it, that is the public one, not the one behind a proxy. */
  readonly url: string
  readonly headers: HeaderValues
  /** The bytes of the body exactly as they arrived. */
  readonly body: Uint8Array
  readonly receivedAt: Date
}

/** Why a request was not believed. */
export type RefusalReason =
  | 'no-secret'
  | 'signature-missing'
  | 'signature-repeated'
  | 'signature-malformed'
  | 'signature-mismatch'
  | 'timestamp-missing'
  | 'timestamp-malformed'
  | 'timestamp-too-old'
  | 'timestamp-in-future'
  | 'payload-unreadable'

export interface Refusal {
  readonly verified: false
  readonly reason: RefusalReason
  /** A sentence for the engineer at the sender; never holds a secret or the signature that was expected. */
  readonly detail: string
}

/** `secretId` says which secret matched, so that an operator sees when an old one is no longer used; null where there is none. */
export type Verdict = { readonly verified: true; readonly secretId: string | null } | Refusal

/** A secret in force for a source: it computes and compares, but does not show itself (`connections` hands these out). */
export interface SecretKey {
  readonly id: string
  /**
   * The HMAC (RFC 2104) of the parts joined together.
   * @param keyEncoding how the secret's text stands for the key; `base64` takes off the `whsec_` of Standard Webhooks
   * @throws when the text does not stand for a key
   */
  hmac(algorithm: HmacAlgorithm, parts: readonly (string | Uint8Array)[], keyEncoding?: KeyEncoding): Buffer
  /** Whether a text is this secret, in constant time. */
  equals(candidate: string): boolean
}

export type HmacAlgorithm = 'sha1' | 'sha256' | 'sha512'
export type KeyEncoding = 'utf8' | 'base64' | 'hex'

/** What the sender sends: for most schemes the given bytes and headers beside them; Adyen's signature stands in the body. */
export interface SignedMessage {
  readonly headers: Record<string, string>
  readonly body: Uint8Array
}

export interface SignOptions {
  /** The sender's id of this message. Standard Webhooks signs it; a random one is made when absent. */
  readonly id?: string
  /** Only used by `hmac` schemes that sign them. */
  readonly method?: string
  readonly url?: string
  /** Further headers that the message will carry, for `hmac` schemes that sign some. */
  readonly headers?: Readonly<Record<string, string>>
}

export interface Answer {
  readonly status: number
  readonly headers: Record<string, string>
  readonly body: string
}

/**
 * What the verification proves: `signature` the bytes are the sender's; `shared-secret` the caller knows a password;
 * `proxy` a proxy vouches for the caller's certificate; `none` nothing: anybody can send. `none` is shown red.
 */
export type Assurance = 'signature' | 'shared-secret' | 'proxy' | 'none'

/** How one kind of sender proves who it is. */
export interface Scheme {
  readonly name: string
  readonly assurance: Assurance
  /** Headers that carry a password in clear: they are redacted before anything is stored. */
  readonly credentialHeaders: readonly string[]
  /** Null: it needs no secret. */
  readonly secretForm: SecretForm | null
  /** The `WWW-Authenticate` with which a request that is not believed is answered: some clients send their password only then. */
  readonly challenge?: string
  /**
   * Judges the raw bytes. Fails closed: no secret, an unreadable or repeated signature, a clock out of tolerance are
   * refusals. Compares in constant time. Accepts when any of `secrets` matches. Never throws for what a sender sends.
   */
  verify(request: SignedRequest, secrets: readonly SecretKey[]): Verdict
  /**
   * Signs as the sender does at the moment `at`; what it makes is accepted by `verify` with the same secret.
   * @throws webhooks.secret_unusable
   */
  sign(secret: string, body: Uint8Array, at: Date, options?: SignOptions): SignedMessage
  /** The answer this sender expects to a stored delivery, when it is not 202 with our JSON. */
  acknowledge?(deliveryId: string): Answer
  /** The answer to a verified request that only sets up the subscription and carries no event; null for an event. */
  handshake?(request: SignedRequest): Answer | null
}

export function refuse(reason: RefusalReason, detail: string): Refusal {
  return { verified: false, reason, detail }
}
