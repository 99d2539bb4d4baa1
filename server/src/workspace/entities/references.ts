import { z } from 'zod'
import { slug } from './values.ts'

/** What a field of a file can point to. `Person` and `Calendar` live inside an organization and are written `organization/name`. */
export type ReferenceTarget = 'Organization' | 'Platform' | 'Integration' | 'Agreement' | 'Plan' | 'Person' | 'Calendar'

/** Schemas that hold a reference, with what they point to. The loader walks it; nothing else needs to know the fields. */
export const referenceTargets = z.registry<{ target: ReferenceTarget }>()

const nameOf = (target: ReferenceTarget, description: string) => slug.clone().describe(description).register(referenceTargets, { target })

const insideOrganization = (target: ReferenceTarget, description: string) =>
  z
    .string()
    .regex(/^[a-z0-9]+(-[a-z0-9]+)*\/[a-z0-9]+(-[a-z0-9]+)*$/)
    .describe(description)
    .register(referenceTargets, { target })

export const organizationName = nameOf('Organization', 'Name of an Organization of this workspace.')
export const platformName = nameOf('Platform', 'Name of a Platform of this workspace.')
export const integrationName = nameOf('Integration', 'Name of an Integration of this workspace.')
export const agreementName = nameOf('Agreement', 'Name of an Agreement of this workspace.')
export const planName = nameOf('Plan', 'Name of a Plan of this workspace.')

/** A person, always with the organization they work for: somebody may act for a side without being its employee. */
export const personName = insideOrganization('Person', 'A person, written organization/person.')
export const calendarName = insideOrganization('Calendar', 'Working hours, written organization/calendar.')
