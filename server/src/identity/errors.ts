import { defineErrors } from '../errors/index.ts'

export const errors = defineErrors('identity', {
  key_missing: {
    status: 401,
    retry: false,
    message: () => 'The request carries no API key.',
    fix: 'Send it as `Authorization: Bearer bk_…`. Make one with: bridgekeeper api-keys add.',
  },
  key_unknown: {
    status: 401,
    retry: false,
    message: () => 'The API key is not known, or it was revoked.',
    fix: 'Check that the whole key was copied; make a new one with: bridgekeeper api-keys add.',
  },
  scope_missing: {
    status: 403,
    retry: false,
    message: (v: { needed: string; found: string }) => `This needs a key with scope ${v.needed}; yours has ${v.found}.`,
    fix: 'Ask the operator for a key with that scope.',
  },
  not_visible: {
    status: 404,
    retry: false,
    message: (v: { what: string }) => `There is no ${v.what}, or your key may not see it.`,
    fix: 'Check the name, and that your organization is a side of the integration.',
  },
  request_invalid: {
    status: 422,
    retry: false,
    message: (v: { problems: string }) => `The request does not fit: ${v.problems}.`,
    fix: 'Correct the named places; the reference under /api/reference shows every field.',
  },
  key_not_found: {
    status: 404,
    retry: false,
    message: (v: { key: string }) => `There is no API key ${v.key}.`,
    fix: 'List the keys with: bridgekeeper api-keys list.',
  },
  scopes_invalid: {
    status: 422,
    retry: false,
    message: (v: { found: string }) =>
      `"${v.found}" is no list of scopes; known are read, replay, write, check and admin, and a customer's key can't have admin.`,
    fix: 'Give one or more of them, separated by commas.',
  },
  operator_only: {
    status: 403,
    retry: false,
    message: () => 'Only a key of the operator with scope admin may do this: it concerns everybody.',
    fix: 'Ask whoever runs this installation.',
  },
  company_only: {
    status: 403,
    retry: false,
    message: () => "This is between companies: a customer's key may not do it.",
    fix: 'Ask the company that runs the integration for you.',
  },
  run_by_another: {
    status: 403,
    retry: false,
    message: (v: { what: string; organization: string }) => `${v.what} is run by ${v.organization}, and your key acts for somebody else.`,
    fix: (v: { what: string; organization: string }) => `Ask ${v.organization} to change it, or use a key of theirs.`,
  },
  organization_unknown: {
    status: 422,
    retry: false,
    message: (v: { organization: string; known: string }) => `The workspace has no organization "${v.organization}" (known: ${v.known}).`,
    fix: 'Use the metadata.name of an Organization file.',
  },
})
