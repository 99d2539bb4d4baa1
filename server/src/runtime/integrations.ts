import type { Integration } from '@bridgekeeper/sdk'
import { BridgekeeperError } from '../errors/index.ts'
import { durationMs } from './duration.ts'
import { errors } from './errors.ts'
import { compileMapping, mappingProblem } from './mapping.ts'
import { nextTick, ruleOf } from './schedule.ts'

/** Every tick is a run with a record of its own, in every instance. */
const shortestIntervalMs = 60_000

/** The integrations this program has loaded, each in one or more versions. `bridgekeeper dev` starts a new program after each change. */
export interface Integrations {
  /** @throws runtime.version_not_loaded, runtime.integration_not_loaded */
  get(name: string, version: string): Integration
  has(name: string, version: string): boolean
  /** Any version of it. */
  knows(name: string): boolean
  /** The highest version. @throws runtime.integration_not_loaded */
  latest(name: string): Integration
  all(): Integration[]
}

/** @throws runtime.default_mapping_invalid, runtime.schedule_invalid: what could never run is found before anything waits for it */
export function createIntegrations(initial: readonly Integration[]): Integrations {
  initial.forEach(checkDefaults)
  initial.forEach(checkSchedules)
  const byName = index(initial)
  const versionsOf = (name: string): Map<string, Integration> => {
    const versions = byName.get(name)
    if (!versions) throw errors.integration_not_loaded({ integration: name, loaded: [...byName.keys()].join(', ') || 'none' })
    return versions
  }
  return {
    get(name, version) {
      const versions = versionsOf(name)
      const found = versions.get(version)
      if (!found) throw errors.version_not_loaded({ integration: name, version, loaded: [...versions.keys()].join(', ') })
      return found
    },
    knows: (name) => byName.has(name),
    has: (name, version) => byName.get(name)?.has(version) ?? false,
    latest: (name) => [...versionsOf(name).values()].sort((a, b) => compareVersions(b.version, a.version))[0]!,
    all: () => [...byName.values()].flatMap((versions) => [...versions.values()]),
  }
}

function checkDefaults({ name, version, mappings = {} }: Integration): void {
  for (const [mapping, { expression }] of Object.entries(mappings)) {
    try {
      compileMapping(expression)
    } catch (error) {
      throw errors.default_mapping_invalid({ integration: `${name} ${version}`, mapping, reason: mappingProblem(expression, error) })
    }
  }
}

/** A rule that can't be read, and one whose day never comes, would else fail when the first instance is made; one that comes ever more often, never. */
function checkSchedules({ name, version, flows }: Integration): void {
  for (const [flow, each] of Object.entries(flows)) {
    if (each.kind !== 'every') continue
    const rule = ruleOf(each)
    const of = { integration: `${name} ${version}`, flow, rule }
    try {
      const reason = faultOf(rule, flow)
      if (reason) throw errors.schedule_invalid({ ...of, reason })
    } catch (error) {
      if (error instanceof BridgekeeperError && error.code === 'runtime.schedule_invalid') throw error
      throw errors.schedule_invalid({ ...of, reason: (error as Error).message.replace(/^CronPattern: /, '') })
    }
  }
}

/** @throws what can't be read */
function faultOf(rule: string, flow: string): string | undefined {
  if (rule.startsWith('P')) return durationMs(rule) < shortestIntervalMs ? 'it comes more often than once a minute' : undefined
  // Croner also reads seconds, years, names such as @hourly, and single moments.
  if (rule.trim().split(/\s+/).length !== 5) return 'a cron expression has five fields'
  return nextTick(rule, flow, new Date()) === null ? 'no such moment ever comes' : undefined
}

function index(integrations: readonly Integration[]): Map<string, Map<string, Integration>> {
  const byName = new Map<string, Map<string, Integration>>()
  for (const integration of integrations) {
    const versions = byName.get(integration.name) ?? new Map<string, Integration>()
    byName.set(integration.name, versions.set(integration.version, integration))
  }
  return byName
}

/** Semantic Versioning 2.0.0 §11, without build metadata. */
export function compareVersions(a: string, b: string): number {
  const [coreA, preA] = split(a)
  const [coreB, preB] = split(b)
  for (let at = 0; at < 3; at += 1) if (coreA[at] !== coreB[at]) return (coreA[at] ?? 0) - (coreB[at] ?? 0)
  if (preA.length === 0 || preB.length === 0) return preB.length - preA.length
  for (let at = 0; at < Math.max(preA.length, preB.length); at += 1) {
    const [x, y] = [preA[at], preB[at]]
    if (x === undefined || y === undefined) return x === undefined ? -1 : 1
    if (x === y) continue
    const [numberX, numberY] = [/^\d+$/.test(x), /^\d+$/.test(y)]
    if (numberX && numberY) return Number(x) - Number(y)
    if (numberX !== numberY) return numberX ? -1 : 1
    return x < y ? -1 : 1
  }
  return 0
}

function split(version: string): [number[], string[]] {
  const [core = '', ...rest] = version.split('+')[0]!.split('-')
  const pre = rest.join('-')
  return [core.split('.').map(Number), pre === '' ? [] : pre.split('.')]
}
