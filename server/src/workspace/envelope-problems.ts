import type { BridgekeeperError } from '../errors/index.ts'
import { apiVersion } from './entities/envelope.ts'
import { entitySchemas, type Kind } from './entities/kinds.ts'
import { errors } from './errors.ts'
import { found } from './expectation.ts'
import { rootFile } from './find-files.ts'
import { renameKey, replaceScalar } from './mends.ts'
import { type Names, nameOf } from './names.ts'
import { nearest } from './nearest.ts'
import type { Mend, Problem } from './problem.ts'
import type { RawDocument } from './read-documents.ts'
import { folded } from './repairs.ts'
import { at } from './schema-problems.ts'

const kinds = Object.keys(entitySchemas) as Kind[]

interface Envelope {
  /** How the document is to be judged; nothing for documents that are not ours or that do not say what they are. */
  kind: Kind | undefined
  problems: Problem[]
}

/** Decides what a document wants to be, before anything in it is judged. */
export function checkEnvelope(document: RawDocument, names: Names): Envelope {
  const { value } = document
  if (document.broken) return { kind: undefined, problems: [] }
  const isRoot = document.source.file === rootFile
  if (isRoot && document.index === 0 && (typeof value !== 'object' || value === null || Array.isArray(value)))
    return only(document, [], errors.root_other({ found: found(value) }))
  if (value === undefined || value === null) return { kind: undefined, problems: [] }
  if (typeof value !== 'object' || Array.isArray(value)) return only(document, [], errors.not_an_entity({ found: found(value) }))
  const fields = value as Record<string, unknown>
  if (belongsToSomebodyElse(fields)) return { kind: undefined, problems: [] }
  return judgeOurs(document, fields, names)
}

function only(document: RawDocument, path: string[], error: BridgekeeperError, mend?: Mend, point?: 'key'): Envelope {
  return { kind: undefined, problems: [at({ document, entity: '', schema: entitySchemas.Workspace }, path, error, mend, point)] }
}

/** Backstage, OpenSLO, Kubernetes and others use the same envelope; a misspelled version of ours is ours. */
function belongsToSomebodyElse({ apiVersion: version, kind }: Record<string, unknown>): boolean {
  if (typeof version === 'string') {
    const ours = version.includes('bridgekeeper') || nearest(version, [apiVersion]) !== undefined
    return !ours && (version.includes('/') || !kinds.includes(kind as Kind))
  }
  return version === undefined && kind !== undefined && nearest(String(kind), kinds) === undefined
}

function judgeOurs(document: RawDocument, fields: Record<string, unknown>, names: Names): Envelope {
  const kind = fields.kind
  if (kind === undefined || kind === null) {
    const misspelled = Object.keys(fields).find((key) => folded(key) === 'kind')
    if (misspelled === undefined) return only(document, [], errors.kind_missing({}))
    const error = errors.field_unknown({ field: misspelled, parent: 'the file', near: 'kind', known: 'kind' })
    return only(document, [misspelled], error, renameKey(document, [misspelled], 'kind'), 'key')
  }
  if (!kinds.includes(kind as Kind)) {
    const near = nearest(String(kind), kinds)
    const mend = near !== undefined && folded(near) === folded(String(kind)) ? replaceScalar(document, ['kind'], near) : undefined
    return only(document, ['kind'], errors.kind_unknown({ found: found(kind), near }), mend)
  }
  return { kind: kind as Kind, problems: placeProblems(document, kind as Kind, names) }
}

/** One name, one entity; and the settings of the workspace only at its root. */
function placeProblems(document: RawDocument, kind: Kind, names: Names): Problem[] {
  const name = nameOf(document)
  const judged = { document, entity: name === undefined ? kind : `${kind} ${name}`, schema: entitySchemas[kind] }
  const isRoot = document.source.file === rootFile
  if (isRoot && kind !== 'Workspace') return [at(judged, ['kind'], errors.root_other({ found: `the ${kind} ${name ?? 'without a name'}` }))]
  if (kind === 'Workspace') return isRoot && document.index === 0 ? [] : [at(judged, ['kind'], errors.root_twice({}))]
  const first = name === undefined ? undefined : names.entities[kind].get(name)
  if (!first || first === document) return []
  const where = first.source === document.source ? `document ${first.index + 1} of this file` : first.source.file
  return [at(judged, ['metadata', 'name'], errors.name_taken({ kind, name: name!, first: where }))]
}
