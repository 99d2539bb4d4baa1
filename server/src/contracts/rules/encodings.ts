import { child, childObject, type Spot } from '../contract.ts'
import { type Json, type JsonObject, own, ownObject, ownString } from '../json.ts'
import { contains } from '../media-types.ts'
import { type SchemaSide, subSide, typesOf } from '../schema-side.ts'
import { operationExample } from './example.ts'
import type { OperationDetail, OperationPair } from './operation-report.ts'
import type { Level, Rule } from './rule.ts'
import { writingOf } from './serialization.ts'

const family = 'encodings'
const form = (encoding: JsonObject, mediaType = 'multipart/form-data'): JsonObject => ({
  requestBody: {
    content: {
      [mediaType]: {
        schema: {
          type: 'object',
          properties: { photo: { type: 'string', format: 'binary' }, tags: { type: 'array', items: { type: 'string' } } },
        },
        ...(Object.keys(encoding).length > 0 ? { encoding } : {}),
      },
    },
  },
})

function rule(id: string, level: Level, meaning: string, before: JsonObject, after: JsonObject): Rule {
  return { id, level, direction: 'request', family, meaning, example: operationExample(before, after) }
}

export const encodingRules: Rule[] = [
  rule(
    'request-part-media-type-narrowed',
    'ERR',
    'A part of a form can no longer be sent as a media type that was listed for it (`encoding`).',
    form({ photo: { contentType: 'image/png, image/jpeg' } }),
    form({ photo: { contentType: 'image/png' } }),
  ),
  rule(
    'request-part-media-type-widened',
    'INFO',
    'A part of a form can be sent as one more media type (`encoding`).',
    form({ photo: { contentType: 'image/png' } }),
    form({ photo: { contentType: 'image/png, image/jpeg' } }),
  ),
  rule(
    'request-part-writing-changed',
    'ERR',
    'A field of a form is written differently (`style`, `explode`): what is sent the old way is misread.',
    form({}, 'application/x-www-form-urlencoded'),
    form({ tags: { explode: false } }, 'application/x-www-form-urlencoded'),
  ),
  rule(
    'request-part-header-became-required',
    'ERR',
    'A part of a form must now be sent with a header.',
    form({}),
    form({ photo: { headers: { 'X-Size': { required: true, schema: { type: 'integer' } } } } }),
  ),
]

/** How the properties of a form are sent. Other media types have no parts. */
export function checkEncodings(
  pair: OperationPair,
  before: { media: Spot; side: SchemaSide },
  after: { media: Spot; side: SchemaSide },
  at: OperationDetail & { mediaType: string },
): void {
  const isMultipart = at.mediaType.startsWith('multipart/')
  if (!isMultipart && !at.mediaType.includes('form-urlencoded')) return
  const [old, now] = [ownObject(before.media.node, 'encoding'), ownObject(after.media.node, 'encoding')]
  for (const name of new Set([...Object.keys(old), ...Object.keys(now)])) {
    const [was, is] = [subSide(before.side, 'properties', name), subSide(after.side, 'properties', name)]
    if (!was || !is) continue
    const detail: OperationDetail = { ...at, at: [{ kind: 'field', name }], beforeSpot: before.media, afterSpot: after.media }
    if (isMultipart) {
      checkMediaTypes(pair, { encoding: ownObject(old, name), side: was }, { encoding: ownObject(now, name), side: is }, detail)
      checkHeaders(pair, partHeaders(pair, before.media, name, 'before'), partHeaders(pair, after.media, name, 'after'), detail)
    } else checkWriting(pair, ownObject(old, name), ownObject(now, name), [was, is], detail)
  }
}

interface Part {
  encoding: JsonObject
  side: SchemaSide
}

function checkMediaTypes(pair: OperationPair, before: Part, after: Part, detail: OperationDetail): void {
  const [old, now] = [mediaTypesOf(before), mediaTypesOf(after)]
  const lost = old.filter((name) => !now.some((other) => contains(other, name)))
  const gained = now.filter((name) => !old.some((other) => contains(other, name)))
  const values = { before: old, after: now }
  // Nobody had to keep to a media type that only the specification gives to a part.
  const wasListed = ownString(before.encoding, 'contentType') !== undefined
  if (lost.length > 0)
    pair.report('request-part-media-type-narrowed', { ...detail, ...values, ...(wasListed ? {} : { level: 'WARN' as const }) })
  else if (gained.length > 0) pair.report('request-part-media-type-widened', { ...detail, ...values })
}

/** What is listed, or what the specification gives to a value of the type. */
function mediaTypesOf({ encoding, side }: Part): string[] {
  const listed = ownString(encoding, 'contentType')
  if (listed !== undefined) return listed.split(',').map((name) => name.trim().toLowerCase())
  const elements = own(side.node, 'type') === 'array' ? subSide(side, 'items') : undefined
  const { node } = elements ?? side
  const types = typesOf(node) ?? []
  if (types.includes('object')) return ['application/json']
  const isBytes = own(node, 'format') === 'binary' || own(node, 'contentEncoding') !== undefined || types.length === 0
  return [isBytes ? 'application/octet-stream' : 'text/plain']
}

function checkWriting(pair: OperationPair, before: Json, after: Json, sides: readonly SchemaSide[], detail: OperationDetail): void {
  const isPlain = sides.every((side) => !(typesOf(side.node) ?? ['array']).some((type) => type === 'array' || type === 'object'))
  const [old, now] = [before, after].map((encoding) => writingOf({ ...(encoding as JsonObject), in: 'query' }, isPlain))
  if (old!.style === now!.style && old!.explode === now!.explode) return
  pair.report('request-part-writing-changed', { ...detail, before: { ...old! }, after: { ...now! } })
}

function partHeaders(pair: OperationPair, media: Spot, name: string, side: 'before' | 'after'): Map<string, Json> {
  const { contract } = pair[side]
  const encoding = child(media, 'encoding')
  const headers = childObject(contract, encoding && child(encoding, name), 'headers')
  const names = headers ? Object.keys(headers.node as JsonObject) : []
  return new Map(names.map((header) => [header.toLowerCase(), childObject(contract, headers, header)?.node ?? {}]))
}

function checkHeaders(
  pair: OperationPair,
  before: ReadonlyMap<string, Json>,
  after: ReadonlyMap<string, Json>,
  detail: OperationDetail,
): void {
  for (const [header, node] of after) {
    if (own(node, 'required') === true && own(before.get(header), 'required') !== true)
      pair.report('request-part-header-became-required', { ...detail, after: header })
  }
}
