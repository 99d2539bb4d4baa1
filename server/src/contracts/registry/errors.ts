import { defineErrors } from '../../errors/index.ts'

export const errors = defineErrors('contract-registry', {
  platform_unknown: {
    status: 404,
    retry: false,
    message: (v: { platform: string }) => `There is no platform ${v.platform}, or your key may not see it.`,
    fix: 'Use the metadata.name of a Platform file that your organization owns or is bridged to.',
  },
  not_the_owner: {
    status: 403,
    retry: false,
    message: (v: { platform: string; owner: string }) => `Only ${v.owner} may publish the contract of ${v.platform}.`,
    fix: 'Use a key of the organization that owns the platform, or ask them.',
  },
  nothing_published: {
    status: 409,
    retry: false,
    message: (v: { platform: string }) => `No version of ${v.platform}'s contract is known yet, so nothing can be compared with it.`,
    fix: 'Publish the version in force first: bridgekeeper contracts publish <platform> <file>.',
  },
  notice_unknown: {
    status: 404,
    retry: false,
    message: (v: { notice: string }) => `There is no notice ${v.notice}, or your key may not see it.`,
    fix: 'List them with: bridgekeeper contracts notices <platform>.',
  },
  calendar_unknown: {
    status: 404,
    retry: false,
    message: (v: { calendar: string }) => `There is no calendar ${v.calendar}, or it was revoked, or your key may not see it.`,
    fix: 'List them with: bridgekeeper calendar list; make a new address with: bridgekeeper calendar create.',
  },
  calendar_of_nobody: {
    status: 422,
    retry: false,
    message: (v: { organization: string | null }) =>
      `A calendar belongs to one organization of the workspace; found ${v.organization ?? 'none'}.`,
    fix: 'Name one with --organization, as its Organization file does.',
  },
  calendar_of_another: {
    status: 403,
    retry: false,
    message: (v: { organization: string }) => `A calendar of ${v.organization} is made with a key of theirs.`,
    fix: 'Leave the organization out: it is that of your key.',
  },
  objection_without_reason: {
    status: 422,
    retry: false,
    message: () => 'An objection needs a reason that the other side can answer; found none.',
    fix: 'Give it as `note`: bridgekeeper contracts ack <notice> --answer objected --note "…".',
  },
  may_not_speak: {
    status: 403,
    retry: false,
    message: (v: { person: string; organization: string }) => `${v.person} is nobody of ${v.organization}, for whom this key acts.`,
    fix: 'Name a person of your organization as organization/name, as its file lists them.',
  },
})
