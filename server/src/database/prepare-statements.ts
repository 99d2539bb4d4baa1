import { createHash } from 'node:crypto'
import type pg from 'pg'
import { arrayParameter } from './array-parameter.ts'

interface Seen {
  times: number
  name: string | undefined
  /** By position: of the elements of a parameter that the statement itself calls an array. */
  arrayTypes: readonly (string | undefined)[]
}

/** A statement is worth a plan of its own once it came back this often. */
const worthPreparing = 5
const maxRemembered = 500

/**
 * Lets a connection keep the plans of statements that come back. Planning one of the runtime's statements takes longer than running it for a
 * handful of rows, and an event passes some twenty of them (measured 2026-11: a third of PostgreSQL's time at 100 events a second).
 *
 * PostgreSQL itself decides between the kept and a fresh plan. Texts are remembered per process, bounded; a text that is forgotten stays
 * prepared on the connections that have it, which costs them some kilobytes.
 */
export function prepareStatements(): (client: pg.PoolClient) => void {
  const seen = new Map<string, Seen>()
  const see = (text: string): Seen => {
    const known = seen.get(text) ?? { times: 0, name: undefined, arrayTypes: arrayTypesOf(text) }
    known.times += 1
    if (known.times === 1) {
      if (seen.size >= maxRemembered) seen.delete(seen.keys().next().value!)
      seen.set(text, known)
    } else if (known.times === worthPreparing) {
      known.name = `s_${createHash('sha256').update(text).digest('hex').slice(0, 24)}`
    }
    return known
  }
  return (client) => {
    const query = client.query.bind(client) as (...parameters: unknown[]) => unknown
    const prepared = (...parameters: unknown[]): unknown => {
      const [text, given, ...rest] = parameters
      if (typeof text !== 'string' || !Array.isArray(given) || !isPreparable(text)) return query(...parameters)
      const { name, arrayTypes } = see(text)
      const values = given.map((value, at) => {
        const type = Array.isArray(value) ? arrayTypes[at] : undefined
        return type === undefined ? value : (arrayParameter(value, type) ?? value)
      })
      return name === undefined ? query(text, values, ...rest) : query({ name, text, values }, ...rest)
    }
    client.query = prepared as typeof client.query
  }
}

/** Several statements in one text can't be prepared together; `begin` and `commit` have no plan to keep. */
function isPreparable(text: string): boolean {
  return text.length > 60 && !text.includes(';')
}

/** A parameter takes the type of its first cast, and only that says how its bytes are read. */
function arrayTypesOf(text: string): (string | undefined)[] {
  const types: (string | undefined)[] = []
  const seen = new Set<number>()
  for (const [, position, type, isArray] of text.matchAll(/\$(\d+)(?:::(\w+)(\[\])?)?/g)) {
    const index = Number(position) - 1
    if (seen.has(index)) continue
    seen.add(index)
    if (isArray) types[index] = type
  }
  return types
}
