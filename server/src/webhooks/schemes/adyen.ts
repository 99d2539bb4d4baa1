import { errors } from '../errors.ts'
import { equalText, judge } from './compare.ts'
import { plainSecret } from './plain-secret.ts'
import { type Refusal, refuse, type Scheme, type SecretKey } from './scheme.ts'
import { keyForms } from './secret-form.ts'

interface NotificationItem {
  [field: string]: unknown
  amount?: { value?: unknown; currency?: unknown }
  additionalData?: { [field: string]: unknown; hmacSignature?: unknown }
}

/**
 * Adyen standard notifications: each item carries `additionalData.hmacSignature`, the base64 of HMAC-SHA256 over eight
 * of its fields joined by ":"; the key is given in hexadecimal. Every item must verify, or none is believed.
 *
 * Only those eight fields are proven (reference, amount, event code, success …). `reason`, `eventDate`, `paymentMethod`
 * and the other additional data are not: a flow must not move money on their word.
 * Source: https://docs.adyen.com/development-resources/webhooks/secure-webhooks/verify-hmac-signatures
 */
export function adyenScheme(): Scheme {
  return {
    name: 'adyen',
    assurance: 'signature',
    credentialHeaders: [],
    secretForm: keyForms.hex,
    verify(request, secrets) {
      const items = readItems(request.body)
      if ('verified' in items) return items
      const signed = items.map(readSigned)
      const refused = signed.find((item): item is Refusal => 'verified' in item)
      if (refused !== undefined) return refused
      return judge(secrets, (secret) => (signed as SignedItem[]).every((item) => equalText(item.signature, signatureOf(secret, item.text))))
    },
    sign: (secret, body) => ({ headers: {}, body: signItems(plainSecret(secret), body) }),
    // The words that Adyen has asked for since the first version of its notifications; newer ones only look at the status.
    acknowledge: () => ({ status: 200, headers: { 'content-type': 'text/plain' }, body: '[accepted]' }),
  }
}

function signatureOf(secret: SecretKey, text: string): string {
  return secret.hmac('sha256', [text], 'hex').toString('base64')
}

function readItems(body: Uint8Array): NotificationItem[] | Refusal {
  const items = parse(body)?.notificationItems
  if (!Array.isArray(items) || items.length === 0)
    return refuse('payload-unreadable', 'The body is not JSON with a list "notificationItems".')
  const inner = items.map((item) => (item as { NotificationRequestItem?: unknown } | null)?.NotificationRequestItem)
  if (!inner.every((item) => typeof item === 'object' && item !== null && !Array.isArray(item))) {
    return refuse('payload-unreadable', 'An entry of "notificationItems" has no "NotificationRequestItem".')
  }
  return inner as NotificationItem[]
}

function parse(body: Uint8Array): { notificationItems?: unknown } | null {
  try {
    return JSON.parse(Buffer.from(body).toString('utf8'))
  } catch {
    return null
  }
}

interface SignedItem {
  text: string
  signature: string
}

function readSigned(item: NotificationItem): SignedItem | Refusal {
  const signature = item.additionalData?.hmacSignature
  if (signature === undefined) return refuse('signature-missing', 'A notification item has no "additionalData.hmacSignature".')
  if (typeof signature !== 'string' || !/^[A-Za-z0-9+/]{43}=$/.test(signature)) {
    return refuse('signature-malformed', 'A notification item\'s "hmacSignature" is not the base64 of 32 bytes.')
  }
  const text = signedText(item)
  return text === null ? refuse('payload-unreadable', 'A signed field of a notification item is not of its type.') : { text, signature }
}

/**
 * The eight fields joined by ":". Adyen does not escape, so a colon could move from one field to the next without
 * changing the signed text; only `merchantReference`, which the merchant chooses, may hold one, which leaves one reading.
 * Values of other types are refused: `["true"]` would print as `true`.
 */
function signedText(item: NotificationItem): string | null {
  const amount = item.amount ?? {}
  const reference = item.merchantReference ?? ''
  const fields = [
    item.pspReference,
    item.originalReference,
    item.merchantAccountCode,
    reference,
    amount.value,
    amount.currency,
    item.eventCode,
    item.success,
  ]
  const texts = fields.map((field, at) => {
    if (field === undefined || field === null) return ''
    if (at === 4) return Number.isSafeInteger(field) ? String(field) : null
    return typeof field === 'string' && (at === 3 || !field.includes(':')) ? field : null
  })
  return texts.includes(null) ? null : texts.join(':')
}

function signItems(secret: SecretKey, body: Uint8Array): Uint8Array {
  const payload = JSON.parse(Buffer.from(body).toString('utf8')) as { notificationItems: { NotificationRequestItem: NotificationItem }[] }
  for (const { NotificationRequestItem: item } of payload.notificationItems) {
    const text = signedText(item)
    if (text === null)
      throw errors.payload_unsignable({ scheme: 'adyen', expected: 'text in every signed field, a whole number as amount' })
    item.additionalData = { ...item.additionalData, hmacSignature: signatureOf(secret, text) }
  }
  return Buffer.from(JSON.stringify(payload))
}
