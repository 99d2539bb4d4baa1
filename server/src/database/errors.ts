import { defineErrors } from '../errors/index.ts'

export const errors = defineErrors('database', {
  unreachable: {
    status: 503,
    retry: true,
    message: (v: { target: string; reason: string }) => `PostgreSQL at ${v.target} cannot be reached: ${v.reason}.`,
    fix: 'Check that the server runs and that DATABASE_URL names the right host, port, database and user. Leave DATABASE_URL out to use the embedded PostgreSQL.',
  },
  url_malformed: {
    status: 500,
    retry: false,
    message: (v: { reason: string }) => `DATABASE_URL is no address of a PostgreSQL database: ${v.reason}.`,
    fix: 'Write it as postgres://user:password@host:5432/database. In the password, characters that mean something in an address are percent-encoded: / as %2F, @ as %40, : as %3A, # as %23, ? as %3F, % as %25.',
  },
  tls_untrusted: {
    status: 503,
    retry: true,
    message: (v: { target: string; reason: string }) => `PostgreSQL at ${v.target} shows a certificate that is not trusted: ${v.reason}.`,
    fix: 'Add the certificate of the authority that signed it to DATABASE_URL, as in ?sslmode=verify-full&sslrootcert=/path/to/ca.pem; who hosts the database hands out that file. The host name must be the one in the certificate. sslmode=no-verify encrypts without knowing who reads it.',
  },
  no_rights: {
    status: 500,
    retry: false,
    message: (v: { user: string; database: string; reason: string }) =>
      `The user ${v.user} may not make or change Bridgekeeper's tables in the database ${v.database}: ${v.reason}.`,
    fix: (v: { user?: string; database?: string }) =>
      `Make a database that belongs to this user, or let one of its owners run: grant create on database ${v.database ?? '<database>'} to ${v.user ?? '<user>'}; grant usage, create on schema public to ${v.user ?? '<user>'}; It need not be a superuser.`,
  },
  read_only: {
    status: 503,
    retry: true,
    message: (v: { target: string }) => `PostgreSQL at ${v.target} takes no writes: it is a standby, or read-only by its settings.`,
    fix: 'Name the primary server in DATABASE_URL.',
  },
  too_old: {
    status: 500,
    retry: false,
    message: (v: { found: string }) => `PostgreSQL 15 or newer is needed; the server at DATABASE_URL is ${v.found}.`,
    fix: 'Upgrade that server, name another one in DATABASE_URL, or leave DATABASE_URL out to use the embedded PostgreSQL.',
  },
  migration_changed: {
    status: 500,
    retry: false,
    message: (v: { name: string }) => `Migration ${v.name} was applied to this database with another text than the one in this program.`,
    fix: 'Migrations are forward-only: restore the file as it was released and put the change into a new migration.',
  },
  schema_newer: {
    status: 500,
    retry: false,
    message: (v: { name: string }) =>
      `The database holds migration ${v.name}, which this program does not know: a newer Bridgekeeper has migrated it.`,
    fix: 'Start the newer version of Bridgekeeper, or restore the backup taken before the upgrade.',
  },
  no_answer: {
    status: 503,
    retry: true,
    message: (v: { timeoutMs: number }) => `The database has not answered within ${v.timeoutMs / 1_000} s.`,
    fix: 'Try again in a few seconds; /readyz says when it is back.',
  },
  embedded_unsupported: {
    status: 500,
    retry: false,
    message: (v: { platform: string }) => `There is no embedded PostgreSQL for ${v.platform}.`,
    fix: 'Set DATABASE_URL to any PostgreSQL 15 or newer.',
  },
  embedded_no_user: {
    status: 500,
    retry: false,
    message: (v: { tried: string }) => `PostgreSQL refuses to run as root, and none of these users exists on this machine: ${v.tried}.`,
    fix: 'Name an unprivileged user of this machine in BRIDGEKEEPER_POSTGRES_USER, start Bridgekeeper as a normal user, or set DATABASE_URL.',
  },
  embedded_not_yours: {
    status: 500,
    retry: false,
    message: (v: { path: string; dir: string }) =>
      `The embedded PostgreSQL can not use ${v.path}: it belongs to another user of this machine.`,
    fix: (v: { dir?: string }) =>
      `Start as the user who started it first, or, while nothing runs, give the folder away: sudo chown -R "$(id -un)" ${v.dir ?? '<folder>'}`,
  },
  embedded_closed: {
    status: 500,
    retry: false,
    message: (v: { data: string; folder: string; user: string }) =>
      `The user ${v.user}, as whom PostgreSQL runs for root, can not enter ${v.folder} any more, and the data is below it in ${v.data}.`,
    fix: (v: { folder?: string }) =>
      `Let others pass that folder again: chmod o+x ${v.folder ?? '<folder>'}. They can not list it then, and the data stays closed to them.`,
  },
  embedded_in_use: {
    status: 500,
    retry: true,
    message: (v: { data: string; pid: number }) =>
      `Another PostgreSQL works on the data folder ${v.data} (process ${v.pid}), and it does not answer this program.`,
    fix: (v: { pid?: number }) =>
      `End the program that started it, or PostgreSQL itself with: kill -INT ${v.pid ?? '<process>'}. It may still be recovering from a crash: then try again in a minute. Never delete postmaster.pid while a process uses the folder.`,
  },
  embedded_failed: {
    status: 500,
    retry: false,
    message: (v: { step: string; output: string }) => `The embedded PostgreSQL did not come up (${v.step}): ${v.output}`,
    fix: (v: { log?: string }) =>
      `Read ${v.log ?? 'the server log in the data folder'}; a full disk and a data folder of another PostgreSQL major version are the usual reasons.`,
  },
})
