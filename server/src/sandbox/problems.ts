import type { ErrorObject } from 'ajv'

/** One thing in a request that does not fit the contract. */
export interface Problem {
  in: 'path' | 'query' | 'header' | 'cookie' | 'body'
  /** JSON pointer in the body (`/labels/0`), otherwise the name of the parameter. Empty: the whole body. */
  at: string
  /** What was expected, as the end of a sentence that begins with the place. */
  message: string
  /** What stood there, shortened. */
  found: string
}

const mostProblems = 20

/** Says Ajv's findings in words that name the place, what was expected and what was found. */
export function problemsOf(place: Problem['in'], name: string, findings: ErrorObject[]): Problem[] {
  const unions = findings.filter((each) => each.keyword === 'oneOf' || each.keyword === 'anyOf').map((each) => each.schemaPath)
  // What a failed alternative says about itself only repeats what the union says in one sentence, unless it looks deeper.
  const telling = findings.filter(
    (each) => !unions.some((path) => each.schemaPath !== path && each.schemaPath.startsWith(path)) || deeperThanUnions(each, findings),
  )
  const problems = (telling.length > 0 ? telling : findings).map((each) => toProblem(place, name, each))
  return [...new Map(problems.map((problem) => [`${problem.at} ${problem.message}`, problem])).values()].slice(0, mostProblems)
}

function deeperThanUnions(finding: ErrorObject, findings: ErrorObject[]): boolean {
  const unions = findings.filter((each) => each.keyword === 'oneOf' || each.keyword === 'anyOf')
  return unions.every((union) => finding.instancePath.length > union.instancePath.length) && finding.keyword !== 'oneOf'
}

function toProblem(place: Problem['in'], name: string, finding: ErrorObject): Problem {
  const inside = place === 'body' ? finding.instancePath : name + finding.instancePath
  const at = (more: unknown) => `${inside}/${String(more).replaceAll('~', '~0').replaceAll('/', '~1')}`
  const found = shorten(finding.data)
  const { params } = finding
  switch (finding.keyword) {
    case 'required':
      return { in: place, at: at(params.missingProperty), message: 'is required', found: 'nothing' }
    case 'additionalProperties':
    case 'unevaluatedProperties': {
      const extra = params.additionalProperty ?? params.unevaluatedProperty
      const known = Object.keys((finding.parentSchema?.properties as object | undefined) ?? {})
      const list = known.length > 0 && known.length <= 30 ? `; known are ${known.join(', ')}` : ''
      return {
        in: place,
        at: at(extra),
        message: `is not known to the contract${list}`,
        found: shorten((finding.data as Record<string, unknown>)?.[extra]),
      }
    }
    case 'enum':
      return {
        in: place,
        at: inside,
        message: `must be one of ${(params.allowedValues as unknown[]).map((each) => JSON.stringify(each)).join(', ')}`,
        found,
      }
    case 'const':
      return { in: place, at: inside, message: `must be ${JSON.stringify(params.allowedValue)}`, found }
    case 'oneOf':
    case 'anyOf':
      return {
        in: place,
        at: inside,
        message: `must fit one of its ${(finding.schema as unknown[]).length} alternatives${params.passingSchemas ? ', and fits more than one' : describe(finding.schema as object[])}`,
        found,
      }
    default:
      return { in: place, at: inside, message: String(finding.message).replace('must NOT', 'must not'), found }
  }
}

function describe(alternatives: object[]): string {
  const types = alternatives.map((each) => (each as { type?: string | string[] }).type).filter(Boolean)
  return types.length === alternatives.length ? ` (${types.map(String).join(', ')})` : ''
}

/** At most 80 characters of JSON. */
export function shorten(value: unknown): string {
  const text = value === undefined ? 'nothing' : (JSON.stringify(value) ?? String(value))
  return text.length > 80 ? `${text.slice(0, 77)}…` : text
}

/** One line for people: `body /subject is required (found nothing)`. */
export function sayProblem(problem: Problem): string {
  const place = problem.at === '' ? problem.in : `${problem.in} ${problem.at}`
  return `${place} ${problem.message} (found ${problem.found})`
}
