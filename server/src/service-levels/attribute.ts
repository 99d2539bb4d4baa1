import type { Reason } from './reasons.ts'

/** Who spoiled an event. `platform`: the side that brings the platform of the event. */
export type Cause = 'nobody' | 'platform' | 'bridge' | 'customer' | 'undetermined'

/**
 * The verdict of a reason.
 *
 * A refused credential is the customer's to renew, unless several customers' credentials were refused by one platform on one day: then it
 * may be the platform that lost them, and nobody can tell from here. No connection to one platform while others answered is that platform;
 * no connection to anybody may be our own network. A partner that refuses content may be right about the customer's data, or the mapping may
 * be wrong, or the contract changed: undetermined.
 *
 * @param customers how many instances had this reason with this platform on this day
 */
export function attribute(reason: Reason, customers: number): Cause {
  switch (reason) {
    case 'ok':
    case 'throttled':
      return 'nobody'
    case 'no-connection':
    case 'no-answer':
    case 'server-error':
    case 'malformed-answer':
      return 'platform'
    case 'credential-refused':
      return customers > 1 ? 'undetermined' : 'customer'
    case 'bug':
      return 'bridge'
    default:
      return 'undetermined'
  }
}

/** How an event counts for an indicator. Excluded events are shown, and count neither for nor against anybody. */
export type Count = 'good' | 'bad' | 'excluded'

/**
 * Availability asks whether the event got through or was answered: content that a partner refuses was answered, and what only the customer
 * can mend is excluded. A throttled call waits and is asked again, so it is no event of its own.
 */
export function countForAvailability(reason: Reason, cause: Cause): Count {
  if (reason === 'ok' || reason === 'content-refused') return 'good'
  return reason === 'throttled' || cause === 'customer' ? 'excluded' : 'bad'
}

/**
 * Correctness asks whether what crossed was accepted, and whether both sides' records say so; an event that never got an answer says nothing
 * about it.
 */
export function countForCorrectness(reason: Reason): Count {
  if (reason === 'ok') return 'good'
  if (reason === 'calls-differ' || reason === 'webhooks-differ') return 'bad'
  return reason === 'content-refused' || reason === 'bug' ? 'bad' : 'excluded'
}
