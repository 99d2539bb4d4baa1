import { documentRules } from './documents.ts'
import { encodingRules } from './encodings.ts'
import { mutabilityRules } from './mutability.ts'
import { operationLifecycleRules } from './operation-lifecycle.ts'
import { operationRules } from './operations.ts'
import { parameterRules } from './parameters.ts'
import { propertyLifecycleRules } from './property-lifecycle.ts'
import { requestBodyRules } from './request-bodies.ts'
import { responseRules } from './responses.ts'
import { type Level, type Place, places, type Rule } from './rule.ts'
import { schemaFamilies } from './schema-families.ts'
import { securityRules } from './security.ts'
import { serializationRules } from './serialization.ts'
import { serverRules } from './servers.ts'

/** Every rule, by id. A test fires each one from its example, and docs/contract-rules.md is printed from here. */
export const contractRules: ReadonlyMap<string, Rule> = table([
  ...operationRules,
  ...operationLifecycleRules,
  ...parameterRules,
  ...serializationRules,
  ...requestBodyRules,
  ...encodingRules,
  ...responseRules,
  ...securityRules,
  ...documentRules,
  ...serverRules,
  ...schemaFamilies.flatMap((family) => family.rules),
  ...mutabilityRules,
  ...propertyLifecycleRules,
])

function table(rules: readonly Rule[]): Map<string, Rule> {
  const found = new Map<string, Rule>()
  for (const rule of rules) {
    if (found.has(rule.id)) throw new Error(`two rules are called ${rule.id}`)
    found.set(rule.id, rule)
  }
  return found
}

const bySlot = new Map([...contractRules.values()].flatMap((rule) => (rule.slot ? [[rule.slot, rule.id] as const] : [])))

/** The field tells how long a list in a list may be as if the parameter itself were it. */
const aliases = new Map(
  ['increased', 'decreased'].map((what) => [`request-parameter-element max-items-${what}`, `request-parameter-max-items-${what}`]),
)

/** The id of a change at a place; a suffix that is an id already is taken as it stands. */
export function ruleIdFor(place: Place, suffix: string, ignored: boolean): string {
  const { direction, prefix } = places[place]
  const variant = ignored
    ? bySlot.get(`${direction}-property ${direction === 'request' ? 'read-only' : 'write-only'} ${suffix}`)
    : undefined
  const id = variant ?? aliases.get(`${place} ${suffix}`) ?? bySlot.get(`${place} ${suffix}`) ?? bySlot.get(`${prefix} ${suffix}`) ?? suffix
  if (!contractRules.has(id)) throw new Error(`no rule ${suffix} at ${place}`)
  return id
}

/** The level that a change at a place has unless a finding says otherwise. */
export function levelOf(place: Place, suffix: string): Level {
  return contractRules.get(ruleIdFor(place, suffix, false))!.level
}
