import { CustomerDataFailure } from '@bridgekeeper/sdk'
import jsonata from 'jsonata'

type Expression = ReturnType<typeof jsonata>

const maxSteps = 200_000
const maxDepth = 200
const maxCached = 1_000
const compiled = new Map<string, Expression>()

/** @throws the parser's error with position, when the expression is none */
export function compileMapping(expression: string): Expression {
  const known = compiled.get(expression)
  if (known) return known
  const fresh = jsonata(expression)
  boundWork(fresh)
  if (compiled.size >= maxCached) compiled.delete(compiled.keys().next().value!)
  compiled.set(expression, fresh)
  return fresh
}

interface Budget {
  steps: number
  depth: number
}

/**
 * Overrides come from customers: an endless recursion must end in an error, not in a worker that hangs. JSONata calls these two hooks around
 * each evaluation; the budget travels in the bindings because one compiled expression serves concurrent runs.
 */
function boundWork(expression: Expression): void {
  const budgetOf = (frame: { lookup(name: string): unknown }) => frame.lookup('__budget') as Budget | undefined
  const hooks = expression as unknown as { assign(name: symbol, hook: unknown): void }
  hooks.assign(Symbol.for('jsonata.__evaluate_entry'), (_: unknown, __: unknown, frame: { lookup(name: string): unknown }) => {
    const budget = budgetOf(frame)
    if (!budget) return
    budget.steps += 1
    budget.depth += 1
    if (budget.steps > maxSteps || budget.depth > maxDepth) throw new Error('the expression does not come to an end (too many steps)')
  })
  hooks.assign(Symbol.for('jsonata.__evaluate_exit'), (_: unknown, __: unknown, frame: { lookup(name: string): unknown }) => {
    const budget = budgetOf(frame)
    if (budget) budget.depth -= 1
  })
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
    const budget: Budget = { steps: 0, depth: 0 }
    result = await compileMapping(expression).evaluate(input, { ...bindings, __budget: budget })
  } catch (error) {
    throw new CustomerDataFailure(`mapping "${name}" failed: ${(error as { message?: string }).message ?? String(error)}`, { cause: error })
  }
  if (result === undefined) throw new CustomerDataFailure(`mapping "${name}" made nothing of this input`)
  return JSON.parse(JSON.stringify(result))
}
