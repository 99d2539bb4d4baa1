import type { Flow } from './flow.ts'
import type { Integration } from './integration.ts'

/** What stands beside the clients in a run, so no platform can have these names. */
const reservedNames = new Set('event delivery instance settings step map meter sleep log startedAt cursor emit'.split(' '))

const semanticVersion = /^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$/
const kebabCase = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/
const identifier = /^[A-Za-z][A-Za-z0-9]*$/
const meterName = /^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+$/
const isoDuration = /^P(?=.)(\d+W|(\d+D)?(T(?=\d)(\d+H)?(\d+M)?(\d+S)?)?)$/
const cronFields = /^\S+( +\S+){4}$/

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

/** @throws DefinitionError when anything in the definition can't work at run time */
export function checkDefinition(integration: Integration): void {
  const flows = Object.entries(integration.flows).flatMap(([key, flow]) => [...checkFlow(integration, key, flow)])
  const problems = [...checkNames(integration), ...checkMappings(integration), ...flows]
  if (problems.length > 0) throw new DefinitionError(integration.name, problems)
}

function* checkNames({ name, version, platforms, meters, flows }: Integration): Iterable<string> {
  if (!kebabCase.test(name)) yield `name: expected kebab-case such as "github-helpdesk", found ${JSON.stringify(name)}`
  if (!semanticVersion.test(version)) yield `version: expected a semantic version such as "1.4.0", found ${JSON.stringify(version)}`
  for (const [key, platform] of Object.entries(platforms)) {
    if (key !== platform.name)
      yield `platforms.${key}: expected the platform's own name as key, found platform ${JSON.stringify(platform.name)}; write { ${platform.name} }`
    if (reservedNames.has(key)) yield `platforms.${key}: this name already means something in a run; rename the Platform entity`
  }
  for (const meter of meters)
    if (!meterName.test(meter)) yield `meters: expected names like "ticket.synced", found ${JSON.stringify(meter)}`
  if (new Set(meters).size < meters.length) yield 'meters: each name may stand once only'
  if (Object.keys(flows).length === 0) yield 'flows: expected at least one flow'
}

function* checkMappings({ platforms, mappings }: Integration): Iterable<string> {
  for (const [key, { expression, from, to }] of Object.entries(mappings)) {
    if (expression.trim() === '') yield `mappings.${key}: expected a JSONata expression, found an empty one`
    for (const { platform } of [...from, to])
      if (!(platform in platforms))
        yield `mappings.${key}: names platform ${JSON.stringify(platform)}, which is not in platforms; add it there`
  }
}

function* checkFlow({ platforms }: Integration, key: string, flow: Flow): Iterable<string> {
  if (!identifier.test(key)) yield `flows.${key}: expected a name of letters and digits such as closeTicket`
  if (flow.kind === 'on') {
    if (!(flow.platform in platforms))
      yield `flows.${key}: listens to platform ${JSON.stringify(flow.platform)}, which is not in platforms; add it there`
  } else {
    const given = flow.interval ?? flow.cron ?? ''
    if (!isoDuration.test(given) && !cronFields.test(given))
      yield `flows.${key}: expected an ISO 8601 duration such as PT15M or a cron expression of five fields, found ${JSON.stringify(given)}`
  }
}
