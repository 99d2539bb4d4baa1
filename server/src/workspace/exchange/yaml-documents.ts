import { Document, isScalar, parseAllDocuments } from 'yaml'
import { errors } from '../errors.ts'

/** Plain data of every document of a foreign YAML file; a document that is a list, as OpenSLO allows, gives its items. @throws workspace.import_unreadable */
export function readForeign(file: string, text: string): Record<string, unknown>[] {
  const documents = parseAllDocuments(text)
  const parsed = Array.isArray(documents) ? documents : []
  const broken = parsed.flatMap(({ errors }) => errors)[0]
  if (broken) throw errors.import_unreadable({ file, reason: broken.message.split('\n')[0] ?? 'it is no YAML' })
  return parsed.flatMap((document) => {
    const value: unknown = document.toJS()
    return [value].flat().flatMap((item) => (typeof item === 'object' && item !== null ? [item as Record<string, unknown>] : []))
  })
}

/** Documents one after another, as one file. */
export function writeDocuments(values: readonly unknown[]): string {
  return values.map((value) => new Document(value).toString({ lineWidth: 0 })).join('---\n')
}

/**
 * One of our entities as a file. `assumed` are fields that the source did not say: path → why. They carry a comment, so that the
 * reader of the review sees what nobody has decided.
 */
export function writeEntity(value: unknown, header: string, assumed: ReadonlyMap<string, string> = new Map()): string {
  const document = new Document(value)
  document.commentBefore = ` ${header}`
  for (const [path, why] of assumed) {
    const node = document.getIn(
      path.split('.').map((key) => (/^\d+$/.test(key) ? Number(key) : key)),
      true,
    )
    if (isScalar(node)) node.comment = ` assumed: ${why}`
  }
  return document.toString({ lineWidth: 0 })
}

/** What an import leaves out, and why: nothing is dropped in silence. */
export interface LeftOut {
  what: string
  why: string
}

export const asRecord = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {}

export const asText = (value: unknown): string | undefined => (typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined)

export const asTexts = (value: unknown): string[] => (Array.isArray(value) ? value.flatMap((item) => asText(item) ?? []) : [])

/** A name of ours made from somebody else's: `Payments_API.v2` → `payments-api-v2`. */
export function toSlug(name: string): string {
  return name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 63)
    .replace(/^-+|-+$/g, '')
}
