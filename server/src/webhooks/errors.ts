import { defineErrors } from '../errors/index.ts'

export const errors = defineErrors('webhooks', {
  source_unknown: {
    status: 404,
    retry: false,
    message: (v: { source: string }) => `No platform of this workspace receives webhooks under the name "${v.source}".`,
    fix: 'Compare the URL with the names of the platforms that declare spec.webhooks; the path is /webhooks/<platform> or /webhooks/<platform>/<instance key>.',
  },
  method_not_allowed: {
    status: 405,
    retry: false,
    message: (v: { method: string }) => `Webhooks are received with POST, not with ${v.method}.`,
    fix: 'Send the event as POST to the same URL.',
  },
  body_incomplete: {
    status: 400,
    retry: true,
    message: (v: { received: number }) => `The connection ended after ${v.received} bytes of a body that was not finished.`,
    fix: 'Send the delivery again.',
  },
  body_too_large: {
    status: 413,
    retry: false,
    message: (v: { source: string; limit: string }) => `A webhook of ${v.source} may be at most ${v.limit} long; this one is longer.`,
    fix: 'Send a smaller payload, or raise spec.webhooks.maxBodyBytes of the platform. Nothing of this request was stored.',
  },
  content_type_unsupported: {
    status: 415,
    retry: false,
    message: (v: { source: string; found: string; expected: readonly string[] }) =>
      `A webhook of ${v.source} must be one of ${v.expected.join(', ')}; this one is ${v.found}.`,
    fix: 'Set Content-Type at the sender, or list the type in spec.webhooks.contentTypes of the platform.',
  },
  content_encoding_unsupported: {
    status: 415,
    retry: false,
    message: (v: { found: string }) =>
      `The body is encoded as ${v.found}; only unencoded bodies are received, because signatures cover the raw bytes.`,
    fix: 'Switch compression off at the sender.',
  },
  not_verified: {
    status: 401,
    retry: false,
    message: (v: { source: string; detail: string }) => `The request is not proven to come from ${v.source}. ${v.detail}`,
    fix: 'Compare the secret and the scheme at the sender with those of the platform in this workspace. `bridgekeeper webhook-secrets list <platform>`, or <platform>/<instance key> for the address of an instance, tells which secrets are in force; `webhook-secrets add` adds one.',
  },
  overloaded: {
    status: 503,
    retry: true,
    message: (v: { what: string }) => `${v.what} wait to be stored, which is the limit. This delivery was not stored.`,
    fix: 'Send it again after the time in Retry-After. If it lasts: add an ingress process or a faster database.',
  },
  store_away: {
    status: 503,
    retry: true,
    message: (v: { reason: string }) => `The delivery could not be stored and is not acknowledged: ${v.reason}.`,
    fix: 'Send it again after the time in Retry-After. Operators: check the database.',
  },
  store_refused: {
    status: 500,
    retry: true,
    message: (v: { reason: string }) => `The database refused to store this delivery: ${v.reason}.`,
    fix: 'This is a fault of Bridgekeeper; deliveries that arrived at the same time are not touched by it. Please report it with the message.',
  },
  stopping: {
    status: 503,
    retry: true,
    message: () => 'This process is stopping and accepts no more deliveries.',
    fix: 'Send it again after the time in Retry-After.',
  },
  configuration_invalid: {
    status: 422,
    retry: false,
    message: (v: { platform: string; problems: readonly string[] }) =>
      `spec.webhooks of platform ${v.platform} is not valid: ${v.problems.join('; ')}.`,
    fix: 'Correct the entity file; the page on webhooks lists the parameters of every scheme.',
  },
  payload_unsignable: {
    status: 422,
    retry: false,
    message: (v: { scheme: string; expected: string }) => `The payload cannot be signed as ${v.scheme} does, which needs ${v.expected}.`,
    fix: 'Correct the payload; for adyen it is {"notificationItems": [{"NotificationRequestItem": {…}}]}.',
  },
  secret_unusable: {
    status: 422,
    retry: false,
    message: (v: { encoding: string }) => `The secret is not ${v.encoding}, as its scheme expects.`,
    fix: 'Copy the secret again as the platform shows it.',
  },
})
