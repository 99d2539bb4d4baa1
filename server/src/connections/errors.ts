import { defineErrors } from '../errors/index.ts'

const MAKE_A_KEY =
  'Make a key with `bridgekeeper keys generate`, then start with BRIDGEKEEPER_KEYS="<id>:<base64>" or BRIDGEKEEPER_KEYS_FILE=<path of a file with such lines>. Every process on one database needs the same keys; keep a copy outside the database.'

export const errors = defineErrors('connections', {
  key_ring_missing: {
    status: 500,
    retry: false,
    message: () => 'No key ring was found, so stored credentials can be neither written nor read.',
    fix: MAKE_A_KEY,
  },
  key_ring_malformed: {
    status: 500,
    retry: false,
    message: (v: { source: string; position: number; reason: string }) =>
      `Key number ${v.position} in ${v.source} can't be used: ${v.reason}. Expected <id>:<32 bytes in base64>, newest first.`,
    fix: 'Make a new line with `bridgekeeper keys generate`, or restore the one that was there.',
  },
  key_file_unreadable: {
    status: 500,
    retry: false,
    message: (v: { path: string; reason: string }) => `The key file ${v.path} can't be read: ${v.reason}.`,
    fix: MAKE_A_KEY,
  },
  key_file_open_to_others: {
    status: 500,
    retry: false,
    message: (v: { path: string; mode: string }) => `The key file ${v.path} has mode ${v.mode}: other users of this machine can read it.`,
    fix: (v: { path: string }) => `Run \`chmod 600 ${v.path}\`; if other people use this machine, rotate the keys as well.`,
  },
  key_unknown: {
    status: 500,
    retry: true,
    message: (v: { keyId: string; known: string[] }) =>
      `A stored credential is sealed with key "${v.keyId}", but this process knows only: ${v.known.join(', ')}.`,
    fix: 'Start every process with all keys still in use. To add a key: first append it everywhere, then move it to the front, then run `bridgekeeper keys rotate`, then remove the old one.',
  },
  secret_unreadable: {
    status: 500,
    retry: false,
    message: (v: { context: string }) =>
      `The stored secret of ${v.context} does not open: it was altered, moved from another row, or the key of that id holds other bytes.`,
    fix: 'Compare the key fingerprints of all processes (`bridgekeeper keys list`); if they agree, enter the credential again.',
  },
  secret_missing: {
    status: 422,
    retry: false,
    message: (v: { kind: string; expected: string[]; found: string[] }) =>
      `Authentication "${v.kind}" needs the fields: ${v.expected.join(', ')}; found: ${v.found.join(', ')}.`,
    fix: 'Give exactly these fields, none of them empty.',
  },
  secret_malformed: {
    status: 422,
    retry: false,
    message: (v: { field: string; reason: string }) => `The credential field "${v.field}" can't be sent: ${v.reason}.`,
    fix: 'Copy the value again, without line breaks or invisible characters.',
  },
  authentication_malformed: {
    status: 422,
    retry: false,
    message: (v: { reason: string }) => `The way of authentication is not understood: ${v.reason}.`,
    fix: 'Use one of the kinds none, apiKey (header or query), bearer, basic, header (with its header name).',
  },
  base_url_malformed: {
    status: 422,
    retry: false,
    message: (v: { baseUrl: string; reason: string }) => `The base URL "${v.baseUrl}" can't be used: ${v.reason}.`,
    fix: 'Give an absolute http or https URL without user name, query or fragment, such as https://api.example.com/v2.',
  },
  base_url_inside: {
    status: 403,
    retry: false,
    message: (v: { host: string }) =>
      `The host "${v.host}" stands for the operator's own network, and only a key of the operator may connect accounts there.`,
    fix: "Leave the base URL out to use the platform's own, or ask whoever runs this installation to make the connection.",
  },
  connection_unknown: {
    status: 404,
    retry: false,
    message: (v: { id: string }) => `There is no connection ${v.id}.`,
    fix: 'List the connections with `bridgekeeper connections list`.',
  },
  connection_exists: {
    status: 409,
    retry: false,
    message: (v: { platform: string; customer: string; name: string }) =>
      `Customer "${v.customer}" already has a connection "${v.name}" to platform "${v.platform}".`,
    fix: 'Choose another name, or replace the credential of the existing connection.',
  },
  platform_unknown: {
    status: 422,
    retry: false,
    message: (v: { platform: string }) => `The workspace has no platform "${v.platform}".`,
    fix: 'Compare the name with the Platform entities of the workspace; `bridgekeeper workspace check` lists them.',
  },
  connection_ambiguous: {
    status: 422,
    retry: false,
    message: (v: { reference: string; found: number }) => `${v.found} connections match "${v.reference}".`,
    fix: 'Name it as customer/platform/name, or by its id.',
  },
  time_malformed: {
    status: 422,
    retry: false,
    message: (v: { found: string }) => `"${v.found}" is not a moment in the future.`,
    fix: 'Give a time such as 2026-12-01T08:00:00Z, or leave it out to pause until it is resumed.',
  },
  source_unknown: {
    status: 404,
    retry: false,
    message: (v: { source: string }) => `No platform of this workspace receives webhooks under the name "${v.source}".`,
    fix: 'Use the metadata.name of a Platform file with spec.webhooks, or that and an instance key: platform/key.',
  },
  webhook_secret_malformed: {
    status: 422,
    retry: false,
    message: (v: { platform: string; expected: string }) =>
      `This can't be the secret of ${v.platform}'s webhooks: by the scheme in its file, it must be ${v.expected}.`,
    fix: "Copy it again as the platform shows it. If it is right, correct spec.webhooks.verification in the platform's file.",
  },
  webhook_secret_needless: {
    status: 422,
    retry: false,
    message: (v: { platform: string }) => `Webhooks of ${v.platform} are not verified, so a secret would protect nothing.`,
    fix: 'Declare how it signs under spec.webhooks.verification of its Platform file, and add the secret then.',
  },
  webhook_secret_unknown: {
    status: 404,
    retry: false,
    message: (v: { id: string }) => `There is no webhook secret ${v.id}.`,
    fix: 'List the secrets of the source; a secret that was removed can be added again.',
  },
})
