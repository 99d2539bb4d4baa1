import { type Contract, follow, referenceOf, type Spot } from '../contract.ts'
import { isObject, type Json } from '../json.ts'
import type { SchemaSide } from '../schema-side.ts'

/**
 * Whether two schemas say the same word for word, references followed on both sides. Recursion counts as the same while
 * nothing else differs.
 *
 * @param maxSteps nodes to look at before the answer is "not shown"
 */
export function isSameSchema(a: SchemaSide, b: SchemaSide, maxSteps = 50_000): boolean {
  return a.wrappedNull === b.wrappedNull && new Walk(a.contract, b.contract, maxSteps).same(a.spot, b.spot)
}

class Walk {
  readonly #left: Contract
  readonly #right: Contract
  readonly #seen = new Map<Json, Set<Json>>()
  #steps: number

  constructor(left: Contract, right: Contract, maxSteps: number) {
    this.#left = left
    this.#right = right
    this.#steps = maxSteps
  }

  same(a: Spot, b: Spot): boolean {
    if (--this.#steps < 0) return false
    const [left, right] = [follow(this.#left, a), follow(this.#right, b)]
    if (!left || !right) return false
    if (referenceOf(a.node) !== undefined || referenceOf(b.node) !== undefined) {
      const known = this.#seen.get(left.node) ?? new Set<Json>()
      this.#seen.set(left.node, known)
      if (known.has(right.node)) return true
      known.add(right.node)
    }
    return this.#sameNode(left, right)
  }

  #sameNode(a: Spot, b: Spot): boolean {
    if (Array.isArray(a.node) && Array.isArray(b.node)) {
      return (
        a.node.length === b.node.length &&
        a.node.every((item, index) => this.same(below(a, item, index), below(b, (b.node as Json[])[index]!, index)))
      )
    }
    if (!isObject(a.node) || !isObject(b.node)) return a.node === b.node
    const [left, right] = [a.node, b.node]
    const keys = Object.keys(left)
    return (
      keys.length === Object.keys(right).length &&
      keys.every((key) => Object.hasOwn(right, key) && this.same(below(a, left[key]!, key), below(b, right[key]!, key)))
    )
  }
}

function below(spot: Spot, node: Json, key: string | number): Spot {
  return { file: spot.file, node, parent: spot, key }
}
