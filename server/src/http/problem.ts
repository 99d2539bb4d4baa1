import { BridgekeeperError } from '../errors/index.ts'
import type { Log } from '../observation/index.ts'

/** Problem details (RFC 9457) with our code, and what to do. */
export interface Problem {
  type: string
  title: string
  status: number
  code: string
  detail: string
  fix: string
  retry: boolean
  instance?: string
}

/** Anything that is not one of our errors is a bug: logged whole, told without particulars. */
export function problemOf(error: unknown, path: string, log: Log): Problem {
  if (error instanceof BridgekeeperError) {
    const { code, status, message, fix, retry } = error
    return {
      type: `https://bridgekeeper.dev/errors#${code}`,
      title: code.split('.')[1]!.replaceAll('_', ' '),
      status,
      code,
      detail: message,
      fix,
      retry,
      instance: path,
    }
  }
  if (isUnavailable(error)) {
    return {
      type: 'about:blank',
      title: 'database away',
      status: 503,
      code: 'http.database_away',
      detail: 'The database does not answer at this moment.',
      fix: 'Try again in a few seconds; /readyz says when it is back.',
      retry: true,
      instance: path,
    }
  }
  log.error({ err: error, path }, 'a request ended in a bug')
  return {
    type: 'about:blank',
    title: 'internal error',
    status: 500,
    code: 'http.internal',
    detail: 'This should not have happened.',
    fix: 'Report it with the time; the log of the server has the particulars.',
    retry: true,
    instance: path,
  }
}

function isUnavailable(error: unknown): boolean {
  const code = (error as { code?: string } | null)?.code ?? ''
  return /^(08|57P)/.test(code) || ['ECONNREFUSED', 'ECONNRESET', 'ENOENT'].includes(code)
}
