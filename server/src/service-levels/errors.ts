import { defineErrors } from '../errors/index.ts'

export const errors = defineErrors('service-levels', {
  canary_unknown: {
    status: 404,
    retry: false,
    message: ({ integration, found, known }: { integration: string; found: string; known: readonly string[] }) =>
      `expected a scenario of ${integration} that declares a canary, found ${found}${known.length > 0 ? ` (there are ${known.join(', ')})` : ''}`,
    fix: 'Add spec.scenarios[].canary to the file of the integration, or let your own monitor report: `bridgekeeper canaries report`.',
  },
  alert_unknown: {
    status: 404,
    retry: false,
    message: ({ alert, integration }: { alert: string; integration: string }) =>
      `expected an alert of ${integration}, found ${alert}, which is none or which your key may not see`,
    fix: 'List them with: bridgekeeper slo alerts.',
  },
  may_not_speak: {
    status: 403,
    retry: false,
    message: ({ person, organization }: { person: string; organization: string }) =>
      `expected somebody of ${organization}, a side of the integration, as organization/name; found ${person}`,
    fix: 'Name a person of your own organization that its file lists: an acknowledgement is a human’s.',
  },
})
