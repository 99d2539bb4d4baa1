import { type Contract, isJson, type Schema } from './contract.ts'
import { flatten, typeOf } from './flatten.ts'
import { mediaTypeOf, type RawRequest } from './requests.ts'

/** What is known of an uploaded file beside its bytes; records show some of it. */
export interface Upload {
  name: string
  mediaType: string
  sizeBytes: number
}

/**
 * JSON, the common case, without waiting; returns nothing for other media types (see `parseOtherBody`).
 *
 * @throws SyntaxError when the JSON is malformed; the message says where
 */
export function parseJsonBody(raw: RawRequest): { body: unknown } | undefined {
  if (raw.body.length === 0) return { body: undefined }
  const mediaType = mediaTypeOf(raw)
  // Clients that forget the header mean JSON; saying so is the business of the media type check.
  return mediaType === '' || isJson(mediaType) ? { body: JSON.parse(raw.body.toString('utf8')) } : undefined
}

/** Forms become objects whose values are still text, see `typeForm`; `text/*` stays text and all else bytes. */
export async function parseOtherBody(raw: RawRequest): Promise<{ body: unknown; upload?: Upload }> {
  const mediaType = mediaTypeOf(raw)
  if (mediaType === 'application/x-www-form-urlencoded') return { body: fromPairs(new URLSearchParams(raw.body.toString('utf8'))) }
  if (mediaType === 'multipart/form-data') return readMultipart(raw)
  return { body: mediaType.startsWith('text/') ? raw.body.toString('utf8') : raw.body }
}

async function readMultipart(raw: RawRequest): Promise<{ body: unknown; upload?: Upload }> {
  const form = await new Response(new Uint8Array(raw.body), { headers: { 'content-type': String(raw.headers['content-type']) } }).formData()
  const pairs: [string, string][] = []
  let upload: Upload | undefined
  for (const [name, value] of form) {
    if (typeof value !== 'string') upload = { name: value.name, mediaType: value.type, sizeBytes: value.size }
    pairs.push([name, typeof value === 'string' ? value : Buffer.from(await value.arrayBuffer()).toString('latin1')])
  }
  return { body: fromPairs(pairs), ...(upload ? { upload } : {}) }
}

/** `card[exp]=1` and `tags[]=a` become nested, as Stripe, Twilio and PHP read them. */
function fromPairs(pairs: Iterable<[string, unknown]>): Record<string, unknown> {
  const root: Record<string, unknown> = {}
  for (const [key, value] of pairs)
    place(
      root,
      key.split(/\[|\]\[|\]/).filter((part, i, all) => part !== '' || i < all.length - 1),
      value,
    )
  return root
}

function place(target: Record<string, unknown>, parts: string[], value: unknown): void {
  const [first, ...rest] = parts
  if (first === undefined || first === '__proto__') return
  if (rest.length === 0) {
    target[first] = first in target ? [target[first], value].flat() : value
    return
  }
  if (rest[0] === '' || /^\d+$/.test(rest[0]!)) {
    target[first] = [...((target[first] as unknown[]) ?? []), value]
    return
  }
  target[first] ??= {}
  place(target[first] as Record<string, unknown>, rest, value)
}

/** Gives the texts of a form the types that the contract asks for; what does not look like its type stays text. */
export function typeForm(contract: Contract, schema: Schema | undefined, value: unknown): unknown {
  const flat = flatten(contract, schema)
  const type = typeOf(flat)
  if (type === 'array') return (Array.isArray(value) ? value : [value]).map((each) => typeForm(contract, flat.items, each))
  // A part of a multipart body that is no plain value is JSON by the specification.
  if (type === 'object' && typeof value === 'string') return parseOr(value)
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return Object.fromEntries(
      Object.entries(value).map(([name, each]) => [name, typeForm(contract, flat.properties?.[name] ?? extra(flat), each)]),
    )
  }
  if ((type === 'integer' || type === 'number') && typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value)) return Number(value)
  return type === 'boolean' && (value === 'true' || value === 'false') ? value === 'true' : value
}

function parseOr(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

const extra = (flat: Schema): Schema | undefined => (typeof flat.additionalProperties === 'object' ? flat.additionalProperties : undefined)
