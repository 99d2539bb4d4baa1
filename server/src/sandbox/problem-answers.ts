import { STATUS_CODES } from 'node:http'
import type { BridgekeeperError } from '../errors/index.ts'
import { type Content, jsonOf, type Operation, type Schema } from './contract.ts'
import type { Engine } from './engine.ts'
import { flatten, typeOf } from './flatten.ts'
import type { Problem } from './problems.ts'
import type { RecordValue } from './state.ts'

export interface ProblemAnswer {
  status: number
  mediaType: string
  body: RecordValue
}

/** The status that the contract declares for a kind of refusal, else the usual one. */
export function declaredStatus(operation: Operation | undefined, preferred: number[]): number {
  return preferred.find((status) => operation?.answers.some((answer) => answer.status === status)) ?? preferred[0]!
}

/**
 * Says a refusal in the shape that the contract declares for its errors, so that clients read it as they read the real
 * platform's; what exactly is wrong stands in its message and, where the shape allows, under `sandbox`.
 */
export function problemAnswer(
  engine: Engine,
  operation: Operation | undefined,
  status: number,
  error: BridgekeeperError,
  problems: Problem[] = [],
): ProblemAnswer {
  const details = { code: error.code, detail: error.message, fix: error.fix, ...(problems.length > 0 ? { errors: problems } : {}) }
  const content = operation && jsonOf(operation.answers.find((answer) => answer.status === status)?.content ?? [])
  const shaped = content && shape(engine, content, status, error.message, problems)
  if (shaped)
    return { status, mediaType: content!.mediaType, body: isOpen(engine, content!.schema) ? { ...shaped, sandbox: details } : shaped }
  const plain = { type: 'about:blank', title: STATUS_CODES[status] ?? 'Error', status, ...details }
  return { status, mediaType: 'application/problem+json', body: plain }
}

const isOpen = (engine: Engine, schema: Schema) => flatten(engine.contract, schema).additionalProperties !== false

function shape(engine: Engine, content: Content, status: number, message: string, problems: Problem[]): RecordValue | undefined {
  const flat = flatten(engine.contract, content.schema)
  if (typeOf(flat) !== 'object' || !flat.properties) return undefined
  const base = engine.sampler.sample(content.schema, 'blank').value as RecordValue
  const said = fill(engine, flat, base, status, message, problems)
  return engine.compiler.validator(content.schema, 'answer')(said) ? said : fill(engine, flat, base, status, message, [])
}

function fill(engine: Engine, flat: Schema, base: RecordValue, status: number, message: string, problems: Problem[]): RecordValue {
  const said: RecordValue = { ...base }
  for (const [name, property] of Object.entries((flat.properties ?? {}) as Record<string, Schema>)) {
    const inner = flatten(engine.contract, property)
    const type = typeOf(inner)
    if (type === 'string' && /^(message|detail|details|error_?description|description|reason|error_?message|msg)$/i.test(name))
      said[name] = message
    else if (type === 'string' && /^title$/i.test(name)) said[name] = STATUS_CODES[status] ?? 'Error'
    else if (/^(status|status_?code|code)$/i.test(name) && (type === 'integer' || type === 'number')) said[name] = status
    else if (type === 'string' && /^status$/i.test(name)) said[name] = String(status)
    else if (type === 'object' && /^(error|fault)$/i.test(name))
      said[name] = fill(
        engine,
        inner,
        (base[name] as RecordValue) ?? (engine.sampler.sample(property, 'blank').value as RecordValue),
        status,
        message,
        problems,
      )
    else if (type === 'array' && /^(errors|details|violations|issues)$/i.test(name) && problems.length > 0)
      said[name] = problems.map((problem) => oneProblem(engine, inner.items, problem))
  }
  return said
}

function oneProblem(engine: Engine, schema: Schema, problem: Problem): unknown {
  const text = `${problem.message} (found ${problem.found})`
  const flat = flatten(engine.contract, schema)
  if (typeOf(flat) !== 'object') return `${problem.at} ${text}`
  const said: RecordValue = { ...(engine.sampler.sample(schema, 'blank').value as RecordValue) }
  for (const name of Object.keys(flat.properties ?? {})) {
    if (/^(pointer|field|path|location|property|param|parameter|attribute|source)$/i.test(name)) said[name] = problem.at
    if (/^(message|detail|description|reason|msg)$/i.test(name)) said[name] = text
    if (/^code$/i.test(name) && typeOf(flatten(engine.contract, flat.properties[name])) === 'string')
      said[name] = problem.message === 'is required' ? 'missing_field' : 'invalid'
  }
  return said
}
