import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type CompareOptions, compareContracts, type Finding, type Level, readContract } from '../index.ts'
import { templateOf } from '../operations.ts'

interface Expected {
  id: string
  level: Level
  method: string | null
  path: string | null
}

interface Case {
  id: string
  base: string
  revision: string
  scopeIds: string[] | 'all-except-versioning-policy'
  minLevel: Level
  expect: Expected[]
  exact: boolean
  absent: string[]
  count?: number
  options?: CompareOptions
}

export interface Divergences {
  levels: { id: string; suite: Level; ours: Level; reason: string }[]
  notReported: { id: string; reason: string }[]
  cases: { case: string; expect?: Expected[]; absent?: string[]; exact?: boolean; reason: string }[]
}

export interface CaseResult {
  id: string
  outcome: 'passed' | 'diverging' | 'failed'
  missing: string[]
  tooMuch: string[]
  rules: string[]
  error?: string
}

const ranks: Record<Level, number> = { INFO: 0, WARN: 1, ERR: 2 }

async function readCases(folder: string): Promise<Case[]> {
  return (JSON.parse(await readFile(join(folder, 'cases.json'), 'utf8')) as { cases: Case[] }).cases
}

/** Runs a suite folder (its README has the rules of scoring). A case that passes only through a divergence counts as diverging. */
export async function runConformance(folder: string, divergences: Divergences, only?: ReadonlySet<string>): Promise<CaseResult[]> {
  const cases = (await readCases(folder)).filter((item) => only?.has(item.id) ?? true)
  const rules = JSON.parse(await readFile(join(folder, 'rules.json'), 'utf8')) as { id: string; versioningPolicy?: boolean }[]
  const judged = new Set(rules.filter((rule) => !rule.versioningPolicy).map((rule) => rule.id))
  const results: CaseResult[] = []
  for (const item of cases) results.push(await runCase(folder, item, judged, divergences))
  return results
}

/**
 * Entries about a rule that the suite asks for and in which nothing depends on them: the suite's README calls them errors, since a divergence that is
 * not needed hides one that is. An entry for a rule that a suite lacks is none.
 */
export async function idleDivergences(folder: string, divergences: Divergences): Promise<string[]> {
  const cases = await readCases(folder)
  const asked = new Set([...cases.flatMap((item) => item.expect.map((entry) => entry.id)), ...cases.map((item) => item.id)])
  const results = await runConformance(folder, divergences)
  const diverging = new Set(results.filter((result) => result.outcome === 'diverging').map((result) => result.id))
  const idle: string[] = []
  for (const kind of ['levels', 'notReported', 'cases'] as const) {
    for (const entry of divergences[kind]) {
      const name = 'case' in entry ? entry.case : entry.id
      const without = { ...divergences, [kind]: divergences[kind].filter((other) => other !== entry) }
      const stay = async () => (await runConformance(folder, without, diverging)).every((result) => result.outcome === 'diverging')
      if (asked.has(name) && (await stay())) idle.push(name)
    }
  }
  return idle
}

async function runCase(folder: string, item: Case, judged: ReadonlySet<string>, divergences: Divergences): Promise<CaseResult> {
  const rules = [...new Set(item.expect.map((entry) => entry.id))]
  try {
    const [before, after] = [await read(folder, item.base), await read(folder, item.revision)]
    const findings = compareContracts(before, after, { today: new Date('2026-01-01'), ...item.options })
    const none: Divergences = { levels: [], notReported: [], cases: [] }
    if (score(item, findings, judged, none).length === 0) return { id: item.id, outcome: 'passed', missing: [], tooMuch: [], rules }
    const problems = score(item, findings, judged, divergences)
    const [missing, tooMuch] = [problems.filter((text) => text.startsWith('-')), problems.filter((text) => text.startsWith('+'))]
    return { id: item.id, outcome: problems.length === 0 ? 'diverging' : 'failed', missing, tooMuch, rules }
  } catch (error) {
    return {
      id: item.id,
      outcome: 'failed',
      missing: [],
      tooMuch: [],
      rules,
      error: error instanceof Error ? (error.stack ?? error.message) : String(error),
    }
  }
}

function read(folder: string, file: string) {
  return readContract({ path: join(folder, file), root: folder })
}

/** Lines of what is missing (`-`) and too much (`+`); none when the case passes. */
function score(item: Case, findings: readonly Finding[], judged: ReadonlySet<string>, divergences: Divergences): string[] {
  const own = divergences.cases.find((entry) => entry.case === item.id)
  const silent = new Set(divergences.notReported.map((entry) => entry.id))
  const expect = (own?.expect ?? item.expect).filter((entry) => !silent.has(entry.id))
  const scope = item.scopeIds === 'all-except-versioning-policy' ? judged : new Set(item.scopeIds)
  const rest = findings
    // The suite's origin does not look into callbacks at all: what we find there has no counterpart.
    .filter((finding) => finding.surface !== 'callback')
    .map((finding) => named(finding, divergences))
    .filter((finding) => scope.has(finding.id) && ranks[finding.level] >= ranks[item.minLevel])
  const total = rest.length
  const present = new Set(rest.map((finding) => finding.id))
  const missing = [...expect].sort((a, b) => Number(a.path === null) - Number(b.path === null)).filter((entry) => !take(rest, entry))
  const absent = (own?.absent ?? item.absent).filter((id) => present.has(id))
  return [
    ...missing.map((entry) => `- ${entry.id} ${entry.level} ${entry.method ?? ''} ${entry.path ?? ''}`),
    ...((own?.exact ?? item.exact)
      ? rest.map((entry) => `+ ${entry.id} ${entry.level} ${entry.method ?? ''} ${entry.path ?? ''} ${entry.at}`)
      : []),
    ...absent.map((id) => `+ ${id} must be absent`),
    ...(item.count !== undefined && !(own?.exact ?? item.exact) && total !== item.count
      ? [`+ ${total} findings instead of ${item.count}`]
      : []),
  ]
}

interface Named extends Expected {
  at: string
}

function named(finding: Finding, divergences: Divergences): Named {
  const level = divergences.levels.find((entry) => entry.id === finding.rule && entry.ours === finding.level)?.suite ?? finding.level
  return {
    id: finding.rule,
    level,
    method: finding.method,
    path: finding.path,
    at: [finding.status, finding.mediaType, finding.parameter, finding.schemaPath].filter(Boolean).join(' '),
  }
}

function take(rest: Named[], wanted: Expected): boolean {
  const index = rest.findIndex(
    (found) =>
      found.id === wanted.id &&
      found.level === wanted.level &&
      (wanted.method === null || found.method === wanted.method) &&
      (wanted.path === null || templateOf(found.path ?? '') === templateOf(wanted.path)),
  )
  if (index >= 0) rest.splice(index, 1)
  return index >= 0
}
