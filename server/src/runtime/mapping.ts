import { CustomerDataFailure } from '@bridgekeeper/sdk'
import jsonata from 'jsonata'
import { BoundedRegex } from '../contracts/index.ts'

type Expression = ReturnType<typeof jsonata>

const maxSteps = 200_000
const maxDepth = 200
const maxMs = 2_000
/** Of an array that an expression makes, and of a text in characters: far above what any body holds. */
const maxItems = 100_000
const maxLength = 8 * 1024 * 1024
/** Of an expression. A syntax tree takes a hundred times the room of its text, and reading four million characters stops the process for seconds. */
const maxExpressionLength = 64 * 1024
const maxCached = 1_000
/** Of all expressions that are kept compiled. */
const maxCachedLength = 1024 * 1024
let cachedLength = 0
const compiled = new Map<string, Expression>()

/** @throws the parser's error with position, when the expression is none */
export function compileMapping(expression: string): Expression {
  const known = compiled.get(expression)
  if (known) return known
  if (expression.length > maxExpressionLength)
    throw new Error(`it has ${expression.length} characters; at most ${maxExpressionLength} are read`)
  const fresh = jsonata(expression, { RegexEngine: BoundedRegex as unknown as RegExpConstructor })
  boundWork(fresh)
  boundFunctions(fresh)
  compiled.set(expression, fresh)
  cachedLength += expression.length
  while (compiled.size > maxCached || cachedLength > maxCachedLength) {
    const oldest = compiled.keys().next().value!
    compiled.delete(oldest)
    cachedLength -= oldest.length
  }
  return fresh
}

/** What the parser says, with the place that it means. */
export function mappingProblem(expression: string, error: unknown): string {
  const { message, position } = error as { message?: string; position?: number }
  if (position === undefined) return message ?? String(error)
  const before = expression.slice(0, position).split('\n')
  // Where a symbol is missing, the parser names the place after it.
  const line = expression.split('\n')[before.length - 1]!.trim()
  const where = line.length > 120 ? `character ${position}` : `line ${before.length}, in ${line}`
  return `${message} (${where})`
}

interface Frame {
  lookup(name: string): unknown
}

interface Budget {
  steps: number
  depth: number
  /** Of `performance.now()`. */
  deadline: number
}

/**
 * Overrides come from customers: an endless recursion must end in an error, not in a worker that hangs, and texts that double must not fill
 * the memory. JSONata calls these two hooks around each evaluation; the budget travels in the bindings because one compiled expression serves
 * concurrent runs.
 */
function boundWork(expression: Expression): void {
  const budgetOf = (frame: Frame) => frame.lookup('__budget') as Budget | undefined
  const hooks = expression as unknown as { assign(name: symbol, hook: unknown): void }
  hooks.assign(Symbol.for('jsonata.__evaluate_entry'), (_: unknown, __: unknown, frame: Frame) => {
    const budget = budgetOf(frame)
    if (!budget) return
    budget.steps += 1
    budget.depth += 1
    if (budget.steps > maxSteps || budget.depth > maxDepth) throw new Error('the expression does not come to an end (too many steps)')
    if (performance.now() > budget.deadline) throw new Error(`the expression takes longer than ${maxMs / 1_000} s`)
  })
  hooks.assign(Symbol.for('jsonata.__evaluate_exit'), (_: unknown, __: unknown, frame: Frame, result: unknown) => {
    const budget = budgetOf(frame)
    if (budget) budget.depth -= 1
    if (Array.isArray(result) && result.length > maxItems) throw new Error(`the expression makes more than ${maxItems} items`)
    if (typeof result === 'string') expectLength(result.length)
  })
}

/** The built-in functions that can take for ever, or all memory, in one step. The others are bounded by the sizes of what they are given. */
function boundFunctions(expression: Expression): void {
  expression.registerFunction(
    'pad',
    (text: string | undefined, width: number, filling = ' ') => {
      if (text === undefined) return undefined
      expectLength(Math.abs(width))
      const missing = Math.max(0, Math.abs(width) - [...text].length)
      const padding = [...(filling || ' ').repeat(missing)].slice(0, missing).join('')
      return width < 0 ? padding + text : text + padding
    },
    '<s-ns?:s>',
  )
  // By what the values say instead of each with each.
  expression.registerFunction('distinct', (values: unknown) => (Array.isArray(values) ? withoutRepeats(values) : values), '<x:x>')
}

function withoutRepeats(values: readonly unknown[]): unknown[] {
  const plain = new Set<unknown>()
  const objects = new Set<string>()
  const fresh = values.filter((value) => {
    const [seen, key] = typeof value === 'object' ? [objects as Set<unknown>, canonical(value)] : [plain, value]
    return !seen.has(key) && seen.add(key)
  })
  // JSONata's own mark of what it found along a path: of one item alone it makes the item.
  if ((values as { sequence?: boolean }).sequence) Object.defineProperty(fresh, 'sequence', { enumerable: false, value: true })
  return fresh
}

/** Objects are equal whatever the order of their keys. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([one], [other]) => (one < other ? -1 : 1)))
      : part,
  )
}

function expectLength(length: number): void {
  if (length > maxLength) throw new Error(`the expression makes a text of more than ${maxLength} characters`)
}

/**
 * Applies a mapping. Pure.
 *
 * @returns plain JSON: JSONata's own array and undefined markers are gone
 * @throws CustomerDataFailure when the expression fails or yields nothing
 */
export async function applyMapping(
  name: string,
  expression: string,
  input: unknown,
  bindings: { settings: unknown; instance: unknown },
): Promise<unknown> {
  let result: unknown
  try {
    const budget: Budget = { steps: 0, depth: 0, deadline: performance.now() + maxMs }
    result = await compileMapping(expression).evaluate(input, { ...bindings, __budget: budget })
  } catch (error) {
    throw new CustomerDataFailure(`mapping "${name}" failed: ${(error as { message?: string }).message ?? String(error)}`, { cause: error })
  }
  if (result === undefined) throw new CustomerDataFailure(`mapping "${name}" made nothing of this input`)
  return JSON.parse(JSON.stringify(result))
}
