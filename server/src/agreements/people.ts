import type { Person, Workspace } from '../workspace/index.ts'

/** Everybody whom a file can name, by `organization/person`. */
export type People = ReadonlyMap<string, Person>

export function peopleOf(workspace: Pick<Workspace, 'organizations'>): People {
  return new Map(
    [...workspace.organizations.values()].flatMap(({ metadata, spec }) =>
      spec.people.map((person) => [`${metadata.name}/${person.name}`, person] as const),
    ),
  )
}

/** Whether somebody can answer for anything on that day: known, come, and not gone. */
export function isThere(people: People, name: string | undefined, today: string): name is string {
  const person = name === undefined ? undefined : people.get(name)
  if (!person) return false
  return (person.joinedOn === undefined || person.joinedOn <= today) && (person.leftOn === undefined || person.leftOn > today)
}

/** `acme/ada` works for `acme`. */
export function organizationOf(person: string): string {
  return person.slice(0, person.indexOf('/'))
}
