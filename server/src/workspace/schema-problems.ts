import type { z } from 'zod'
import type { BridgekeeperError } from '../errors/index.ts'
import { type Complaint, expectations } from './entities/complain.ts'
import { errors } from './errors.ts'
import { example, expected, found } from './expectation.ts'
import { insertFirst, onlyField, renameKey, replaceValue, retypeValue, rewriteKey, written } from './mends.ts'
import { nearest } from './nearest.ts'
import { type Mend, type Problem, problemAt } from './problem.ts'
import type { RawDocument } from './read-documents.ts'
import { discriminatorWords, fieldsOf, innermost, membersFor, registered, schemaAt, wordsOf } from './schema-shape.ts'
import { locate, offsetOf } from './source-file.ts'
import { noBreakSpace, otherSpaces } from './syntax-in-words.ts'

type Issue = z.core.$ZodIssue
type Path = (string | number)[]

/** One entity while it is judged. */
export interface Judged {
  document: RawDocument
  entity: string
  schema: z.core.$ZodType
}

/** What a schema refuses, told to the person who wrote the file. */
export function schemaProblems(judged: Judged, issues: readonly Issue[]): Problem[] {
  const unknown = issues.flatMap((issue) => (issue.code === 'unrecognized_keys' ? [issue] : []))
  const misspelled = new Set(unknown.flatMap((issue) => meantFields(judged, issue)))
  const merged = new Set(unknown.flatMap(({ keys, path }) => (keys.includes('<<') ? [JSON.stringify(path)] : [])))
  const elsewhere = ({ path }: Issue) =>
    misspelled.has(JSON.stringify(path)) || (merged.has(JSON.stringify(path.slice(0, -1))) && valueAt(judged, path as Path) === undefined)
  const told = issues.filter((issue) => !elsewhere(issue))
  return upToMany(judged, told, (issue) => problemsOf(judged, issue))
}

/** Nobody reads a thousand problems of one entity; the first ones tell what happened to the file. */
const many = 500

/** The problems of the first `many` things, and how many more there are. */
export function upToMany<Thing>(judged: Judged, things: readonly Thing[], problemsOf: (thing: Thing) => Problem[]): Problem[] {
  const problems = things.slice(0, many).flatMap(problemsOf)
  return things.length > many ? [...problems, at(judged, [], errors.more({ count: things.length - many }))] : problems
}

/** The fields that unknown ones were probably meant to be: reporting those as missing too would be noise. */
function meantFields(judged: Judged, { keys, path }: z.core.$ZodIssueUnrecognizedKeys): string[] {
  return keys.flatMap((key) => {
    const near = nearest(key, freeFields(judged, path as Path))
    return near === undefined ? [] : [JSON.stringify([...path, near])]
  })
}

function freeFields(judged: Judged, parent: Path): string[] {
  const value = valueAt(judged, parent)
  const present = Object.keys((value ?? {}) as object)
  return fieldsOf(schemaAt(judged.schema, parent, judged.document.value), value).filter((field) => !present.includes(field))
}

function problemsOf(judged: Judged, issue: Issue): Problem[] {
  const path = issue.path as Path
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownField(judged, path, key))
  if (issue.code === 'custom')
    return [at(judged, path, (issue.params as { complaint: Complaint }).complaint(fieldName(path)), mendValue(judged, path))]
  if (issue.code === 'invalid_union' && issue.discriminator)
    return [
      wrongWord(
        judged,
        [...path.slice(0, path.at(-1) === issue.discriminator ? -1 : undefined), issue.discriminator],
        discriminatorWordsAt(judged, path, issue.discriminator),
      ),
    ]
  if (issue.code === 'invalid_union') {
    const meant = issuesOfMeantMember(judged, path, issue)
    if (meant) return meant.flatMap((inner) => problemsOf(judged, inner))
  }
  if (issue.code === 'invalid_value') return [wrongWord(judged, path, issue.values.map(String))]
  if (valueAt(judged, path) === undefined) return [missingField(judged, path)]
  return [at(judged, path, mismatch(judged, path, issue), mendValue(judged, path))]
}

