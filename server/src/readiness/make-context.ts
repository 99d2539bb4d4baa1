import { balanceOf, coverageOf, type Day, isInForce } from '../agreements/index.ts'
import type { Integration, Stage } from '../workspace/index.ts'
import type { CheckContext } from './check.ts'
import type { IntegrationFacts } from './facts.ts'
import { type People, peopleOf, type ReadinessWorkspace } from './readiness-workspace.ts'

/** What all integrations of one judgement share. */
export interface Judgement {
  workspace: ReadinessWorkspace
  people: People
  today: Day
}

export function beginJudgement(workspace: ReadinessWorkspace, today: Day): Judgement {
  return { workspace, people: peopleOf(workspace), today }
}

/**
 * Puts together what checks of one integration read.
 *
 * @param stage where the integration stands; left out: where its admission, or else its file, says
 * @param towards the stage it wants to enter; left out: the one it is in
 */
export function makeContext(
  { workspace, people, today }: Judgement,
  integration: Integration,
  facts: IntegrationFacts,
  stage: Stage = facts.admission?.stage ?? integration.spec.stage,
  towards: Stage = stage,
): CheckContext {
  const agreements = workspace.agreementsOf(integration.metadata.name).filter((agreement) => agreement.spec.status !== 'terminated')
  const inForce = agreements.filter((agreement) => isInForce(agreement, today))
  const bridges = [...new Set(agreements.flatMap((agreement) => agreement.spec.integrations))].flatMap(
    (name) => workspace.integrations.get(name) ?? [],
  )
  return {
    integration,
    spec: integration.spec,
    stage,
    towards,
    facts,
    today,
    workspace,
    people,
    agreements,
    inForce,
    coverage: once(() => coverageOf(inForce, [integration])),
    balance: once(() => balanceOf(inForce.length > 0 ? inForce : agreements, bridges, workspace.organizations, today)),
  }
}

function once<Value>(make: () => Value): () => Value {
  let made: { value: Value } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}
