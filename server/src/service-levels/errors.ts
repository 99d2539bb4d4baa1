import { defineErrors } from '../errors/index.ts'

export const errors = defineErrors('service-levels', {
  canary_unknown: {
    status: 404,
    retry: false,
    message: ({ integration, found, known }: { integration: string; found: string; known: readonly string[] }) =>
      `expected a scenario of ${integration} that declares a canary, found ${found}${known.length > 0 ? ` (there are ${known.join(', ')})` : ''}`,
    fix: 'Add spec.scenarios[].canary to the file of the integration, or let your own monitor report: `bridgekeeper canaries report`.',
  },
})
