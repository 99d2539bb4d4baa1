import type { Database } from '../database/index.ts'
import { type Integration, nearest } from '../workspace/index.ts'
import { errors } from './errors.ts'
import { findCheck } from './explain-check.ts'
import type { IntegrationFacts } from './facts.ts'
import { type CheckResult, maySpeakFor } from './judge-check.ts'
import { beginJudgement, type Judgement } from './make-context.ts'
import { insertAttestations } from './queries.ts'
import { assessIntegration } from './readiness-report.ts'
import { isThere, type ReadinessWorkspace } from './readiness-workspace.ts'

/** Checks that a person answers by having done something, so that there is nothing in the file to support. */
const doneByPeople = ['quarterly-review', 'yearly-review']

export interface AttestRequest {
  integration: string
  side: string
  /** `organization/person` */
  by: string
  /** Left out: everything that holds and waits for a person's word: declared or stale answers of this side. */
  checks?: readonly string[]
  note?: string
}

/**
 * Records that somebody who answers for a side stands by checks, as of now. Attesting again adds another row; the latest
 * counts. An attestation supports what holds already and mends nothing, so a failing check is refused.
 *
 * @returns ids of the checks attested, in the order of the checks
 * @throws readiness.integration_unknown, side_unknown, person_unknown, may_not_speak, check_unknown, nothing_to_attest
 */
export async function attest(
  database: Database,
  workspace: ReadinessWorkspace,
  facts: IntegrationFacts,
  request: AttestRequest,
  now: Date,
): Promise<string[]> {
  const judgement = beginJudgement(workspace, now.toISOString().slice(0, 10))
  const integration = findIntegration(workspace, request.integration)
  assertSpeaks(judgement, integration, request.side, request.by)
  for (const id of request.checks ?? []) findCheck(id)
  const { results } = assessIntegration(judgement, integration, facts)
  const own = results.filter((result) => result.side === request.side || result.side === undefined)
  const rows = attestable(own, request)
  if (rows.length === 0) throw errors.nothing_to_attest({ side: request.side, failing: failingAmong(own, request.checks) })
  const { by, note } = request
  await insertAttestations(
    database.executor,
    rows.map(({ check, side }) => ({ integration: request.integration, check, person: by, ...(side && { side }), ...(note && { note }) })),
    now,
  )
  return rows.map((row) => row.check)
}

function attestable(results: readonly CheckResult[], { checks }: AttestRequest): CheckResult[] {
  if (checks === undefined) return results.filter(({ evidence }) => evidence === 'declared' || evidence === 'stale')
  const named = results.filter(({ check }) => checks.includes(check))
  return named.filter(({ check, evidence, side }) => evidence !== undefined || (doneByPeople.includes(check) && side !== undefined))
}

const failingAmong = (results: readonly CheckResult[], checks: readonly string[] | undefined): string[] =>
  results.filter(({ check, evidence }) => evidence === undefined && (checks?.includes(check) ?? false)).map(({ check }) => check)

/** @throws readiness.integration_unknown, with the nearest name */
export function findIntegration(workspace: Pick<ReadinessWorkspace, 'integrations'>, name: string): Integration {
  const integration = workspace.integrations.get(name)
  if (integration) return integration
  const near = nearest(name, workspace.integrations.keys())
  throw errors.integration_unknown({ found: name, ...(near && { near }) })
}

/** @throws readiness.person_unknown */
export function assertThere({ people, today }: Pick<Judgement, 'people' | 'today'>, person: string): void {
  if (isThere(people, person, today)) return
  const near = people.has(person) ? undefined : nearest(person, people.keys())
  throw errors.person_unknown({ found: person, ...(near && { near }) })
}

function assertSpeaks(judgement: Judgement, integration: Integration, side: string, person: string): void {
  const sides = integration.spec.sides.map(({ organization }) => organization)
  if (!sides.includes(side)) throw errors.side_unknown({ found: side, sides })
  assertThere(judgement, person)
  if (!maySpeakFor(integration.spec.sides, person, side)) throw errors.may_not_speak({ person, side })
}
