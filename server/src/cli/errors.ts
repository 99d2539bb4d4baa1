import { defineErrors } from '../errors/index.ts'

export const errors = defineErrors('cli', {
  usage: {
    status: 422,
    retry: false,
    message: (v: { said: string }) => v.said,
    fix: 'Add --help to see what the command takes.',
  },
  server_not_running: {
    status: 503,
    retry: true,
    message: (v: { folder: string }) => `No Bridgekeeper server runs for ${v.folder} or a folder above it.`,
    fix: 'Start one with: bridgekeeper start. For a server elsewhere set BRIDGEKEEPER_URL and BRIDGEKEEPER_KEY.',
  },
  server_unreachable: {
    status: 503,
    retry: true,
    message: (v: { url: string; reason: string }) => `The Bridgekeeper server at ${v.url} does not answer: ${v.reason}.`,
    fix: 'Check that it runs and that BRIDGEKEEPER_URL is right.',
  },
  key_missing: {
    status: 401,
    retry: false,
    message: (v: { url: string }) => `There is no API key for ${v.url}.`,
    fix: 'Set BRIDGEKEEPER_KEY; the operator makes keys with: bridgekeeper api-keys add.',
  },
  check_against_what: {
    status: 422,
    retry: false,
    message: () => 'A check needs clients to check against: consumer contracts in files, or a running server that knows them.',
    fix: 'Give --published <file> with --usage <files...>, or --against-partners <platform>.',
  },
  contract_too_large: {
    status: 413,
    retry: false,
    message: (v: { path: string; bytes: number; maxBytes: number }) =>
      `The contract ${v.path} has ${v.bytes} bytes; at most ${v.maxBytes} are taken.`,
    fix: 'Send the description with its references, not one in which every reference is written out.',
  },
  no_answer_of_ours: {
    status: 422,
    retry: false,
    message: (v: { url: string; status: number }) => `What answers at ${v.url} is no Bridgekeeper server (status ${v.status}).`,
    fix: 'Check BRIDGEKEEPER_URL; a proxy before the server must hand on its answers.',
  },
  already_running: {
    status: 409,
    retry: false,
    message: (v: { workspace: string; url: string; pid: number }) =>
      `A Bridgekeeper server of ${v.workspace} already runs at ${v.url} (process ${v.pid}).`,
    fix: 'Use it, or stop it with Ctrl-C in its terminal; the process number above also works with kill.',
  },
  listen_address_invalid: {
    status: 422,
    retry: false,
    message: (v: { address: string }) => `"${v.address}" is no address to listen on.`,
    fix: 'Give an address and a port, as in 127.0.0.1:9464 or [::1]:9464, or a port alone for this machine only.',
  },
  port_invalid: {
    status: 422,
    retry: false,
    message: (v: { port: string }) => `"${v.port}" is no port.`,
    fix: 'A port is a number from 1 to 65535; 0 takes any that is free.',
  },
  cannot_listen: {
    status: 409,
    retry: false,
    message: (v: { host: string; port: number; reason: string }) =>
      `This machine lets nobody listen on ${v.host}, port ${v.port}: ${v.reason}.`,
    fix: 'Give --host an address of this machine (0.0.0.0 for all), and --port one above 1023 unless the user may take lower ones.',
  },
  port_taken: {
    status: 409,
    retry: false,
    message: (v: { port: number; free: number }) => `Port ${v.port} is taken by another program; ${v.free} is free.`,
    fix: 'Choose another with --port, or leave --port out to use the next free one.',
  },
  demo_missing: {
    status: 422,
    retry: false,
    message: (v: { workspace: string }) => `The workspace ${v.workspace} has no demo.ts.`,
    fix: 'Start without --demo, or write one: its default export is a Demo of @bridgekeeper/sdk.',
  },
  role_unknown: {
    status: 422,
    retry: false,
    message: (v: { role: string }) => `"${v.role}" is no role.`,
    fix: 'Roles are ingress, worker and api, separated by commas; without --roles a process has all.',
  },
  workspace_has_problems: {
    status: 422,
    retry: false,
    message: (v: { count: string; list: string }) => `The workspace has ${v.count}:\n${v.list}`,
    fix: 'Mend them; `bridgekeeper workspace check` shows them with places, and with --fix mends what needs no judgement.',
  },
  pair_expected: {
    status: 422,
    retry: false,
    message: (v: { what: string; found: string }) => `A ${v.what} is given as name=value, found "${v.found}".`,
    fix: 'Write it like label=customer; put quotes around it when the shell would read it otherwise.',
  },
  time_expected: {
    status: 422,
    retry: false,
    message: (v: { found: string }) => `A time that passed is given as a number and a unit, found "${v.found}".`,
    fix: 'Write it like 90s, 12m, 3h or 2d.',
  },
  answer_incomplete: {
    status: 422,
    retry: false,
    message: () => 'An answer has a human and a time; only one of them was given.',
    fix: 'Give both --answered-by and --after, or neither when nobody answered.',
  },
  amount_expected: {
    status: 422,
    retry: false,
    message: (v: { found: string }) => `An amount is given as number and currency, found "${v.found}".`,
    fix: 'Write it like "49.00 EUR": a point before the cents, one space, the currency last; none means that nobody has told. Some currencies have no cents ("4900 JPY"), some have three digits ("4.900 KWD").',
  },
  yes_or_no: {
    status: 422,
    retry: false,
    message: (v: { found: string }) => `Expected yes, no or none, found "${v.found}".`,
    fix: 'Write --affiliated yes, no or none.',
  },
  confirmation_needed: {
    status: 422,
    retry: false,
    message: (v: { what: string }) => `This would ${v.what}.`,
    fix: 'Add --yes to do it.',
  },
  secret_needed: {
    status: 422,
    retry: false,
    message: (v: { fields: string }) =>
      `The credential is incomplete: ${v.fields} is missing, and nobody sits at the terminal to be asked.`,
    fix: 'Give it with --secret-file <field>=<path> (a path of - reads standard input), or with --secret <field>=<value>, which stays in the shell history.',
  },
  file_unreadable: {
    status: 422,
    retry: false,
    message: (v: { path: string; reason: string }) => `${v.path} can't be read: ${v.reason}.`,
    fix: 'Check the path and its access rights.',
  },
  records_unreadable: {
    status: 422,
    retry: false,
    message: (v: { file: string; problem: string }) => `expected records of whole days in ${v.file}; found that ${v.problem}`,
    fix: 'Write day, operation, and as needed status, count and key: `bridgekeeper slo reconcile --help` shows examples.',
  },
})
