import type { Scheme } from './scheme.ts'

/**
 * Believes everybody. For senders that sign nothing, behind a network that lets only them in. Shown red everywhere
 * (`assurance: 'none'`), because whoever learns the URL can make the bridge act.
 */
export function unverifiedScheme(): Scheme {
  return {
    name: 'unverified',
    assurance: 'none',
    credentialHeaders: [],
    secretForm: null,
    verify: () => ({ verified: true, secretId: null }),
    sign: (_secret, body) => ({ headers: {}, body }),
  }
}