/** Of a union without discriminator: the complaints of the one member that has the fields that are written. */
function issuesOfMeantMember(judged: Judged, path: Path, { errors }: z.core.$ZodIssueInvalidUnion): Issue[] | undefined {
  const value = valueAt(judged, path)
  const union = schemaAt(judged.schema, path, judged.document.value)
  if (!union || typeof value !== 'object' || value === null) return undefined
  const members = membersFor(innermost(union), value)
  const meant = members.findIndex((member) => Object.keys(value).every((key) => fieldsOf(member, value).includes(key)))
  return errors[meant]?.map((issue) => ({ ...issue, path: [...path, ...issue.path] }))
}

/** A problem where the value stands, or where it should stand. */
export function at(
  { document, entity }: Judged,
  path: Path,
  error: BridgekeeperError,
  mend?: Mend,
  point: 'value' | 'key' = 'value',
): Problem {
  const location = locate(document.source, document.index, path)
  const position = document.source.position(offsetOf(location, location.depth < path.length ? 'key' : point))
  return problemAt({ file: document.source.file, ...position, entity, path }, error, document.source.exact ? mend : undefined)
}

export const valueAt = ({ document }: Judged, path: Path): unknown =>
  path.reduce<unknown>((value, step) => (value as Record<PropertyKey, unknown> | null | undefined)?.[step], document.value)

/** The field's own name; for an item of a list the list's name with its place. */
function fieldName(path: Path): string {
  const last = path.at(-1)
  if (last === undefined) return 'the file'
  return typeof last === 'number' ? `item ${last + 1} of ${fieldName(path.slice(0, -1))}` : last
}

const parentName = ({ entity }: Judged, path: Path): string => (path.length === 0 ? (entity.split(' ')[0] ?? 'the file') : fieldName(path))

function unknownField(judged: Judged, parent: Path, key: string): Problem {
  if (otherSpaces.test(key)) return spacedField(judged, [...parent, key], key)
  if (key === '<<') return at(judged, [...parent, key], errors.merge_key({}), undefined, 'key')
  if (parent.length === 0 && fieldsOf(schemaAt(judged.schema, ['spec'], judged.document.value), undefined).includes(key))
    return at(judged, [key], errors.field_outside({ field: key, belongs: 'spec' }), undefined, 'key')
  const free = freeFields(judged, parent)
  const near = nearest(key, free)
  const error = errors.field_unknown({
    field: key,
    parent: parentName(judged, parent),
    near,
    known: free.join(', '),
  })
  return at(judged, [...parent, key], error, near === undefined ? undefined : renameKey(judged.document, [...parent, key], near), 'key')
}

/** A no-break space in the indentation is read as a part of the key. */
function spacedField(judged: Judged, path: Path, key: string): Problem {
  const error = errors.yaml({ ...noBreakSpace, expected: 'YAML' })
  return at(judged, path, error, rewriteKey(judged.document, path, key.replaceAll(new RegExp(otherSpaces, 'g'), ' ')), 'key')
}

function missingField(judged: Judged, path: Path): Problem {
  const schema = schemaAt(judged.schema, path, judged.document.value)
  const parent = path.slice(0, -1)
  return at(judged, path, errors.field_missing({ field: fieldName(path), parent: parentName(judged, parent), expected: toAdd(schema) }))
}

/** What follows the name of a field that is to be added. */
function toAdd(schema: z.core.$ZodType | undefined): string {
  const words = example(schema)
  return words.startsWith('its fields') ? ` with ${words}` : `: ${words}`
}

function discriminatorWordsAt({ schema, document }: Judged, path: Path, discriminator: string): string[] {
  const union = schemaAt(schema, path.at(-1) === discriminator ? path.slice(0, -1) : path, document.value)
  return union ? discriminatorWords(union, discriminator) : []
}

function missingWord(judged: Judged, path: Path, words: readonly string[]): Problem {
  const expected = words.length === 1 ? words[0]! : `one of ${words.join(', ')}`
  const error = errors.field_missing({ field: fieldName(path), parent: parentName(judged, path.slice(0, -1)), expected: `: ${expected}` })
  return at(judged, path, error, path.join() === 'apiVersion' ? insertFirst(judged.document, `apiVersion: ${expected}`) : undefined)
}

