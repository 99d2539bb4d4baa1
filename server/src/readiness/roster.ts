import { type Day, owedDuties } from '../agreements/index.ts'
import type { Duty, Integration, Role, Side, Stage } from '../workspace/index.ts'
import { isThere, type People } from './readiness-workspace.ts'

type RoleHolder = Side['roster'][number]
type DutyAnchor = Side['duties'][number]

const rising: readonly Stage[] = ['proposed', 'experimental', 'pilot', 'beta', 'ga']

/** From which stage on a side fills a role. A third party fills only the first four: it has no product of its own to sell here. */
const rolesFrom: readonly { stage: Stage; roles: readonly Role[]; platformOnly: boolean }[] = [
  { stage: 'pilot', roles: ['product-owner', 'product-owner-deputy', 'engineering'], platformOnly: false },
  { stage: 'beta', roles: ['support'], platformOnly: false },
  { stage: 'beta', roles: ['architecture', 'partnership', 'project-management'], platformOnly: true },
  { stage: 'ga', roles: ['subject-matter-expert', 'sales', 'marketing', 'finance', 'security'], platformOnly: true },
]

/** Roles that one side must have filled at a stage; stages after `ga` keep what `ga` asked for. */
export function rolesOwed(side: Side, stage: Stage): Role[] {
  const reached = rising.includes(stage) ? rising.indexOf(stage) : rising.length - 1
  return rolesFrom
    .filter((row) => rising.indexOf(row.stage) <= reached && (!row.platformOnly || side.platforms.length > 0))
    .flatMap((row) => row.roles)
}

/** Those in a role who are still there. */
export function holdersOf(side: Side, role: Role, people: People, today: Day): RoleHolder[] {
  return side.roster.filter((holder) => holder.role === role && isThere(people, holder.person, today))
}

/** Roles owed at a stage that nobody who is still there holds, in the order of the role list. Empty is a fact, not a blank. */
export function vacanciesOf(side: Side, stage: Stage, people: People, today: Day): Role[] {
  return rolesOwed(side, stage).filter((role) => holdersOf(side, role, people, today).length === 0)
}

/** Everybody still there who answers for a duty on one side: anchors first, then deputies, each once. */
export function anchorsOf(side: Side, duty: Duty, people: People, today: Day): string[] {
  const anchors = side.duties.filter((anchor) => anchor.duty === duty)
  const named = [...anchors.map((anchor) => anchor.person), ...anchors.map((anchor) => anchor.deputy)]
  return [...new Set(named.filter((name): name is string => isThere(people, name, today)))]
}

/** The file's own words on a duty of one side; undefined when it says nothing. */
export function anchorOf(side: Side, duty: Duty): DutyAnchor | undefined {
  return side.duties.find((anchor) => anchor.duty === duty)
}

/** Critical duties that one side owes and nobody who is still there answers for. */
export function missingAnchors(integration: Integration, side: Side, people: People, today: Day): Duty[] {
  return owedDuties(integration, side.organization).filter((duty) => anchorsOf(side, duty, people, today).length === 0)
}

/**
 * How many people must leave before a critical duty of this side hangs in the air: the smallest number of people behind
 * any duty that it owes. 0: one hangs already. Undefined when the side owes none.
 */
export function busFactor(integration: Integration, side: Side, people: People, today: Day): number | undefined {
  const counts = owedDuties(integration, side.organization).map((duty) => anchorsOf(side, duty, people, today).length)
  return counts.length === 0 ? undefined : Math.min(...counts)
}

/** How often a side moved the date of maintenance that it had promised. */
export function pushesOf(integration: Integration, organization: string): number {
  return integration.spec.roadmap
    .filter((item) => item.side === organization && (item.kind === 'maintenance' || item.kind === 'upgrade'))
    .reduce((count, item) => count + item.pushes.length, 0)
}
