import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Outcome } from '../impact/usage.ts'
import { type Change, compareContracts, type Impact, judgeImpact, type OperationUsage, readContract, type Usage } from '../index.ts'
import type { Json } from '../json.ts'

interface Field {
  field: string
}

interface ClientProfile {
  id: string
  calls?: string[]
  sends?: { operation: string; body?: Json; query?: Record<string, Json> }[]
  reads?: Record<string, Field[]>
  receives?: Record<string, Field[]>
  recorded?: Record<string, Json[]>
  request_headers?: Record<string, string>
  last_use_days_ago?: number
  expect: { from: string; to: string; outcome: Outcome; also_accepted?: Outcome[] }[]
}

interface Truth {
  id: string
  files: { role: string; file: string }[]
  profiles: ClientProfile[]
}

export interface TruthResult {
  stretch: string
  client: string
  step: string
  expected: Outcome
  accepted: Outcome[]
  found: Outcome
  met: boolean
  reasons: Impact['reasons']
}

/** Judges every client of every stretch in a folder of real changes (its README describes the format). */
export async function runTruth(folder: string): Promise<TruthResult[]> {
  const entries = await readdir(folder, { withFileTypes: true })
  const results: TruthResult[] = []
  for (const entry of entries.filter((item) => item.isDirectory()).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const text = await readFile(join(folder, entry.name, 'truth.json'), 'utf8').catch(() => undefined)
    if (text !== undefined) results.push(...(await runStretch(join(folder, entry.name), JSON.parse(text) as Truth)))
  }
  return results
}

async function runStretch(folder: string, truth: Truth): Promise<TruthResult[]> {
  const changes = new Map<string, Change>()
  const steps = new Set(truth.profiles.flatMap((profile) => profile.expect.map((item) => `${item.from} -> ${item.to}`)))
  for (const step of steps) changes.set(step, await change(folder, truth, step))
  return truth.profiles.flatMap((profile) =>
    profile.expect.map((expected) => {
      const step = `${expected.from} -> ${expected.to}`
      const impact = judgeImpact(changes.get(step)!, usageOf(profile))
      const accepted = expected.also_accepted ?? []
      const met = impact.outcome === expected.outcome || accepted.includes(impact.outcome)
      return {
        stretch: truth.id,
        client: profile.id,
        step,
        expected: expected.outcome,
        accepted,
        found: impact.outcome,
        met,
        reasons: impact.reasons,
      }
    }),
  )
}

async function change(folder: string, truth: Truth, step: string): Promise<Change> {
  const [from, to] = step.split(' -> ')
  const read = (role: string | undefined) => readContract({ path: join(folder, truth.files.find((file) => file.role === role)!.file) })
  const [before, after] = [await read(from), await read(to)]
  return { before, after, findings: compareContracts(before, after) }
}

/** A synthetic client is fully known: what it does not name, it does not use. */
function usageOf(profile: ClientProfile): Usage {
  const names = new Set([
    ...(profile.calls ?? []),
    ...(profile.sends ?? []).map((item) => item.operation),
    ...Object.keys(profile.reads ?? {}),
  ])
  return {
    operations: [...names].map((name) => operationUsage(profile, name)),
    webhooks: Object.entries(profile.receives ?? {}).map(([name, fields]) => ({
      name,
      reads: fields.map((item) => item.field),
      deliveries: profile.recorded?.[name] ?? [],
    })),
  }
}

function operationUsage(profile: ClientProfile, name: string): OperationUsage {
  const [method = '', ...path] = name.split(' ')
  return {
    method,
    path: path.join(' '),
    sends: [],
    reads: (profile.reads?.[name] ?? []).map((item) => item.field),
    requests: (profile.sends ?? [])
      .filter((item) => item.operation === name)
      .map(({ body, query }) => ({ ...(body === undefined ? {} : { body }), ...(query ? { query } : {}) })),
    ...(profile.request_headers ? { requestHeaders: profile.request_headers } : {}),
    ...(profile.last_use_days_ago === undefined ? {} : { lastUsedDaysAgo: profile.last_use_days_ago }),
  }
}
