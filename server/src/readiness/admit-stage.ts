import type { Database, Executor } from '../database/index.ts'
import type { Integration, Stage } from '../workspace/index.ts'
import { assertThere } from './attest.ts'
import { errors } from './errors.ts'
import type { IntegrationFacts, ReadinessFacts } from './facts.ts'
import { judgeFirstSight, judgeTransition, type TransitionVerdict, transitionError } from './judge-transition.ts'
import { beginJudgement } from './make-context.ts'
import { type Admission, insertAdmission, listAdmissions } from './queries.ts'
import { organizationOf, type ReadinessWorkspace } from './readiness-workspace.ts'
import { movedInstances } from './wind-down.ts'

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
 *
 * @param facts read again when something has happened between judging and writing: another process moved the stage, or bound a customer
 * @throws readiness.stage_contested when that happens time and again
 */
export async function admitDeclaredStage(
  database: Database,
  workspace: ReadinessWorkspace,
  integration: Integration,
  facts: () => Promise<IntegrationFacts>,
  now: Date,
): Promise<StageInForce> {
  for (let left = maxAttempts; left > 0; left -= 1) {
    const outcome = await tryToAdmit(database, workspace, integration, facts, now)
    if (outcome !== 'overtaken') return outcome
  }
  throw errors.stage_contested({ integration: integration.metadata.name, to: integration.spec.stage })
}

/** Each is lost to somebody else's row: more in a row are no coincidence. */
const maxAttempts = 5

async function tryToAdmit(
  database: Database,
  workspace: ReadinessWorkspace,
  integration: Integration,
  facts: () => Promise<IntegrationFacts>,
  now: Date,
): Promise<StageInForce | 'overtaken'> {
  const { name } = integration.metadata
  const declared = integration.spec.stage
  const today = now.toISOString().slice(0, 10)
  const last = await lastAdmission(database, name)
  const from = last?.stage ?? firstStage(declared)
  if (last && from === declared) return { stage: declared, declared }
  const known = await facts()
  const verdict =
    from === declared
      ? judgeFirstSight(workspace, integration, known, today, declared)
      : judgeTransition(workspace, integration, known, today, from, declared)
  if (!verdict.allowed) return { stage: from, declared, refusal: verdict }
  const row = {
    integration: name,
    after: last?.position ?? 0,
    from: last?.stage,
    stage: declared,
    how: 'gate' as const,
    signedBy: [],
    waived: verdict.waived.map(({ check, side }) => (side ? `${check}:${side}` : check)),
    woundDown: declared === 'retired' ? movedInstances(integration.spec, today) : [],
  }
  return (await insertAdmission(database.executor, row, now)) === 'admitted' ? { stage: declared, declared } : 'overtaken'
}

/**
 * Takes over an integration that ran before Bridgekeeper did, as it is: recorded as adopted, not as earned, signed by
 * somebody of every side that brings a platform, and only on first sight.
 *
 * @throws readiness.already_admitted, person_unknown, adoption_one_sided, adoption_while_paying
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
    woundDown: [],
    ...signature,
  }
  if ((await insertAdmission(database.executor, row, now)) === 'admitted') return
  const last = await lastAdmission(database, name)
  if (last) throw errors.already_admitted({ integration: name, stage: last.stage })
  throw errors.adoption_while_paying({ integration: name, stage: row.stage })
}

async function lastAdmission(database: Database, integration: string): Promise<Admission | undefined> {
  return (await listAdmissions(database.executor)).find((admission) => admission.integration === integration)
}

/** A stage that a file declares and no gate admits. */
export interface RefusedMove {
  integration: string
  /** What was refused and why. */
  reason: string
  fix: string
}

export interface DeclaredMoves {
  moved: string[]
  refused: RefusedMove[]
}

/**
 * Lets every integration that was admitted once into the stage that its file declares now, where the gate opens; so that no stage is passed over
 * because nobody asked while the file named it. First sight is left to whoever asks first, who may adopt.
 */
export async function admitDeclaredStages(
  database: Database,
  workspace: ReadinessWorkspace,
  readFacts: () => Promise<ReadinessFacts>,
  now: Date,
): Promise<DeclaredMoves> {
  const known = await readFacts()
  const [moved, refused]: [string[], RefusedMove[]] = [[], []]
  for (const { integration: name, stage } of await listAdmissions(database.executor)) {
    const integration = workspace.integrations.get(name)
    if (!integration || integration.spec.stage === stage) continue
    let asked = 0
    // What was read for all does, unless something happened meanwhile.
    const facts = async () => (asked++ === 0 ? known : await readFacts()).of(name)
    const { refusal } = await admitDeclaredStage(database, workspace, integration, facts, now)
    if (!refusal) moved.push(name)
    else {
      const { message, fix } = transitionError(name, refusal)
      refused.push({ integration: name, reason: message, fix })
    }
  }
  return { moved, refused }
}

/** The stage in force of every integration, as the gates have left it; judges no gate. */
export async function readStages(executor: Executor, { integrations }: ReadinessWorkspace): Promise<Map<string, Stage>> {
  const admitted = new Map((await listAdmissions(executor)).map(({ integration, stage }) => [integration, stage]))
  return new Map([...integrations].map(([name, { spec }]) => [name, admitted.get(name) ?? firstStage(spec.stage)]))
}
