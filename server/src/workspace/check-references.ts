import type { BridgekeeperError } from '../errors/index.ts'
import type { Kind } from './entities/kinds.ts'
import type { ReferenceTarget } from './entities/references.ts'
import { errors } from './errors.ts'
import { replaceScalar } from './mends.ts'
import { candidatesFor, type Names } from './names.ts'
import { nearest } from './nearest.ts'
import type { Problem } from './problem.ts'
import type { RawDocument } from './read-documents.ts'
import { type Path, walkReferences } from './reference-map.ts'
import { folded, targetInWords } from './repairs.ts'
import { at, type Judged, upToMany } from './schema-problems.ts'

/** A path that an entity mentions; whether the file is there is asked outside, because it needs the disk. */
export interface MentionedFile {
  judged: Judged
  path: Path
  file: string
  target: 'File' | 'Contract'
}

/** What one entity refers to that does not exist, and what it lists twice. */
export function checkReferences(judged: Judged, names: Names, files: MentionedFile[]): Problem[] {
  const found: (() => Problem)[] = []
  walkReferences(judged.schema, judged.document.value, {
    repeat: (what, name, path) => found.push(() => at(judged, path, errors.written_twice({ what, name }))),
    reference: (target, name, path) => {
      if (target === 'File' || target === 'Contract') files.push({ judged, path, file: name, target })
      else if (!candidatesFor(target, judged.document, names).has(name))
        found.push(() => danglingReference(judged, target, name, path, names))
    },
  })
  return upToMany(judged, found, (problem) => [problem()])
}

function danglingReference(judged: Judged, target: ReferenceTarget, name: string, path: Path, names: Names): Problem {
  const candidates = new Set(candidatesFor(target, judged.document, names).keys())
  const same = [...candidates].filter((candidate) => folded(candidate) === folded(name) && exists(target, candidate, names))
  const mend = same.length === 1 ? replaceScalar(judged.document, path, same[0]) : undefined
  return at(judged, path, dangling(judged.document, target, name, path, names, candidates), mend)
}

/** A side that is itself misspelled is no spelling to copy. */
function exists(target: ReferenceTarget, candidate: string, names: Names): boolean {
  return target === 'Side' || target === 'Party' ? names.entities.Organization.has(candidate) : true
}

function dangling(
  document: RawDocument,
  target: ReferenceTarget,
  name: string,
  path: Path,
  names: Names,
  candidates: ReadonlySet<string>,
): BridgekeeperError {
  const field = String(path.findLast((step) => typeof step === 'string'))
  const near = nearest(name, candidates)
  const listed = [...candidates].join(', ')
  if (target === 'Side' || target === 'Party') {
    if (near !== undefined && !names.entities.Organization.has(name))
      return errors.reference({ target: targetInWords[target], name, where: kindInWords(document), near, known: listed })
    return target === 'Side'
      ? errors.not_a_side({ field, name, sides: listed || 'the sides' })
      : errors.not_a_party({
          field,
          name,
          parties: listed || 'the parties',
          what: kindInWords(document),
        })
  }
  if (target === 'Person' || target === 'Calendar') return danglingInside(target, name, near, names, candidates)
  const where = target === 'PartyOrJob' ? kindInWords(document) : 'workspace'
  const other = (Object.keys(names.entities) as Kind[]).find((kind) => kind !== target && names.entities[kind].has(name))
  if (other && target in names.entities)
    return errors.reference({
      target: targetInWords[target],
      name,
      where,
      near: undefined,
      known: otherKind(name, other, target, [...candidates]),
    })
  return errors.reference({ target: targetInWords[target], name, where, near, known: knownOnes(target, [...candidates]) })
}

const kindInWords = (document: RawDocument): string => String((document.value as { kind?: string }).kind).toLowerCase()

function danglingInside(
  target: 'Person' | 'Calendar',
  name: string,
  near: string | undefined,
  names: Names,
  candidates: ReadonlySet<string>,
): BridgekeeperError {
  const [organization = '', inner, ...rest] = name.split('/')
  const word = targetInWords[target]
  if (inner === undefined || rest.length > 0) {
    const owner = [...candidates].filter((candidate) => candidate.endsWith(`/${organization}`))
    const fix = owner.length === 1 ? `Did you mean ${owner[0]}?` : 'Write the organization, a slash and the name, for example acme/ada.'
    return errors.value({ field: `a ${word}`, expected: 'written organization/name', found: name, fix })
  }
  if (!names.entities.Organization.has(organization))
    return errors.reference({
      target: 'organization',
      where: 'workspace',
      name: organization,
      near: nearest(organization, names.entities.Organization.keys()),
      known: knownOnes('Organization', [...names.entities.Organization.keys()]),
    })
  const colleagues = [...candidates].filter((candidate) => candidate.startsWith(`${organization}/`))
  return errors.reference({
    target: word,
    where: 'workspace',
    name,
    near: nearest(name, colleagues) ?? near,
    known: listing(
      `${organization} lists`,
      colleagues,
      `Add ${inner} to the ${target === 'Person' ? 'people' : 'calendars'} of ${organization}.`,
    ),
  })
}

const otherKind = (name: string, kind: Kind, target: ReferenceTarget, candidates: string[]): string => {
  const [is, needed] = [kind, target].map((word) => `${/^[AEIOU]/.test(word) ? 'an' : 'a'} ${word.toLowerCase()}`)
  return `${name} is ${is}, and ${needed} is needed here. ${knownOnes(target, candidates)}`
}

const knownOnes = (target: ReferenceTarget, candidates: string[]): string =>
  listing(
    candidates.length === 1 ? 'There is only' : 'There are',
    candidates,
    `Add a file of kind ${target} with this name, or correct the name.`,
  )

function listing(start: string, all: readonly string[], otherwise: string): string {
  return all.length === 0 || all.length > 12 ? otherwise : `${start} ${all.join(', ')}. Correct the name, or add what is missing.`
}
