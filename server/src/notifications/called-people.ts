import { type Day, isThere, peopleOf } from '../agreements/index.ts'
import type { Integration, Side, Workspace } from '../workspace/index.ts'

/** One level of people of a side who are called about something. */
export interface CalledLevel {
  people: string[]
  /** ISO 8601: so long the level before has had; undefined: as long as an acknowledgement may take. */
  after?: string
}

export type Duty = Side['duties'][number]['duty']

/**
 * Whom a side calls, level by level, people who have left passed over: who answers for the first of the duties that somebody answers for, else
 * the product owner; the deputy; then the levels of its escalation. Nobody is called twice. Empty: nobody of this side is there.
 *
 * @param duties what it is about, the most fitting first
 */
export function calledPeople(
  workspace: Pick<Workspace, 'organizations'>,
  side: Side,
  today: Day,
  duties: readonly Duty[] = ['change-notice'],
): CalledLevel[] {
  const people = peopleOf(workspace)
  const holders = (role: string) => side.roster.filter((holder) => holder.role === role).map(({ person }) => person)
  const duty = duties
    .flatMap((name) => side.duties.filter((anchor) => anchor.duty === name))
    .find((anchor) => [anchor.person, anchor.deputy].some((name) => isThere(people, name, today)))
  const first = duty?.person === undefined ? holders('product-owner') : [duty.person]
  const deputies = [...(duty?.deputy === undefined ? [] : [duty.deputy]), ...holders('product-owner-deputy')]
  const levels: CalledLevel[] = [
    { people: first },
    { people: deputies },
    ...side.escalation.map(({ after, people: called }) => ({ people: called, after })),
  ]
  const called = new Set<string>()
  return levels.flatMap(({ people: named, ...level }) => {
    const there = named.filter((name) => isThere(people, name, today) && !called.has(name))
    for (const name of there) called.add(name)
    return there.length > 0 ? [{ ...level, people: there }] : []
  })
}

/** Sides through which an organization is concerned. */
export function sidesOf(workspace: Pick<Workspace, 'integrations'>, organization: string, integrations: readonly string[]): Side[] {
  return integrations.flatMap((name) => {
    const integration: Integration | undefined = workspace.integrations.get(name)
    return integration?.spec.sides.filter((side) => side.organization === organization) ?? []
  })
}

/** Levels of all sides joined, so that each person is called once, at the earliest level that names them. */
export function calledLevels(workspace: Workspace, organization: string, integrations: readonly string[], today: Day): CalledLevel[] {
  const all = sidesOf(workspace, organization, integrations).map((side) => calledPeople(workspace, side, today))
  const depth = Math.max(0, ...all.map((levels) => levels.length))
  const called = new Set<string>()
  return Array.from({ length: depth }, (_, level) => {
    const at = all.flatMap((levels) => levels[level] ?? [])
    const people = [...new Set(at.flatMap((item) => item.people))].filter((name) => !called.has(name))
    for (const name of people) called.add(name)
    const after = at.find((item) => item.after !== undefined)?.after
    return { people, ...(after === undefined ? {} : { after }) }
  }).filter(({ people }) => people.length > 0)
}
