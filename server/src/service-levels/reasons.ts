/** What became of a run or call, as far as facts go. Whose fault it is gets decided by `attribute.ts` when somebody asks. */
export const reasons = [
  'ok',
  'throttled',
  'no-connection',
  'no-answer',
  'server-error',
  'malformed-answer',
  'credential-refused',
  'content-refused',
  'not-sendable',
  'no-free-connection',
  'nobody-reached',
  'bug',
  'calls-differ',
  'webhooks-differ',
  'unknown',
] as const
export type Reason = (typeof reasons)[number]

export interface Outcome {
  /** `ok`, or the kind of the failure. */
  kind: string
  /** Of the partner's answer; null: there was none. */
  status: number | null
  /** The whole call waited for a free connection of ours. */
  waitedOnly?: boolean
}

/** Reads the error taxonomy of the gateway as a reason: which class of status, and up to where the call came. */
export function reasonOf({ kind, status, waitedOnly = false }: Outcome): Reason {
  switch (kind) {
    case 'ok':
      return 'ok'
    case 'throttled':
      return 'throttled'
    case 'credential':
      return 'credential-refused'
    case 'customer-data':
      return status === null ? 'not-sendable' : 'content-refused'
    case 'partner-down':
      return 'no-connection'
    case 'retryable':
      if (waitedOnly) return 'no-free-connection'
      if (status === null) return 'no-answer'
      return status < 300 ? 'malformed-answer' : 'server-error'
    case 'bug':
      return 'bug'
    default:
      return 'unknown'
  }
}

const words: Record<Reason, string> = {
  ok: 'done',
  throttled: 'held back by a rate limit',
  'no-connection': 'no connection (DNS, refused, TLS)',
  'no-answer': 'sent, and no answer came (time-out, broken off)',
  'server-error': 'answered with a server error',
  'malformed-answer': 'answered with a body that cannot be read',
  'credential-refused': 'refused the credential',
  'content-refused': 'refused the content (4xx)',
  'not-sendable': 'could not be sent or read (address, size)',
  'no-free-connection': 'waited for a free connection until time ran out',
  'nobody-reached': 'no connection to any platform at that time',
  bug: 'an error in the integration',
  'calls-differ': 'is in one side’s records of calls and not in the other’s',
  'webhooks-differ': 'is in one side’s records of webhooks and not in the other’s',
  unknown: 'ended without a reason',
}
export const reasonInWords = (reason: Reason): string => words[reason]
