import { z } from 'zod'
import { expectations } from './complain.ts'
import { text } from './values.ts'

/**
 * What a field of a file can point to. `Person` and `Calendar` live inside an organization and are written `organization/name`.
 * `Side` and `Party` are organizations that the same document lists in `spec.sides` or `spec.parties`.
 * `File` and `Contract` are paths that start at the folder of the entity file.
 */
export type ReferenceTarget =
  | 'Organization'
  | 'Platform'
  | 'Integration'
  | 'Agreement'
  | 'Plan'
  | 'Person'
  | 'Calendar'
  | 'Side'
  | 'Party'
  | 'PartyOrJob'
  | 'File'
  | 'Contract'

/** Schemas that hold a reference, with what they point to. The loader walks it; nothing else needs to know the fields. */
export const referenceTargets = z.registry<{ target: ReferenceTarget }>()

// Whether the name exists is judged over all files, by `check-references.ts`; its form needs no second judge.
const pointer = (target: ReferenceTarget, pattern: string, expected: string, example: string) =>
  z.string().min(1).meta({ pattern }).register(referenceTargets, { target }).register(expectations, { expected, example })

const word = '[a-z0-9]+(-[a-z0-9]+)*'
const nameOf = (target: ReferenceTarget, expected: string, example: string) => pointer(target, `^${word}$`, expected, example)
const insideOrganization = (target: ReferenceTarget, expected: string, example: string) =>
  pointer(target, `^${word}/${word}$`, expected, example)

export const organizationName = nameOf('Organization', 'the name of an organization', 'acme')
export const platformName = nameOf('Platform', 'the name of a platform', 'helpdesk')
export const integrationName = nameOf('Integration', 'the name of an integration', 'ticket-sync')
export const agreementName = nameOf('Agreement', 'the name of an agreement', 'acme-2026')
export const planName = nameOf('Plan', 'the name of a plan', 'ticket-sync-plan')

/** An organization that this integration lists among its sides. */
export const sideName = nameOf('Side', 'the organization of one side', 'acme')
/** An organization that this document lists among its parties. */
export const partyName = nameOf('Party', 'the organization of one party', 'acme')

/** A party of this plan, or whoever holds a job in the option that is looked at (builder, host, seller, supporter). */
export const partyOrJob = nameOf('PartyOrJob', 'a party of this plan, or builder, host, seller or supporter', 'builder')

/** A person, always with the organization they work for: somebody may act for a side without being its employee. */
export const personName = insideOrganization('Person', 'a person as organization/name', 'acme/ada')
export const calendarName = insideOrganization('Calendar', 'a calendar as organization/name', 'acme/office')

/** A file beside this one; it must exist. */
export const filePath = text
  .clone()
  .register(referenceTargets, { target: 'File' })
  .register(expectations, { expected: 'a path that starts at the folder of this file', example: './file.ts' })

/** A contract: a file beside this one (`./openapi.yaml`), or a file of an installed npm package (`@scope/package/file.json`). */
export const contractPath = text
  .clone()
  .register(referenceTargets, { target: 'Contract' })
  .register(expectations, { expected: 'a path that starts at the folder of this file', example: './openapi.yaml' })
