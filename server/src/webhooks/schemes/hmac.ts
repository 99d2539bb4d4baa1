import type { Place } from '../../workspace/index.ts'
import { readPlace } from '../read-place.ts'
import { equalText, judge } from './compare.ts'
import { plainSecret } from './plain-secret.ts'
import { judgeTimestamp, readSignatureHeader, unixSeconds } from './read-header.ts'
import { type HmacAlgorithm, type KeyEncoding, refuse, type Scheme, type SignedRequest } from './scheme.ts'
import { keyForms } from './secret-form.ts'

/** `body` is the raw bytes, `timestamp` the text that stands at the declared place, `path` includes the query. */
export type SignedPart = 'body' | 'timestamp' | 'method' | 'path' | 'url' | { header: string } | { text: string }

export interface HmacOptions {
  algorithm: HmacAlgorithm
  /** Header that carries the signature. */
  header: string
  /** What stands before the signature in the header, e.g. `sha256=`. */
  prefix: string
  encoding: 'hex' | 'base64' | 'base64url'
  /** How the secret stands for the key; as text when left out. */
  secretEncoding?: KeyEncoding | undefined
  parts: readonly SignedPart[]
  /** What stands between the parts. */
  separator: string
  /** Where the signed time stands. Without it an old request can be sent again. */
  timestamp?: Place | undefined
  toleranceMs: number
}

/**
 * HMAC with declared parts, for senders that have a way of their own (HubSpot, Square, Zendesk, Intercom, …). Nothing is
 * guessed: algorithm, encoding, header and parts are as declared, and a request cannot choose another. Of `sha1` (weak as
 * a hash, still sound as an HMAC) there are senders that know nothing better; it must be asked for by name.
 */
export function hmacScheme(options: HmacOptions): Scheme {
  const { algorithm, prefix, encoding, secretEncoding = 'utf8', timestamp, toleranceMs } = options
  const header = options.header.toLowerCase()
  const form = new RegExp(`^${digestForms[encoding](digestBytes[algorithm])}$`)
  return {
    name: 'hmac',
    assurance: 'signature',
    credentialHeaders: [],
    secretForm: keyForms[secretEncoding],
    verify(request, secrets) {
      const text = readSignatureHeader(request.headers, header)
      if (typeof text !== 'string') return text
      if (!text.startsWith(prefix) || !form.test(text.slice(prefix.length))) {
        return refuse('signature-malformed', `The header ${header} must read ${prefix && `"${prefix}" and `}${algorithm} as ${encoding}.`)
      }
      const repeated = signedHeaders(options).find((name) => (request.headers[name]?.length ?? 0) > 1)
      if (repeated !== undefined) return refuse('signature-repeated', `The signed header ${repeated} must come once.`)
      const signedAt = timestamp && (readPlace(timestamp, request) ?? '')
      const late = signedAt === undefined ? null : judgeTimestamp(signedAt, request.receivedAt, toleranceMs)
      if (late !== null) return late
      const parts = partsOf(options, request, signedAt ?? '')
      return judge(secrets, (secret) => equalText(text, prefix + secret.hmac(algorithm, parts, secretEncoding).toString(encoding)))
    },
    sign(secret, body, at, { method = 'POST', url = 'http://localhost/', headers = {} } = {}) {
      const own = timestamp && 'header' in timestamp ? { [timestamp.header]: unixSeconds(at) } : {}
      const sent = Object.fromEntries(Object.entries({ ...headers, ...own }).map(([name, value]) => [name.toLowerCase(), [value]]))
      const request = { method, url, headers: sent, body, receivedAt: at }
      const parts = partsOf(options, request, (timestamp && readPlace(timestamp, request)) ?? '')
      return { headers: { ...own, [header]: prefix + plainSecret(secret).hmac(algorithm, parts, secretEncoding).toString(encoding) }, body }
    },
  }
}

const digestBytes = { sha1: 20, sha256: 32, sha512: 64 }
const digestForms = {
  hex: (bytes: number) => `[0-9a-f]{${bytes * 2}}`,
  base64: (bytes: number) => `[A-Za-z0-9+/]{${Math.ceil((bytes * 4) / 3)}}={${(3 - (bytes % 3)) % 3}}`,
  base64url: (bytes: number) => `[A-Za-z0-9_-]{${Math.ceil((bytes * 4) / 3)}}`,
}

/** Headers whose one value is part of what is signed. */
function signedHeaders({ parts, timestamp }: HmacOptions): string[] {
  const named = parts.flatMap((part) => (typeof part === 'object' && 'header' in part ? [part.header] : []))
  if (timestamp && 'header' in timestamp) named.push(timestamp.header)
  return named.map((name) => name.toLowerCase())
}

function partsOf({ parts, separator }: HmacOptions, request: SignedRequest, timestamp: string): (string | Uint8Array)[] {
  const texts = parts.map((part) => {
    if (typeof part === 'object') return 'text' in part ? part.text : (request.headers[part.header.toLowerCase()]?.[0] ?? '')
    return part === 'timestamp' ? timestamp : part === 'path' ? request.url.replace(/^[a-z]+:\/\/[^/]*/i, '') : request[part]
  })
  return separator === '' ? texts : texts.flatMap((text, at) => (at === 0 ? [text] : [separator, text]))
}
