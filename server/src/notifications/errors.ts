import { defineErrors } from '../errors/index.ts'

export const errors = defineErrors('notifications', {
  subscription_unknown: {
    status: 404,
    retry: false,
    message: (v: { subscription: string }) => `There is no subscription ${v.subscription}, or your key may not see it.`,
    fix: 'List them with: bridgekeeper subscriptions list.',
  },
  subscription_of_nobody: {
    status: 422,
    retry: false,
    message: (v: { organization: string | null }) =>
      `A subscription belongs to one organization of the workspace; found ${v.organization ?? 'none'}.`,
    fix: 'Name one with --organization, as its Organization file does.',
  },
  subscription_of_another: {
    status: 403,
    retry: false,
    message: (v: { organization: string }) => `A subscription of ${v.organization} is made with a key of theirs.`,
    fix: 'Leave the organization out: it is that of your key.',
  },
  too_many_subscriptions: {
    status: 422,
    retry: false,
    message: (v: { organization: string; limit: number }) => `${v.organization} has ${v.limit} subscriptions already.`,
    fix: 'Remove one that is not needed: bridgekeeper subscriptions list.',
  },
  url_refused: {
    status: 422,
    retry: false,
    message: (v: { reason: string }) => `Nothing is sent to this address: ${v.reason}.`,
    fix: 'Give a public https address without user and password. An address inside the operator’s own network is subscribed with a key of the operator, who allows its host in bridgekeeper.yaml (spec.outbound.allowPrivateHosts).',
  },
})
