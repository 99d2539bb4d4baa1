import { defineErrors } from '../errors/index.ts'

export const errors = defineErrors('http', {
  route_unknown: {
    status: 404,
    retry: false,
    message: (v: { method: string; path: string }) => `Nothing answers ${v.method} ${v.path}.`,
    fix: 'The reference is at /api/reference, the document at /api/openapi.json.',
  },
  method_not_allowed: {
    status: 405,
    retry: false,
    message: (v: { method: string; path: string; allowed: string }) => `${v.path} does not answer ${v.method}; it answers ${v.allowed}.`,
    fix: 'The reference is at /api/reference, the document at /api/openapi.json.',
  },
  body_too_large: {
    status: 413,
    retry: false,
    message: (v: { limitBytes: number }) => `The request body is larger than ${v.limitBytes} bytes.`,
    fix: 'Send less at a time. A contract is taken up to 32 MiB as a text, and up to 64 MiB with what JSON adds to it.',
  },
  body_malformed: {
    status: 422,
    retry: false,
    message: (v: { reason: string }) => `The request body is not JSON: ${v.reason}.`,
    fix: 'Send one JSON document in UTF-8.',
  },
  media_type_unsupported: {
    status: 415,
    retry: false,
    message: (v: { found: string }) => `The request body is ${v.found}, and only application/json in UTF-8, not compressed, is read.`,
    fix: 'Send the header `Content-Type: application/json` with a JSON body in UTF-8, and no Content-Encoding.',
  },
  overloaded: {
    status: 503,
    retry: true,
    message: (v: { bytes: number }) => `The bodies of other requests fill the memory that is meant for them (${v.bytes} bytes).`,
    fix: 'Try again in a few seconds, and send large bodies one after the other.',
  },
  value_unstorable: {
    status: 422,
    retry: false,
    message: () => 'A value of the request cannot be stored or compared, such as a null character or a number out of range.',
    fix: 'Look for control characters and very large numbers in the request.',
  },
  database_away: {
    status: 503,
    retry: true,
    message: () => 'The database does not answer at this moment.',
    fix: 'Try again in a few seconds; /readyz says when it is back.',
  },
  internal: {
    status: 500,
    retry: true,
    message: () => 'This should not have happened.',
    fix: 'Report it with the time; the log of the server has the particulars.',
  },
})
