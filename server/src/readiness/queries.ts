import { sql } from 'kysely'
import type { Day } from '../agreements/index.ts'
import { type Executor, uuidv7 } from '../database/index.ts'
import type { Stage } from '../workspace/index.ts'
import type { AdmissionFact, AttestationFact, IntegrationFacts, WaiverSignatureFact } from './facts.ts'
import { isStageGuarded } from './hold-stage.ts'

export interface NewAttestation {
  integration: string
  check: string
  side?: string
  person: string
  note?: string
}

/** Adds one row per attestation, all at the same moment. */
export async function insertAttestations(executor: Executor, attestations: readonly NewAttestation[], at: Date): Promise<void> {
  const rows = attestations.map(
    (row) =>
      sql`(${uuidv7()}::uuid, ${row.integration}, ${row.check}, ${row.side ?? null}, ${row.person}, ${row.note ?? null}, ${at}::timestamptz)`,
  )
  await sql`
    -- readiness.insertAttestations
    insert into attestation (id, integration, check_id, side, person, note, attested_at)
    values ${sql.join(rows)}`.execute(executor)
}

/** The latest attestation of each person for each check and side. */
export async function listAttestations(executor: Executor): Promise<(AttestationFact & { integration: string })[]> {
  const { rows } = await sql<{ integration: string; check: string; side: string | null; person: string; on: Day }>`
    -- readiness.listAttestations
    select integration, check_id as check, side, person, to_char(max(attested_at) at time zone 'UTC', 'YYYY-MM-DD') as on
    from attestation
    group by integration, check_id, side, person
    order by integration, check_id, side, person`.execute(executor)
  return rows.map(({ side, ...row }) => (side === null ? row : { ...row, side }))
}

/** @returns 'already signed' when this person has signed these very words before */
export async function insertWaiverSignature(
  executor: Executor,
  signature: { integration: string; digest: string; check: string; person: string },
  at: Date,
): Promise<'signed' | 'already signed'> {
  const { numAffectedRows } = await sql`
    -- readiness.insertWaiverSignature
    insert into waiver_signature (id, integration, digest, check_id, person, signed_at)
    values (${uuidv7()}::uuid, ${signature.integration}, ${signature.digest}, ${signature.check}, ${signature.person}, ${at}::timestamptz)
    on conflict (integration, digest, person) do nothing`.execute(executor)
  return numAffectedRows === 1n ? 'signed' : 'already signed'
}

export async function listWaiverSignatures(executor: Executor): Promise<(WaiverSignatureFact & { integration: string })[]> {
  const { rows } = await sql<WaiverSignatureFact & { integration: string }>`
    -- readiness.listWaiverSignatures
    select integration, digest, person, to_char(signed_at at time zone 'UTC', 'YYYY-MM-DD') as on
    from waiver_signature
    order by integration, signed_at, person`.execute(executor)
  return rows
}

export interface NewGapReview {
  integration: string
  gap: string
  person: string
  nextReviewOn: Day
  note?: string
}

export async function insertGapReview(executor: Executor, review: NewGapReview, at: Date): Promise<void> {
  await sql`
    -- readiness.insertGapReview
    insert into known_gap_review (id, integration, gap, person, note, reviewed_at, next_review_on)
    values (${uuidv7()}::uuid, ${review.integration}, ${review.gap}, ${review.person}, ${review.note ?? null}, ${at}::timestamptz, ${review.nextReviewOn}::date)`.execute(
    executor,
  )
}

type GapReview = NonNullable<IntegrationFacts['gapReviews']>[number]

export async function listGapReviews(executor: Executor): Promise<(GapReview & { integration: string })[]> {
  const { rows } = await sql<GapReview & { integration: string }>`
    -- readiness.listGapReviews
    select integration, gap, to_char(reviewed_at at time zone 'UTC', 'YYYY-MM-DD') as "reviewedOn", to_char(next_review_on, 'YYYY-MM-DD') as "nextReviewOn"
    from known_gap_review
    order by integration, gap, reviewed_at`.execute(executor)
  return rows
}

export interface NewAdmission {
  integration: string
  /** Position of the row that was read before; 0 when there was none. Another process that was faster makes this one lose. */
  after: number
  from: Stage | undefined
  stage: Stage
  how: AdmissionFact['how']
  signedBy: readonly string[]
  reason?: string
  waived: readonly string[]
  /** Instances of paying customers that the wind-down plan has moved; only the way to retired names any. */
  woundDown: readonly string[]
}

/** @returns 'overtaken' when another process has admitted meanwhile, or bound a customer: read again and judge again */
export async function insertAdmission(executor: Executor, admission: NewAdmission, at: Date): Promise<'admitted' | 'overtaken'> {
  const inserting = sql`
    -- readiness.insertAdmission
    insert into stage_admission (id, integration, position, from_stage, stage, how, signed_by, reason, waived, wound_down, admitted_at)
    values (${uuidv7()}::uuid, ${admission.integration}, ${admission.after + 1}, ${admission.from ?? null}, ${admission.stage}, ${admission.how},
            ${[...admission.signedBy]}::text[], ${admission.reason ?? null}, ${[...admission.waived]}::text[], ${[...admission.woundDown]}::text[], ${at}::timestamptz)
    on conflict (integration, position) do nothing`
  try {
    const { numAffectedRows } = await inserting.execute(executor)
    return numAffectedRows === 1n ? 'admitted' : 'overtaken'
  } catch (error) {
    if (isStageGuarded(error)) return 'overtaken'
    throw error
  }
}

export type Admission = AdmissionFact & { integration: string; position: number }

/** Where each integration stands: its newest admission. */
export async function listAdmissions(executor: Executor): Promise<Admission[]> {
  const { rows } = await sql<Admission>`
    -- readiness.listAdmissions
    select distinct on (integration) integration, position, stage, how, to_char(admitted_at at time zone 'UTC', 'YYYY-MM-DD') as since
    from stage_admission
    order by integration, position desc`.execute(executor)
  return rows
}
