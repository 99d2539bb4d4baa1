import { type Party, type PlanInputs, type Role, roles, sides, worksForFee } from './plan-inputs.ts'

/** One way to share the work: who holds each role. */
export type Option = Readonly<Record<Role, Party>>

/** 1 inside a closed platform, 2 between the owners of the platforms, 3 with somebody between them. */
export type Scenario = 1 | 2 | 3

/** Stable name of an option: party ids in the order of the roles. */
export function optionId(option: Option): string {
  return roles.map((role) => option[role].id).join('+')
}

/** Every assignment of the parties to the roles, feasible or not; the last role varies fastest. */
export function everyOption(parties: readonly Party[]): Option[] {
  return parties.flatMap((builder) =>
    parties.flatMap((host) => parties.flatMap((seller) => parties.map((supporter) => ({ builder, host, seller, supporter })))),
  )
}

/**
 * On whose account the builder works: a company hired by the sponsor writes the sponsor's own code,
 * with the sponsor's access.
 */
export function principalOf(inputs: PlanInputs, builder: Party): string {
  return worksForFee(builder) ? inputs.sponsor : builder.id
}

/** Who performs a duty for which others would not have to be paid: holders of roles. */
export function performersOf(option: Option): Party[] {
  return [...new Set(roles.map((role) => option[role]))]
}

/**
 * Which of the three pictures shows an option.
 * @param closedSides platforms that are closed
 */
export function scenarioOf(inputs: PlanInputs, option: Option, closedSides: readonly ('a' | 'b')[]): Scenario {
  if (closedSides.length > 0) return 1
  const owners = sides.map((side) => inputs.platforms[side].owner)
  const ownersOnly = owners.includes(principalOf(inputs, option.builder)) && owners.includes(option.host.id)
  return ownersOnly ? 2 : 3
}