function wrongWord(judged: Judged, path: Path, words: readonly string[]): Problem {
  const value = valueAt(judged, path)
  if (value === undefined) return missingWord(judged, path, words)
  const meant = typeof value === 'boolean' ? (value ? 'yes' : 'no') : String(value)
  const near = words.includes(meant) ? meant : nearest(meant, words)
  const error = errors.word({ field: fieldName(path), found: found(value), near, words: words.join(', ') })
  return at(judged, path, error, near === undefined ? undefined : replaceValue(judged.document, path, near, meant))
}

function mismatch(judged: Judged, path: Path, issue: Issue): BridgekeeperError {
  const schema = schemaAt(judged.schema, path, judged.document.value)
  const value = valueAt(judged, path)
  const said = schema && registered(expectations, schema)
  const field = fieldName(path)
  const wanted = limits(issue) ?? expected(schema)
  const fix = said?.example ? `Write it like ${said.example}.` : wanted === 'text' ? textFix(value) : `Write ${example(schema)}.`
  const mend = limits(issue) ? limitFix(issue, judged, path) : (particularFix(schema, value, said?.example) ?? fix)
  return errors.type({ field, expected: wanted, found: found(value), fix: mend })
}

/** What is wrong so often that the reader is told how to write this very value. */
function particularFix(schema: z.core.$ZodType | undefined, value: unknown, example: string | undefined): string | undefined {
  if (typeof value === 'number' && example?.endsWith('%'))
    return `Write it with a percent sign: ${value <= 1 ? +(value * 100).toFixed(4) : value}%.`
  if (typeof value === 'number' && /^[\d.]+ [A-Z]{3}$/.test(example ?? '')) return `Write it with its currency, for example ${value} EUR.`
  if (typeof value !== 'object' && value !== null && schema) {
    const [group] = onlyField(schema, value) ?? []
    if (group) return `Write ${written(group)}.`
  }
  const isText = Object.keys(value ?? {}).includes('[object Object]')
  if (isText) return 'Put text that starts with a brace in quotes.'
  const hyphens = typeof value === 'object' && Object.keys(value ?? {}).some((key) => key.startsWith('-'))
  return hyphens ? 'Write a space after each hyphen.' : undefined
}

/** How a value that is no text becomes one. */
function textFix(value: unknown): string {
  if (typeof value === 'number' || typeof value === 'boolean') return `Put it in quotes: '${value}'.`
  return value === null || value === undefined ? 'Write it, or leave the whole field out.' : 'Write it as one text.'
}

/** "at least 2 items", "1 to 65535": the bounds that a value broke. */
function limits(issue: Issue): string | undefined {
  if (issue.code !== 'too_small' && issue.code !== 'too_big') return undefined
  const bound = issue.code === 'too_small' ? issue.minimum : issue.maximum
  const word =
    issue.code === 'too_small'
      ? issue.inclusive === false
        ? 'more than'
        : 'at least'
      : issue.inclusive === false
        ? 'less than'
        : 'at most'
  if (issue.origin === 'string') return issue.code === 'too_small' ? 'text that says something' : `at most ${bound} characters long`
  return issue.origin === 'array' ? `a list of ${word} ${bound}` : `${word} ${bound}`
}

function limitFix(issue: Issue, { schema, document }: Judged, path: Path): string {
  const origin = 'origin' in issue ? issue.origin : ''
  const field = schemaAt(schema, path, document.value) as z.ZodType | undefined
  const optional = field?.safeParse(undefined).success ?? false
  if (origin === 'array')
    return optional ? 'Add what is missing; if there is nothing to add, leave the whole field out.' : 'Add what is missing.'
  return origin === 'string'
    ? !optional
      ? 'Write it: nothing works without it.'
      : 'Write it, or leave the whole field out: what is left out is reported as missing, not hidden.'
    : 'Correct the number.'
}

const mendValue = (judged: Judged, path: Path): Mend | undefined => {
  const schema = schemaAt(judged.schema, path, judged.document.value)
  return schema && wordsOf(schema).length === 0 ? retypeValue(judged.document, path, schema) : undefined
}
