import { defineErrors } from '../errors/index.ts'

const ofAnother = ({ platform, owner }: { platform: string; owner: string }) =>
  `expected a key of ${owner}, who owns ${platform}; found one of another organization`

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
  maintenance_over: {
    status: 422,
    retry: false,
    message: ({ startsAt, endsAt }: { startsAt: string; endsAt: string }) =>
      `expected a window that ends after it begins, and later than now; found ${startsAt} to ${endsAt}`,
    fix: 'Announce maintenance before it happens: afterwards it counts as any other failure.',
  },
  maintenance_unknown: {
    status: 404,
    retry: false,
    message: ({ platform, id }: { platform: string; id: string }) =>
      `expected a window of ${platform} that has not begun and was announced by command, found ${id}`,
    fix: 'List them with: bridgekeeper maintenance list. What stands in the file of the platform is withdrawn there.',
  },
  maintained_by_another: {
    status: 403,
    retry: false,
    message: ofAnother,
    fix: 'Ask them to announce it: nobody is excused by what another announces.',
  },
  records_of_other_days: {
    status: 422,
    retry: false,
    message: ({ from, until, found, maxDays }: { from: string; until: string; found: string; maxDays: number }) =>
      `expected records of ${from} to ${until}, at most ${maxDays} days, found ${found}`,
    fix: 'Say which whole days (UTC) the records cover, and hand in longer times in parts.',
  },
  records_of_today: {
    status: 422,
    retry: false,
    message: ({ until, yesterday }: { until: string; yesterday: string }) =>
      `expected whole days that are over (UTC), up to ${yesterday}; found ${until}`,
    fix: 'Leave out today: what is still going on differs because one side is later.',
  },
  records_too_old: {
    status: 422,
    retry: false,
    message: ({ from, oldest }: { from: string; oldest: string }) =>
      `expected days of which the bridge keeps records, the oldest is ${oldest}; found ${from}`,
    fix: 'Hand in later days. How long records are kept is said by spec.retention in bridgekeeper.yaml.',
  },
  recorded_by_another: {
    status: 403,
    retry: false,
    message: ofAnother,
    fix: 'Hand in records of your own platform: those of the other side are theirs to hand in.',
  },
  reconciliation_unknown: {
    status: 404,
    retry: false,
    message: ({ id, integration }: { id: string; integration: string }) => `expected a reconciliation of ${integration}, found ${id}`,
    fix: 'List them with: bridgekeeper slo records.',
  },
  may_not_speak: {
    status: 403,
    retry: false,
    message: ({ person, organization }: { person: string; organization: string }) =>
      `expected somebody of ${organization}, a side of the integration, as organization/name; found ${person}`,
    fix: 'Name a person of your own organization that its file lists: an acknowledgement is a human’s.',
  },
})
