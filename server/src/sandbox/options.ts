import type { WebhookScheme } from '../workspace/index.ts'
import type { SignWebhook } from './deliver-webhooks.ts'
import type { FaultInput } from './fault-rule.ts'
import type { RecordValue } from './state.ts'

/** Where webhooks go and how they are signed: by a function, or by a scheme of the webhooks feature and a secret. */
export type WebhookOptions = {
  url: string
  /** Fields that every payload carries where its schema has them: `{account_id: 'acc_1'}`. */
  envelope?: RecordValue
  /** Attempts per message (default 6). */
  attempts?: number
} & ({ sign: SignWebhook } | { scheme: WebhookScheme; secret: string })

export interface SandboxOptions {
  /** Parsed OpenAPI 3.0 or 3.1 document, its text, or the path of a JSON or YAML file. */
  contract: string | object
  /** 0 (default): any free port. */
  port?: number
  /** Default `127.0.0.1`. On any other address the control API needs `controlToken`. */
  host?: string
  /** Same seed and same requests: same ids, times and bytes. Default `1`. */
  seed?: string | number
  /**
   * `seeded` (default): the first write is at 2026-01-01T00:00:01Z and each write one second later. `real`: the clock of
   * the machine; polls with a cursor of real times need it.
   */
  clock?: 'seeded' | 'real'
  webhooks?: WebhookOptions
  faults?: FaultInput[]
  /** Concrete path → records of that list, or the one record at it. Loaded at start and after each reset. */
  fixtures?: Record<string, RecordValue | RecordValue[]>
  /** Makes the repository when somebody writes an issue into it. Default false: 404 as on the real platform. */
  autoCreateParents?: boolean
  /** Credentials that are accepted; default: any that is not empty, where the contract declares authentication. */
  credentials?: string[]
  /** Header that carries the idempotency key. Default: the one the contract declares; `none` honours no key at all. */
  idempotencyHeader?: string
  /**
   * `bounded` holds memory flat in benchmarks: the newest 10,000 records per type and 20,000 first answers; or numbers of
   * your own. Counts of attempts and effects per key are always complete. Default `all`.
   */
  keepState?: 'all' | 'bounded' | { records: number; answers: number }
  /** Requests that the log keeps. Default 1,000. */
  logSize?: number
  bodyLimitBytes?: number
  /** Lets the control API be called from other machines with `Authorization: Bearer`. */
  controlToken?: string
}
