import type { Database, Executor } from '../database/index.ts'
import type { Integration, Stage } from '../workspace/index.ts'
import { assertThere } from './attest.ts'
import { errors } from './errors.ts'
import type { IntegrationFacts } from './facts.ts'
import { judgeTransition, type TransitionVerdict } from './judge-transition.ts'
import { beginJudgement } from './make-context.ts'
import { type Admission, insertAdmission, listAdmissions } from './queries.ts'
import { organizationOf, type ReadinessWorkspace } from './readiness-workspace.ts'

/** Where an integration that nobody has admitted yet begins: a file alone can't lift it above an experiment. */
export function firstStage(declared: Stage): Stage {
  return declared === 'proposed' || declared === 'retired' ? 'proposed' : 'experimental'
}

export interface StageInForce {
  /** What the runtime and the API act on. */
  stage: Stage
  /** What the file hopes for. */
  declared: Stage
  /** Why the two differ; absent when they agree. */
  refusal?: TransitionVerdict
}

/**
 * Lets an integration into the stage that its file declares, if the gate opens, and says which stage is in force. Called
 * when a workspace is loaded and before the API answers about stages. Twice, or by two processes at once, it writes one row.
 * A refused move is no error: the integration stays where it was, and the refusal says why.
 */
export async function admitDeclaredStage(
  database: Database,
  workspace: ReadinessWorkspace,
  integration: Integration,
  facts: IntegrationFacts,
  now: Date,
): Promise<StageInForce> {
  const { name } = integration.metadata
  const declared = integration.spec.stage
  const last = await lastAdmission(database, name)
  const from = last?.stage ?? firstStage(declared)
  if (last && from === declared) return { stage: declared, declared }
  const verdict = judgeTransition(workspace, integration, facts, now.toISOString().slice(0, 10), from, declared)
  if (verdict.allowed) {
    const waived = verdict.waived.map(({ check, side }) => (side ? `${check}:${side}` : check))
    const row = {
      integration: name,
      after: last?.position ?? 0,
      from: last?.stage,
      stage: declared,
      how: 'gate' as const,
      signedBy: [],
      waived,
    }
    if ((await insertAdmission(database.executor, row, now)) === 'overtaken')
      return admitDeclaredStage(database, workspace, integration, facts, now)
  }
  return verdict.allowed ? { stage: declared, declared } : { stage: from, declared, refusal: verdict }
}

/**
 * Takes over an integration that ran before Bridgekeeper did, as it is: recorded as adopted, not as earned, signed by
 * somebody of every side that brings a platform, and only on first sight.
 *
 * @throws readiness.already_admitted, person_unknown, adoption_one_sided
 */
export async function adoptStage(
  database: Database,
  workspace: ReadinessWorkspace,
  integration: Integration,
  signature: { signedBy: readonly string[]; reason: string },
  now: Date,
): Promise<void> {
  const { name } = integration.metadata
  const judgement = beginJudgement(workspace, now.toISOString().slice(0, 10))
  for (const person of signature.signedBy) assertThere(judgement, person)
  const signed = new Set(signature.signedBy.map(organizationOf))
  const missing = integration.spec.sides
    .filter((side) => side.platforms.length > 0 && !signed.has(side.organization))
    .map((side) => side.organization)
  if (missing.length > 0 || signed.size < 2)
    throw errors.adoption_one_sided({ integration: name, missing: missing.length > 0 ? missing : ['a second side'] })
  const row = {
    integration: name,
    after: 0,
    from: undefined,
    stage: integration.spec.stage,
    how: 'adopted' as const,
    waived: [],
    ...signature,
  }
  const outcome = await insertAdmission(database.executor, row, now)
  const { stage } = (await lastAdmission(database, name))!
  if (outcome === 'overtaken') throw errors.already_admitted({ integration: name, stage })
}

async function lastAdmission(database: Database, integration: string): Promise<Admission | undefined> {
  return (await listAdmissions(database.executor)).find((admission) => admission.integration === integration)
}

/**
 * Lets every integration that was admitted once into the stage that its file declares now, where the gate opens; so that no stage is passed over
 * because nobody asked while the file named it. First sight is left to whoever asks first, who may adopt.
 *
 * @returns those that moved
 */
export async function admitDeclaredStages(
  database: Database,
  workspace: ReadinessWorkspace,
  factsOf: (integration: string) => IntegrationFacts,
  now: Date,
): Promise<string[]> {
  const moved: string[] = []
  for (const { integration: name, stage } of await listAdmissions(database.executor)) {
    const integration = workspace.integrations.get(name)
    if (!integration || integration.spec.stage === stage) continue
    const { refusal } = await admitDeclaredStage(database, workspace, integration, factsOf(name), now)
    if (!refusal) moved.push(name)
  }
  return moved
}

/** The stage in force of every integration, as the gates have left it; judges no gate. */
export async function readStages(executor: Executor, { integrations }: ReadinessWorkspace): Promise<Map<string, Stage>> {
  const admitted = new Map((await listAdmissions(executor)).map(({ integration, stage }) => [integration, stage]))
  return new Map([...integrations].map(([name, { spec }]) => [name, admitted.get(name) ?? firstStage(spec.stage)]))
}
