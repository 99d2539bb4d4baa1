import { HTTPException } from 'hono/http-exception'
import { isDatabaseAway } from '../database/index.ts'
import { BridgekeeperError, type ProblemDetails, problemDetails } from '../errors/index.ts'
import type { Log } from '../observation/index.ts'
import { errors } from './errors.ts'

/** What the API answers, with the path that was asked. */
export interface Problem extends ProblemDetails {
  instance: string
}

/** Anything that is not one of our errors is a bug: logged whole, told without particulars. */
export function problemOf(thrown: unknown, path: string, log: Log): Problem {
  const error = knownError(thrown)
  if (error.code === 'http.internal') log.error({ err: thrown, path }, 'a request ended in a bug')
  return { ...problemDetails(error), instance: path }
}

function knownError(thrown: unknown): BridgekeeperError {
  if (thrown instanceof BridgekeeperError) return thrown
  // The framework's own: it refuses bodies that are not JSON before a route sees them.
  if (thrown instanceof HTTPException && thrown.status < 500) return errors.body_malformed({ reason: 'it cannot be parsed' }, thrown)
  const code = String((thrown as { code?: unknown } | null)?.code ?? '')
  if (isDatabaseAway(thrown) || code.startsWith('53')) return errors.database_away({}, thrown)
  // Data exceptions: what PostgreSQL says of values that no schema refused.
  if (code.startsWith('22')) return errors.value_unstorable({}, thrown)
  return errors.internal({}, thrown)
}
