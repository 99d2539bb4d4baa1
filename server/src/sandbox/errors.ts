import { defineErrors } from '../errors/index.ts'

export const errors = defineErrors('sandbox', {
  contract_unreadable: {
    status: 422,
    retry: false,
    message: (v: { source: string; reason: string }) => `The contract ${v.source} cannot be read: ${v.reason}.`,
    fix: 'Pass an OpenAPI 3.0 or 3.1 document as JSON or YAML, as a file, as text or already parsed.',
  },
  contract_version_unsupported: {
    status: 422,
    retry: false,
    message: (v: { found: string }) => `A sandbox needs an OpenAPI 3.0, 3.1 or 3.2 document; found ${v.found}.`,
    fix: 'Convert Swagger 2 documents first, for example with `npx swagger2openapi`.',
  },
  reference_unresolved: {
    status: 422,
    retry: false,
    message: (v: { reference: string }) => `The contract refers to ${v.reference}, which is not inside the document.`,
    fix: 'Bundle the document into one file first, for example with `npx @redocly/cli bundle`, or repair the reference.',
  },
  port_taken: {
    status: 409,
    retry: false,
    message: (v: { host: string; port: number }) => `Port ${v.port} on ${v.host} is already in use.`,
    fix: 'Choose another port, or 0 for any free one.',
  },
  path_unknown: {
    status: 404,
    retry: false,
    message: (v: { method: string; path: string; near?: string }) => `The contract has no path that matches ${v.method} ${v.path}.`,
    fix: (v) => (v.near ? `The nearest path of the contract is ${v.near}.` : 'Look at the paths of the contract.'),
  },
  method_unknown: {
    status: 405,
    retry: false,
    message: (v: { method: string; path: string; allowed: string[] }) =>
      `The contract has no ${v.method} on ${v.path}; it has ${v.allowed.join(', ')}.`,
    fix: 'Use one of the methods that the contract declares for this path.',
  },
  request_invalid: {
    status: 422,
    retry: false,
    message: (v: { operation: string; problems: string[]; details?: unknown[] }) =>
      `The request does not fit the contract of ${v.operation}: ${v.problems.join('; ')}.`,
    fix: 'Each entry of `errors` names the place, what was expected and what was found.',
  },
  body_too_large: {
    status: 413,
    retry: false,
    message: (v: { limitBytes: number }) => `The request body is larger than ${v.limitBytes} bytes.`,
    fix: 'Send less, or start the sandbox with a larger `bodyLimitBytes`.',
  },
  media_type_unsupported: {
    status: 415,
    retry: false,
    message: (v: { found: string; expected: string[] }) => `The body is sent as ${v.found}; the contract takes ${v.expected.join(' or ')}.`,
    fix: 'Set `Content-Type` to one of the declared media types.',
  },
  unauthenticated: {
    status: 401,
    retry: false,
    message: (v: { expected: string; found: string }) => `The contract asks for ${v.expected}; found ${v.found}.`,
    fix: 'Send the credential that the contract declares. Without `credentials` in its options the sandbox accepts any value.',
  },
  record_unknown: {
    status: 404,
    retry: false,
    message: (v: { type: string; path: string }) => `There is no record of ${v.type} at ${v.path} in this sandbox.`,
    fix: 'Create it first, give it as a fixture, or start the sandbox with `autoCreateParents`.',
  },
  idempotency_key_reused: {
    status: 422,
    retry: false,
    message: (v: { key: string; first: string; now: string }) =>
      `The idempotency key ${v.key} was used for another request: first ${v.first}, now ${v.now}.`,
    fix: 'Use a fresh key for each different write, and the same key only to repeat the very same request.',
  },
  record_exists: {
    status: 409,
    retry: false,
    message: (v: { type: string; key: string }) => `A record of ${v.type} with the key ${v.key} exists already.`,
    fix: 'Choose another key or change the existing record.',
  },
  fault_played: {
    status: 503,
    retry: true,
    message: (v: { status: number; rule: string }) => `The sandbox answers ${v.status} because of the fault rule ${v.rule}.`,
    fix: 'Remove the rule, or let the client cope with it: that is what it is for.',
  },
  fault_invalid: {
    status: 400,
    retry: false,
    message: (v: { reason: string }) => `The fault rule is not usable: ${v.reason}.`,
    fix: '`bridgekeeper sandbox faults add --help` and docs/sandbox.md list the kinds of faults and their settings.',
  },
  control_unknown: {
    status: 404,
    retry: false,
    message: (v: { method: string; path: string }) => `The control API has no ${v.method} ${v.path}.`,
    fix: 'GET /__sandbox lists what there is.',
  },
  control_input_invalid: {
    status: 400,
    retry: false,
    message: (v: { reason: string }) => `The control request is not usable: ${v.reason}.`,
    fix: 'Send a JSON object as described in docs/sandbox.md.',
  },
  control_forbidden: {
    status: 403,
    retry: false,
    message: (v: { reason: string }) => `The control API refused the request: ${v.reason}.`,
    fix: 'Call it from the same machine, or start the sandbox with `controlToken` and send it as a bearer token.',
  },
  webhook_unknown: {
    status: 404,
    retry: false,
    message: (v: { event: string; near?: string; known: string }) =>
      `The contract declares no webhook ${v.event}${v.near ? ` (${v.near}?)` : ''}. It declares ${v.known}.`,
    fix: 'Use a name that the contract has under webhooks, x-webhooks or callbacks.',
  },
  webhooks_not_configured: {
    status: 409,
    retry: false,
    message: () => 'This sandbox was started without an address for webhooks.',
    fix: 'Start it with `bridgekeeper sandbox start … --webhooks <url> --secret <secret>`, or in a test with `webhooks: { url, scheme, secret }`.',
  },
  fixture_unknown: {
    status: 422,
    retry: false,
    message: (v: { path: string }) => `The fixture path ${v.path} is no collection or record of the contract.`,
    fix: 'Name a concrete path such as /tickets with a list of records, or /repos/acme/app with one record.',
  },
  unreachable: {
    status: 503,
    retry: true,
    message: (v: { url: string; reason: string }) => `No sandbox answers at ${v.url}: ${v.reason}.`,
    fix: 'Start one with `bridgekeeper sandbox start`, or name its address with --url.',
  },
})
