import { defineErrors } from '../errors/index.ts'

export const errors = defineErrors('gateway', {
  address_refused: {
    status: 403,
    retry: false,
    message: (v: { host: string; range: string }) =>
      `The host "${v.host}" is not called: it stands for a ${v.range} address, which could belong to the network this program runs in.`,
    fix: 'Give a public host name. If this host is meant, the operator allows it by name (and port) in the list of allowed hosts.',
  },
  scheme_refused: {
    status: 403,
    retry: false,
    message: (v: { scheme: string }) => `Only http and https are called, not "${v.scheme}".`,
    fix: 'Give a base URL that begins with https://.',
  },
  allowed_host_malformed: {
    status: 500,
    retry: false,
    message: (v: { host: string }) => `"${v.host}" in the list of allowed hosts is neither a host nor host:port.`,
    fix: 'Write names or addresses, with a port where it matters: crm.internal, localhost:4010, 10.0.0.7:8080, [::1]:3000.',
  },
  path_parameter_refused: {
    status: 422,
    retry: false,
    message: (v: { template: string; parameter: string; reason: string }) =>
      `The parameter "${v.parameter}" of ${v.template} can't become a part of the path: ${v.reason}.`,
    fix: 'Give a text or number that is neither empty nor "." or "..".',
  },
  path_template_malformed: {
    status: 500,
    retry: false,
    message: (v: { template: string; reason: string }) => `The path "${v.template}" can't be called: ${v.reason}.`,
    fix: "Write the path as the platform's OpenAPI does, for example /tickets/{id}; query and host don't belong into it.",
  },
  circuit_unknown: {
    status: 404,
    retry: false,
    message: (v: { key: string }) => `There is no open circuit "${v.key}".`,
    fix: 'It may have closed by itself meanwhile; list the open ones.',
  },
})
