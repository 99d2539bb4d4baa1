import { createPrivateKey, createPublicKey, randomUUID, sign, verify } from 'node:crypto'
import { errors } from '../errors.ts'
import { includesSignature, judge } from './compare.ts'
import { plainSecret } from './plain-secret.ts'
import { judgeTimestamp, readSignatureHeader, unixSeconds } from './read-header.ts'
import { type Refusal, refuse, type Scheme, type SecretKey, type SignedRequest } from './scheme.ts'
import { keyForms } from './secret-form.ts'

export interface StandardWebhooksOptions {
  toleranceMs: number
  /** Ed25519 keys of the sender, `whpk_<base64>`. They are public, so they belong into the platform's file. */
  publicKeys?: readonly string[] | undefined
  /** `svix` for senders that still use Svix's header names. */
  prefix?: 'webhook' | 'svix' | undefined
}

interface SignedParts {
  head: string
  timestamp: string
  signatures: string[]
}

/**
 * Standard Webhooks 1.0: `webhook-id`, `webhook-timestamp`, `webhook-signature: v1,<base64>[ v1a,<base64> …]` over
 * `id.timestamp.body`; `v1` is HMAC-SHA256 under `whsec_<base64>`, `v1a` is Ed25519 under one of `publicKeys`. A key can
 * only be used with its own algorithm. `sign` takes a `whsec_` or a `whsk_` (Ed25519 private key).
 * Source: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export function standardWebhooksScheme({ toleranceMs, publicKeys = [], prefix = 'webhook' }: StandardWebhooksOptions): Scheme {
  const verifiers = publicKeys.map(publicKeyOf)
  return {
    name: 'standard-webhooks',
    assurance: 'signature',
    credentialHeaders: [],
    secretForm: keyForms.base64,
    verify(request, secrets) {
      const parts = readParts(request, prefix)
      if ('verified' in parts) return parts
      const { head, timestamp, signatures } = parts
      const late = judgeTimestamp(timestamp, request.receivedAt, toleranceMs)
      if (late !== null) return late
      if (verifiers.some((verifies) => verifies(signatures, head, request.body))) return { verified: true, secretId: null }
      const verdict = judge(secrets, (secret) => includesSignature(signatures, signatureOf(secret, head, request.body)))
      return verdict.verified || secrets.length > 0 || verifiers.length === 0 ? verdict : noKeyMatches
    },
    sign(secret, body, at, { id = `msg_${randomUUID()}` } = {}) {
      const timestamp = unixSeconds(at)
      const head = `${id}.${timestamp}.`
      const signature = secret.startsWith('whsk_') ? signEd25519(secret, head, body) : signatureOf(plainSecret(secret), head, body)
      return { headers: { [`${prefix}-id`]: id, [`${prefix}-timestamp`]: timestamp, [`${prefix}-signature`]: signature }, body }
    },
  }
}

const noKeyMatches = refuse('signature-mismatch', 'The signature matches under none of the public keys of this source.')

function readParts({ headers }: SignedRequest, prefix: string): SignedParts | Refusal {
  const text = readSignatureHeader(headers, `${prefix}-signature`)
  if (typeof text !== 'string') return text
  const id = readSignatureHeader(headers, `${prefix}-id`)
  if (typeof id !== 'string') return id
  // `a.1` + `2` and `a` + `1.2` would be signed alike.
  if (id.includes('.')) return refuse('signature-malformed', `The header ${prefix}-id must not contain a full stop.`)
  const timestamps = headers[`${prefix}-timestamp`] ?? []
  if (timestamps.length > 1) return refuse('signature-repeated', `The header ${prefix}-timestamp must come once.`)
  const timestamp = timestamps[0] ?? ''
  const signatures = text.split(' ').filter((signature) => /^v1a?,[A-Za-z0-9+/]+={0,2}$/.test(signature))
  if (signatures.length === 0) return refuse('signature-malformed', `The header ${prefix}-signature has no "v1," or "v1a," signature.`)
  if (signatures.length > 8) return refuse('signature-malformed', `The header ${prefix}-signature has more than 8 signatures.`)
  return { head: `${id}.${timestamp}.`, timestamp, signatures }
}

function signatureOf(secret: SecretKey, head: string, body: Uint8Array): string {
  return `v1,${secret.hmac('sha256', [head, body], 'base64').toString('base64')}`
}

// DER of an Ed25519 key up to its 32 bytes (RFC 8410).
const spkiPrefix = Buffer.from('302a300506032b6570032100', 'hex')
const pkcs8Prefix = Buffer.from('302e020100300506032b657004220420', 'hex')

function publicKeyOf(text: string): (signatures: readonly string[], head: string, body: Uint8Array) => boolean {
  const key = createPublicKey({ key: Buffer.concat([spkiPrefix, keyBytes(text, 'whpk_', [32])]), format: 'der', type: 'spki' })
  return (signatures, head, body) =>
    signatures.some((signature) => {
      if (!signature.startsWith('v1a,')) return false
      const bytes = Buffer.from(signature.slice(4), 'base64')
      return bytes.length === 64 && verify(null, Buffer.concat([Buffer.from(head), body]), key, bytes)
    })
}

function signEd25519(secret: string, head: string, body: Uint8Array): string {
  const seed = keyBytes(secret, 'whsk_', [32, 64]).subarray(0, 32)
  const key = createPrivateKey({ key: Buffer.concat([pkcs8Prefix, seed]), format: 'der', type: 'pkcs8' })
  return `v1a,${sign(null, Buffer.concat([Buffer.from(head), body]), key).toString('base64')}`
}

/** @throws webhooks.secret_unusable */
function keyBytes(text: string, prefix: string, lengths: readonly number[]): Buffer {
  const bytes = Buffer.from(text.slice(prefix.length), 'base64')
  if (!text.startsWith(prefix) || !lengths.includes(bytes.length)) throw errors.secret_unusable({ encoding: `${prefix} and base64` })
  return bytes
}
