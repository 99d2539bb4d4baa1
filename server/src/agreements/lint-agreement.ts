import type { Agreement } from '../workspace/index.ts'
import { commitmentRules } from './lint-commitments.ts'
import { remedyRules } from './lint-remedies.ts'
import type { LintContext, LintFinding, LintRule } from './lint-rules.ts'
import { incentiveRules, termRules } from './lint-terms.ts'

/** Every rule of the linter, in the order in which findings are told. */
export const lintRules: readonly LintRule[] = [...commitmentRules, ...remedyRules, ...termRules, ...incentiveRules]

/** All findings on one agreement, by rule and then in the order of the file; empty when it would hold. */
export function lintAgreement(agreement: Agreement, context: LintContext): LintFinding[] {
  return lintRules.flatMap((rule) => rule.judge(agreement, context).map((finding) => ({ rule: rule.name, ...finding })))
}
