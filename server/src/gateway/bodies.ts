import { FormData as WireFormData } from 'undici'
import { queryString } from './query-string.ts'
import type { Headers } from './rate-headers.ts'

export interface EncodedBody {
  wire: string | Uint8Array | WireFormData | null
  /** Absent when the caller's header stands, there is no body, or the client makes it (multipart with its boundary). */
  contentType?: string
}

/**
 * Writes a request body. Without a content type of the caller: objects are JSON, URLSearchParams a form, FormData
 * multipart, texts plain text, bytes binary. With one, an object is written as it says (JSON or form).
 *
 * @throws TypeError when the value has no JSON (cycles, bigint), which is a mistake of the flow
 */
export function encodeBody(body: unknown, contentType: string | undefined): EncodedBody {
  if (body === undefined) return { wire: null }
  const stated = (wire: EncodedBody['wire'], usual: string): EncodedBody => (contentType ? { wire } : { wire, contentType: usual })
  if (body instanceof FormData) return { wire: multipart(body) }
  if (body instanceof URLSearchParams) return stated(body.toString(), 'application/x-www-form-urlencoded')
  if (body instanceof Uint8Array) return stated(body, 'application/octet-stream')
  if (body instanceof ArrayBuffer) return stated(new Uint8Array(body), 'application/octet-stream')
  if (contentType === undefined) {
    return typeof body === 'string'
      ? { wire: body, contentType: 'text/plain; charset=utf-8' }
      : { wire: JSON.stringify(body), contentType: 'application/json' }
  }
  if (isForm(contentType) && typeof body === 'object' && body !== null) return { wire: queryString(body as Record<string, unknown>) }
  // A text under a JSON content type is taken as JSON that the flow has written itself.
  return { wire: typeof body === 'string' ? body : JSON.stringify(body) }
}

/** The client writes multipart bodies of its own class only, not of the one that Node brings along. */
function multipart(form: FormData): WireFormData {
  const wire = new WireFormData()
  for (const [name, value] of form) {
    if (typeof value === 'string') wire.append(name, value)
    else wire.append(name, value, value.name)
  }
  return wire
}

export interface DecodedBody {
  /** As parsed; undefined when there was none. */
  value: unknown
  /** As text, when it is one. */
  text?: string
  /** Set when the answer calls itself JSON and is not. */
  malformed?: true
}

/** Reads an answer by its content type: JSON is parsed, text is text, anything else stays bytes. `clean` sees every text first. */
export function decodeBody(body: Buffer, headers: Headers, clean: (text: string) => string): DecodedBody {
  if (body.length === 0) return { value: undefined }
  const contentType = headers['content-type'] ?? ''
  if (isJson(contentType)) {
    const text = clean(body.toString('utf8'))
    try {
      return { value: JSON.parse(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text), text }
    } catch {
      return { value: text, text, malformed: true }
    }
  }
  if (!/^text\/|xml|x-www-form-urlencoded|yaml|^$/i.test(contentType)) return { value: body }
  const text = clean(body.toString(/charset="?(iso-8859-1|latin1|us-ascii)/i.test(contentType) ? 'latin1' : 'utf8'))
  return { value: text, text }
}

function isJson(contentType: string): boolean {
  return /^application\/([\w.+-]+\+)?json\b/i.test(contentType.trim())
}

function isForm(contentType: string): boolean {
  return /^application\/x-www-form-urlencoded\b/i.test(contentType.trim())
}
