import type { Contact, Side } from '../../workspace/index.ts'
import type { CheckContext } from '../check.ts'

/** Contacts of one side for a topic, the nearest first: those of the integration, of its platforms, of the organization. */
export function contactsOf({ workspace }: Pick<CheckContext, 'workspace'>, side: Side, topic: Contact['topic']): Contact[] {
  const platforms = side.platforms.flatMap((name) => workspace.platforms.get(name)?.spec.contacts ?? [])
  const organization = workspace.organizations.get(side.organization)?.spec.contacts ?? []
  return [...side.contacts, ...platforms, ...organization].filter((contact) => contact.topic === topic)
}
