import { z } from 'zod'
import { errors } from '../errors.ts'
import { complain, expectations } from './complain.ts'
import { rule } from './rule.ts'
import { duration, text } from './values.ts'

export const headerName = z
  .string()
  .regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/)
  .describe('Name of an HTTP header; case does not matter.')
  .register(expectations, { expected: 'the name of an HTTP header', example: 'X-Request-Id' })

export const jsonPointer = z
  .string()
  .regex(/^(\/([^/~]|~[01])*)*$/)
  .describe('JSON Pointer (RFC 6901), for example /installation/id.')
  .register(expectations, { expected: 'a JSON Pointer', example: '/installation/id' })

/** Where a value stands in an arriving request. */
export const place = z
  .union([z.strictObject({ header: headerName }), z.strictObject({ body: jsonPointer }), z.strictObject({ query: text })])
  .register(expectations, { expected: 'exactly one of header, body or query', example: '{ header: X-Request-Id }' })
  .describe('Exactly one of header, body (JSON Pointer) or query.')
export type Place = z.output<typeof place>

const tolerance = duration.default('PT5M').describe('How old a signed timestamp may be; replays of old requests are refused.')

/** What the signature covers, in order. `body` is the raw bytes. */
export const signedPart = z
  .union([
    z.enum(['body', 'timestamp', 'method', 'path', 'url']),
    z.strictObject({ header: headerName }),
    z.strictObject({ text: z.string() }),
  ])
  .register(expectations, { expected: 'body, timestamp, method, path, url, { header: … } or { text: … }', example: 'body' })

function coversTheBody({ parts, timestamp }: { parts: unknown[]; timestamp?: unknown }, context: z.core.$RefinementCtx): void {
  if (!parts.includes('body')) {
    const fix = 'Add body to the parts: otherwise any content would pass.'
    complain(context, () => errors.contradiction({ problem: 'the signature does not cover the body', fix }), ['parts'])
  }
  if (!parts.includes('timestamp') || timestamp !== undefined) return
  const fix = 'Say where the signed time stands, for example timestamp: { header: X-Timestamp }.'
  complain(context, () => errors.incomplete({ because: 'the signature covers the timestamp', field: 'timestamp', fix }))
}

/** Any other shared-secret signature, described by its parts. */
const hmac = z
  .strictObject({
    scheme: z.literal('hmac'),
    algorithm: z.enum(['sha1', 'sha256', 'sha512']).default('sha256'),
    header: headerName.describe('The header that carries the signature.'),
    prefix: z.string().default('').describe('What stands before the signature, for example sha256=.'),
    encoding: z.enum(['hex', 'base64', 'base64url']).default('hex').describe('How the signature is written.'),
    secretEncoding: z
      .enum(['utf8', 'hex', 'base64'])
      .default('utf8')
      .describe('How the secret stands for the key: as text, or as the bytes that it writes in hexadecimal or base64.'),
    parts: z.array(signedPart).min(1).default(['body']),
    separator: z.string().default('').describe('What stands between the parts.'),
    timestamp: place.optional().describe('Where the signed time stands (seconds since 1970, or RFC 3339).'),
    tolerance,
  })
  .check(rule(['parts'], coversTheBody))

/** How a sender proves who it is. Secrets are not here: they belong to connections. */
export const webhookScheme = z.discriminatedUnion('scheme', [
  z.strictObject({ scheme: z.literal('standard-webhooks'), tolerance }),
  z.strictObject({ scheme: z.literal('github') }),
  z.strictObject({ scheme: z.literal('stripe'), tolerance }),
  z.strictObject({ scheme: z.literal('shopify') }),
  z.strictObject({ scheme: z.literal('slack'), tolerance }),
  z.strictObject({ scheme: z.literal('adyen') }),
  hmac,
  z.strictObject({ scheme: z.literal('basic') }),
  z.strictObject({
    scheme: z.literal('mtls-header'),
    header: headerName.describe('The header in which the proxy in front reports the verified client certificate.'),
    subject: text.describe('The subject or fingerprint that must stand there.'),
  }),
  z.strictObject({ scheme: z.literal('unverified'), reason: text.describe('Why nobody checks who sends; shown in red everywhere.') }),
])
export type WebhookScheme = z.output<typeof webhookScheme>

/** How a platform's webhooks are read, once their sender is known. */
export const webhooks = z.strictObject({
  verification: webhookScheme,
  deliveryId: z
    .union([place, z.array(place).min(1), z.strictObject({ digest: z.literal('body') })])
    .register(expectations, {
      expected: 'exactly one of header, body or query, a list of such places, or { digest: body } where the sender gives no id',
      example: '{ header: X-Request-Id }',
    })
    .describe(
      'The sender’s own id of a delivery, by which repeats are known: another one for each event, or events are lost. Several places make one id together. { digest: body } where it gives none.',
    ),
  event: z.array(place).min(1).describe('Where the event’s name stands; several places are joined by a point, absent ones left out.'),
  account: place.optional().describe('The sender’s id of the customer’s account, by which deliveries find their instance.'),
  occurredAt: place
    .optional()
    .describe('When it happened (RFC 3339, or seconds or milliseconds since 1970). Left out: the time of arrival.'),
  maxBodyBytes: z.int().positive().optional().describe('Larger deliveries are refused with 413. Left out: 5 MB, for GitHub 25 MB.'),
  contentTypes: z
    .array(text)
    .optional()
    .describe('Media types that are taken; +json stands for every type with that suffix. Left out: JSON, XML, forms and text.'),
  repeatWindow: duration.optional().describe('With { digest: body }: how long equal contents count as one delivery. Left out: one hour.'),
})
export type Webhooks = z.output<typeof webhooks>
