import type { z } from 'zod'
import { nearest } from '../workspace/index.ts'
import type { Operation } from './contract.ts'
import { contractChange } from './contract-change.ts'
import { errors } from './errors.ts'
import { type FaultRule, faultRule } from './fault-rule.ts'
import { namesNear } from './webhook-events.ts'

/** What a rule can be about. */
export interface FaultTargets {
  operations: readonly Pick<Operation, 'id' | 'method' | 'path'>[]
  /** Names of webhooks and callbacks. */
  events: readonly string[]
  /** Path of the contract's server, with which requests may come as well; may be empty. */
  basePath: string
}

/**
 * Reads a rule. One that can strike nothing of the contract is refused: a test would pass because nothing went wrong.
 *
 * @throws sandbox.fault_invalid
 */
export function parseFault(input: unknown, targets: FaultTargets | undefined): FaultRule {
  const parsed = faultRule.safeParse(input)
  if (!parsed.success) throw errors.fault_invalid({ reason: reasonOf(input, parsed.error) })
  const reason = targets && strikesNothing(parsed.data, targets)
  if (reason) throw errors.fault_invalid({ reason })
  return parsed.data
}

function reasonOf(input: unknown, error: z.ZodError): string {
  const kinds: string[] = faultRule.options.map((option) => option.shape.kind.value)
  const kind = (input as { kind?: string } | null)?.kind ?? 'nothing'
  if (!kinds.includes(kind)) return `kind must be one of ${kinds.join(', ')}; found ${kind}`
  return error.issues.map((issue) => sentenceOf(issue, input)).join('; ')
}

function sentenceOf(issue: z.core.$ZodIssue, input: unknown): string {
  const name = issue.path.join('.')
  const found = issue.path.reduce<unknown>((value, part) => (value as Record<PropertyKey, unknown> | undefined)?.[part], input)
  if (issue.code === 'unrecognized_keys') return `${issue.keys.join(', ')} is no setting of this kind`
  if (issue.code === 'invalid_union') return `${name} must be one of ${changes.join(', ')}; found ${String(found ?? 'nothing')}`
  if (found === undefined) return `${name} is missing`
  return `${name} must be ${expectationOf(issue)}; found ${JSON.stringify(found)}`
}

const changes = contractChange.options.map(({ shape }) => shape.change.value)

function expectationOf(issue: z.core.$ZodIssue): string {
  if (issue.code === 'too_small') return `at least ${issue.minimum}`
  if (issue.code === 'too_big') return `at most ${issue.maximum}`
  if (issue.code === 'invalid_value') return `one of ${issue.values.join(', ')}`
  return issue.code === 'invalid_type' ? `of type ${issue.expected}` : `otherwise (${issue.message})`
}

function strikesNothing(rule: FaultRule, { operations, events, basePath }: FaultTargets): string | undefined {
  if (rule.kind === 'webhook-drop' || rule.kind === 'webhook-duplicate' || rule.kind === 'webhook-delay')
    return rule.event === undefined || events.includes(rule.event) ? undefined : `the contract has no event ${unknown(rule.event, events)}`
  const ids = operations.map(({ id }) => id)
  if (rule.operation !== undefined && !ids.includes(rule.operation)) return `the contract has no operation ${unknown(rule.operation, ids)}`
  const { path } = rule
  const onPath = operations.filter(({ path: template }) => path === undefined || couldMatch(withoutBase(path, basePath), template))
  const paths = [...new Set(operations.map((operation) => operation.path))]
  if (path !== undefined && onPath.length === 0) return `the contract has no path ${unknown(path, paths)}`
  const meant = onPath.filter(({ id, method }) => (rule.operation ?? id) === id && (rule.method ?? method).toLowerCase() === method)
  return meant.length > 0 ? undefined : 'no operation of the contract has this operation, method and path together'
}

function withoutBase(path: string, basePath: string): string {
  return basePath !== '' && path.startsWith(`${basePath}/`) ? path.slice(basePath.length) : path
}

function unknown(name: string, names: readonly string[]): string {
  const near = nearest(name, names)
  return near === undefined ? `${name}; it has ${namesNear(name, names).known}` : `${name}; did you mean ${near}`
}

/** Whether some request to `template` could be meant: literals are equal, and everything else may be. */
function couldMatch(path: string, template: string): boolean {
  const [mine, theirs] = [path.split('/'), template.split('/')]
  const rest = mine.indexOf('**')
  if (rest < 0 ? mine.length !== theirs.length : theirs.length < rest) return false
  const open = (part: string) => part.includes('*') || part.includes('{')
  return mine.slice(0, rest < 0 ? undefined : rest).every((part, at) => part === theirs[at] || open(part) || open(theirs[at]!))
}
