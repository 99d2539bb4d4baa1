import { type FactName, type Known, type Need, type Openness, opennessFacts, type PlatformFacts } from './plan-inputs.ts'

/** and, or, not of Kleene's three-valued logic: an unknown part leaves the whole unknown unless the others decide. */
export const both = (x: Known, y: Known): Known => (x === 'no' || y === 'no' ? 'no' : x === 'yes' && y === 'yes' ? 'yes' : 'unknown')
export const either = (x: Known, y: Known): Known => (x === 'yes' || y === 'yes' ? 'yes' : x === 'no' && y === 'no' ? 'no' : 'unknown')
export const opposite = (x: Known): Known => (x === 'yes' ? 'no' : x === 'no' ? 'yes' : 'unknown')

/** Closed: hosts no partner code and has no external API. Internal APIs do others little good. */
export function isClosed(openness: Openness): Known {
  return opposite(either(openness.hostsPartnerCode.value, either(openness.externalApiRead.value, openness.externalApiWrite.value)))
}

/**
 * Whether code outside the platform can do what the bridge must do there. Webhooks are not asked for: where reading
 * works, polling replaces them at a price in freshness.
 */
export function reachableFromOutside(platform: PlatformFacts): Known {
  const covers = (need: Need): Known => {
    if (need === 'write') return platform.openness.externalApiWrite.value
    if (need === 'read') return platform.openness.externalApiRead.value
    return either(platform.openness.webhooks.value, platform.openness.externalApiRead.value)
  }
  return platform.needs.map(covers).reduce(both, 'yes')
}

/** One fact as a sentence with its evidence: `Meridian: external API to write = no (support case 4411, 2025-03-02)`. */
export function describeFact(platform: PlatformFacts, name: FactName): string {
  const { value, evidence } = platform.openness[name]
  return `${platform.name}: ${opennessFacts[name]} = ${value} (${evidence ?? 'no evidence given'})`
}

/** Questions about a platform that nobody has answered. */
export function unknownFacts(platform: PlatformFacts): FactName[] {
  return (Object.keys(opennessFacts) as FactName[]).filter((name) => platform.openness[name].value === 'unknown')
}
