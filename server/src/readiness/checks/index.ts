import type { Check } from '../check.ts'
import { birthChecks } from './birth.ts'
import { commitmentChecks } from './commitments.ts'
import { communicationChecks } from './communication.ts'
import { costChecks } from './cost.ts'
import { incentiveChecks } from './incentives.ts'
import { longTermChecks } from './long-term.ts'
import { opennessChecks } from './openness.ts'
import { ownershipChecks } from './ownership.ts'
import { productChecks } from './product.ts'
import { programCheck } from './program.ts'
import { supportChecks } from './support.ts'

const upToOpenness: readonly Check[] = [
  ...productChecks,
  ...ownershipChecks,
  ...communicationChecks,
  ...birthChecks,
  ...incentiveChecks,
  ...commitmentChecks,
  ...costChecks,
  ...opennessChecks,
]
const afterOpenness: readonly Check[] = [...supportChecks, ...longTermChecks]

/** Every check, by group, in the order of the groups. */
export const checks: readonly Check[] = [...upToOpenness, programCheck([...upToOpenness, ...afterOpenness]), ...afterOpenness]
