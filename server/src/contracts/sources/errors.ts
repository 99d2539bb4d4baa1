import { defineErrors } from '../../errors/index.ts'

export const errors = defineErrors('contract-sources', {
  no_source: {
    status: 409,
    retry: false,
    message: (v: { platform: string }) => `The contract of ${v.platform} has no address that could be read.`,
    fix: 'Name it in spec.contract.url of the platform, or an api-catalog in spec.contract.catalog, and restart. A platform whose sandbox stands in for it is not polled.',
  },
  being_read: {
    status: 409,
    retry: true,
    message: (v: { platform: string; until: string }) =>
      `The contract of ${v.platform} is being read at this moment, until ${v.until} at the latest.`,
    fix: 'Wait for it: bridgekeeper contracts sources shows when it is done.',
  },
  too_soon: {
    status: 429,
    retry: true,
    message: (v: { platform: string; seconds: number }) => `The contract of ${v.platform} was read less than ${v.seconds} seconds ago.`,
    fix: 'Wait that long; more readings do not make a version believed earlier.',
  },
  source_changed: {
    status: 409,
    retry: true,
    message: (v: { platform: string }) =>
      `The source of ${v.platform} was changed, or taken over by another process, while it was read; nothing was kept.`,
    fix: 'Poll again.',
  },
})
