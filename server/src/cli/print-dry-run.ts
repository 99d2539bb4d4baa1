import type { DryRun } from '../runtime/index.ts'
import type { Io } from './io.ts'

interface MadeCall {
  method: string
  path: string
  requestBody: string | null
}

/** What a replay would do, beside what the run did: `+` new, `-` no longer, `~` with another body, `=` the same. */
export function printDryRun(io: Io, dry: DryRun & { made: MadeCall[] }): void {
  io.print(`${io.bold(`run ${dry.runId}`)} with version ${dry.version}: ${dry.end}`)
  if (dry.failure) io.print(`  ${io.red(dry.failure.kind)} ${dry.failure.message}`)
  const made = new Map(dry.made.map((call) => [`${call.method} ${pathOnly(call.path)}`, call]))
  for (const call of dry.calls) {
    const name = `${call.method} ${call.path}`
    const before = made.get(name)
    made.delete(name)
    const body = call.body === null ? '' : JSON.stringify(call.body)
    if (!before) io.print(`  ${io.green('+')} ${name} ${io.dim(body)}`)
    else if (before.requestBody !== null && sameJson(before.requestBody, body))
      io.print(`  = ${name} ${io.dim(`(same key ${call.idempotencyKey.slice(0, 8)}…: the partner repeats its answer)`)}`)
    else io.print(`  ${io.yellow('~')} ${name} ${io.dim(body)}`)
  }
  for (const name of made.keys()) io.print(`  ${io.red('-')} ${name}`)
  for (const { meter, quantity } of dry.meters)
    io.print(io.dim(`    meter ${meter} × ${quantity} (counted once however often it is replayed)`))
  if (dry.calls.length === 0 && !dry.failure) io.print(io.dim('    no calls are left to make'))
  if (dry.uncertain) io.note('  Some answers were assumed from the contract; what follows them is a guess.')
}

function pathOnly(path: string): string {
  return path.split('?')[0]!
}

function sameJson(a: string, b: string): boolean {
  try {
    return JSON.stringify(sorted(JSON.parse(a))) === JSON.stringify(sorted(JSON.parse(b)))
  } catch {
    return a === b
  }
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  )
}
