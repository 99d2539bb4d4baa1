import pino, { type Logger } from 'pino'
import { traceIds } from './traces.ts'

export type Log = Logger

/** Names under which secrets travel in headers and objects; their values never reach a log line. */
const secretPaths = [
  'authorization',
  'Authorization',
  'cookie',
  'set-cookie',
  'password',
  'secret',
  'secrets',
  'token',
  'apiKey',
  'api_key',
  'accessToken',
  'refreshToken',
  'clientSecret',
  'keys',
]

/**
 * The program's log: JSON lines on standard error, so that standard output stays for results.
 * Redaction by name is the second net only; the first is that secrets are never handed to the log.
 *
 * @param level pino level; `LOG_LEVEL` wins when set
 */
export function createLog(level = 'info', destination?: pino.DestinationStream): Log {
  return pino(
    {
      level: process.env.LOG_LEVEL ?? level,
      base: { pid: process.pid },
      mixin: traceIds,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: {
        paths: secretPaths.flatMap((name) => [pathOf(name), `*${bracketed(name)}`, `*.headers${bracketed(name)}`]),
        censor: '[secret]',
      },
      serializers: { err: serializeError, error: serializeError },
    },
    destination ?? pino.destination({ fd: 2, sync: false }),
  )
}

function pathOf(name: string): string {
  return /^[A-Za-z_]\w*$/.test(name) ? name : `["${name}"]`
}

function bracketed(name: string): string {
  return /^[A-Za-z_]\w*$/.test(name) ? `.${name}` : `["${name}"]`
}

/** Errors of our own carry a code and a fix; `values` stay out, since they may quote what a caller sent. */
function serializeError(error: unknown): unknown {
  if (!(error instanceof Error)) return error
  const { code, fix } = error as { code?: string; fix?: string }
  const plain = pino.stdSerializers.err(error)
  return { type: plain.type, message: plain.message, stack: plain.stack, ...(code ? { code } : {}), ...(fix ? { fix } : {}) }
}
