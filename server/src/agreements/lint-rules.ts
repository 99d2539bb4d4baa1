import type { Agreement, Integration, Organization } from '../workspace/index.ts'
import type { Day } from './days.ts'

export interface LintContext {
  today: Day
  /** Those that the agreement names. */
  integrations: readonly Integration[]
  organizations: ReadonlyMap<string, Organization>
  /** Last day of the last paying customer's term; undefined when nobody has told. */
  customersUntil?: Day
}

export interface LintFinding {
  rule: string
  /** `best-effort`: a promise that binds nobody. `risk`: will hurt on a known day. `gap`: something is not written down. */
  level: 'best-effort' | 'risk' | 'gap'
  party?: string
  /** Id of the commitment or incentive. */
  at?: string
  says: string
  fix: string
}

/** One rule of the linter, with the sentence that explains it. */
export interface LintRule {
  name: string
  says: string
  judge: (agreement: Agreement, context: LintContext) => Omit<LintFinding, 'rule'>[]
}
