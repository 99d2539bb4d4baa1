import type { Effect } from './bridge.ts'

const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi

/**
 * What each effect did, written so that the same effect in another test reads the same: ids that a sandbox gave out are replaced by what
 * made them, UUIDs by a sign. Two effects with one signature are the same effect done twice, or two equal ones.
 */
export function signaturesOf(effects: readonly Effect[]): string[] {
  const makers = new Map<string, string>()
  return effects.map((effect) => {
    const name = (value: unknown): unknown => rename(value, makers)
    const parameters = Object.values(effect.pathParameters).map((value) => name(value))
    const signature = `${effect.platform} ${effect.method} ${effect.path} (${parameters.join(', ')}) ${JSON.stringify(name(sorted(effect.body)))}`
    const id = idOf(effect.answer)
    if (effect.method === 'POST' && id !== undefined) makers.set(id, `‹${effect.method} ${effect.path} of ${effect.lane}›`)
    return signature
  })
}

function idOf(answer: unknown): string | undefined {
  const id = typeof answer === 'object' && answer !== null && 'id' in answer ? answer.id : undefined
  return typeof id === 'string' || typeof id === 'number' ? String(id) : undefined
}

function rename(value: unknown, makers: ReadonlyMap<string, string>): unknown {
  if (Array.isArray(value)) return value.map((item) => rename(item, makers))
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, rename(item, makers)]))
  if (typeof value !== 'string' && typeof value !== 'number') return value
  return makers.get(String(value)) ?? (typeof value === 'string' ? value.replace(uuid, '‹uuid›') : value)
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([key, item]) => [key, sorted(item)]),
  )
}

/** Which of `expected` are not in `found`, each as often as it is missing. */
export function missingFrom(found: readonly string[], expected: readonly string[]): string[] {
  const left = new Map<string, number>()
  for (const item of found) left.set(item, (left.get(item) ?? 0) + 1)
  return expected.filter((item) => {
    const count = left.get(item) ?? 0
    if (count > 0) left.set(item, count - 1)
    return count === 0
  })
}
