import type { EveryFlow, Flow } from './flow.ts'
import type { Integration } from './integration.ts'
import type { AnyMapping } from './mapping.ts'
import type { Platform } from './platform.ts'
import { readDurationMs } from './time.ts'

/** What stands beside the clients in a run, so no platform can have these names. */
const reservedNames = new Set('event delivery instance settings step map meter sleep log cursor emit since flush'.split(' '))

const semanticVersion = /^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$/
const kebabCase = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/
const identifier = /^[A-Za-z][A-Za-z0-9]*$/
const meterName = /^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+$/
const cronFields = /^\S+( +\S+){4}$/
const shortestIntervalMs = 60_000

/** An integration that can't be run as it is written. `problems` lists everything found, each with what to write instead. */
export class DefinitionError extends Error {
  readonly code = 'sdk.definition_invalid'
  readonly problems: readonly string[]

  constructor(name: string, problems: readonly string[]) {
    super(`integration ${JSON.stringify(name)} is not defined correctly:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`)
    this.name = 'DefinitionError'
    this.problems = problems
  }
}

/** The name of a platform's client in a run: the platform's name as JavaScript can write it, `help-desk` → `helpDesk`. */
export function clientName(platform: string): string {
  return platform.replace(/[-_.](\w)/g, (_, letter: string) => letter.toUpperCase())
}

/** @throws DefinitionError when anything in the definition can't work at run time */
export function checkDefinition(integration: Integration): void {
  const known = new Set(Object.values(integration.platforms).map(({ name }) => name))
  const problems = [
    ...checkNames(integration),
    ...Object.entries(integration.platforms).flatMap(([key, platform]) => [...checkPlatform(key, platform)]),
    ...Object.entries(integration.mappings).flatMap(([key, mapping]) => [...checkMapping(key, mapping, known)]),
    ...Object.entries(integration.flows).flatMap(([key, flow]) => [...checkFlow(key, flow, known)]),
  ]
  if (problems.length > 0) throw new DefinitionError(integration.name, problems)
}

function* checkNames({ name, version, meters, flows }: Integration): Iterable<string> {
  if (!kebabCase.test(name)) yield `name: expected kebab-case such as "github-helpdesk", found ${JSON.stringify(name)}`
  if (!semanticVersion.test(version)) yield `version: expected a semantic version such as "1.4.0", found ${JSON.stringify(version)}`
  for (const meter of meters) {
    if (!meterName.test(meter)) yield `meters: expected names like "ticket.synced", found ${JSON.stringify(meter)}`
  }
  if (new Set(meters).size < meters.length) yield 'meters: each name may stand once only'
  if (Object.keys(flows).length === 0) yield 'flows: expected at least one flow'
}

function* checkPlatform(key: string, { name }: Platform): Iterable<string> {
  if (key !== clientName(name))
    yield `platforms.${key}: expected the name of platform ${JSON.stringify(name)} as key; write ${clientName(name)}`
  if (reservedNames.has(key)) yield `platforms.${key}: this name already means something in a run; rename the Platform entity`
}

function* checkMapping(key: string, { expression, from, to }: AnyMapping, known: Set<string>): Iterable<string> {
  if (expression.trim() === '') yield `mappings.${key}: expected a JSONata expression, found an empty one`
  for (const { platform } of [...from, to]) {
    if (!known.has(platform)) yield `mappings.${key}: names platform ${JSON.stringify(platform)}, which is not in platforms; add it there`
  }
}

function* checkFlow(key: string, flow: Flow, known: Set<string>): Iterable<string> {
  if (!identifier.test(key)) yield `flows.${key}: expected a name of letters and digits such as closeTicket`
  if (flow.kind === 'on') {
    if (!known.has(flow.platform))
      yield `flows.${key}: listens to platform ${JSON.stringify(flow.platform)}, which is not in platforms; add it there`
    return
  }
  yield* checkSchedule(key, flow)
  if (flow.sweep !== undefined && !((readDurationMs(flow.sweep) ?? 0) > 0))
    yield `flows.${key}: expected an ISO 8601 duration such as P14D for back, found ${JSON.stringify(flow.sweep)}`
  if (flow.lookBack !== undefined && readDurationMs(flow.lookBack) === undefined)
    yield `flows.${key}: expected an ISO 8601 duration such as PT5M for lookBack, found ${JSON.stringify(flow.lookBack)}`
  if (flow.lookBack !== undefined && !flow.initialCursor)
    yield `flows.${key}: looks back from a time, so it needs one to start with; add initialCursor: ({ now }) => now`
}

function* checkSchedule(key: string, { interval, cron = '' }: EveryFlow): Iterable<string> {
  const intervalMs = interval === undefined ? undefined : readDurationMs(interval)
  const readable = interval === undefined ? cronFields.test(cron) : intervalMs !== undefined
  const found = JSON.stringify(interval ?? cron)
  if (!readable) yield `flows.${key}: expected an ISO 8601 duration such as PT15M or a cron expression of five fields, found ${found}`
  else if (intervalMs !== undefined && intervalMs < shortestIntervalMs)
    yield `flows.${key}: expected an interval of at least a minute such as PT1M, found ${found}`
}
