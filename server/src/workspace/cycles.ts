import type { Kind } from './entities/kinds.ts'
import { errors } from './errors.ts'
import { type Names, nameOf, specOf } from './names.ts'
import type { RawDocument } from './read-documents.ts'
import type { Path } from './reference-map.ts'
import type { Finding } from './rules.ts'
import { locate, offsetOf } from './source-file.ts'

/** A reference from one entity to another of its kind, which must come to an end somewhere. */
interface ChainedField {
  kind: Kind
  path: string[]
  /** What a person calls the relation: `a supersedes b`. */
  verb: string
}

const chainedFields: readonly ChainedField[] = [
  { kind: 'Agreement', path: ['spec', 'supersedes'], verb: 'supersedes' },
  { kind: 'Integration', path: ['spec', 'windDown', 'successor'], verb: 'is succeeded by' },
]

/**
 * Circles of references, each once, at its first entity by name. Read from the documents as they are written, not from
 * accepted entities: another mistake in one of the files must not hide the circle until it is mended.
 */
export function findCycles({ entities }: Names): Finding[] {
  return chainedFields.flatMap((field) => {
    const reported = new Set<string>()
    const all = entities[field.kind]
    return [...all.keys()].sort().flatMap((start) => {
      const trail = trailFrom(start, all, field)
      if (trail === undefined || reported.has(start)) return []
      for (const member of trail) reported.add(member)
      return [{ document: all.get(start)!, kind: field.kind, path: field.path, error: explain(trail, all, field) }]
    })
  })
}

/** The names from a start until it is met again; undefined when it never is. */
function trailFrom(start: string, all: ReadonlyMap<string, RawDocument>, { path }: ChainedField): string[] | undefined {
  const trail: string[] = []
  let name: string | undefined = start
  while (name !== undefined && all.has(name) && !trail.includes(name)) {
    trail.push(name)
    name = nextOf(all.get(name)!, path)
  }
  return name === start ? trail : undefined
}

function nextOf(document: RawDocument, [, ...path]: readonly string[]): string | undefined {
  let value: unknown = specOf(document)
  for (const step of path) value = (value as Record<string, unknown> | null | undefined)?.[step]
  return typeof value === 'string' ? value : undefined
}

function explain(trail: readonly string[], all: ReadonlyMap<string, RawDocument>, { path, verb }: ChainedField) {
  const [start] = trail
  const documents = trail.map((name) => all.get(name)!)
  const problem =
    trail.length === 1
      ? `${start} ${verb} itself`
      : `${trail.map((name, index) => `${name} ${verb} ${trail[index + 1] ?? start}`).join(', ')}: a circle without a first one`
  const places = documents.map((document) => `${nameOf(document)} (${placeOf(document, path)})`)
  const field = path.at(-1)!
  return errors.cycle({ problem, field, places: places.length === 1 ? undefined : places.join(', ') })
}

function placeOf({ source, index }: RawDocument, path: Path): string {
  const { line } = source.position(offsetOf(locate(source, index, path), 'value'))
  return `${source.file}:${line}`
}
