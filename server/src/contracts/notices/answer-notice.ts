import { sql } from 'kysely'
import { type Database, uuidv7 } from '../../database/index.ts'
import { type NewNotification, tell } from '../../notifications/index.ts'
import { addSteps } from './ledger-queries.ts'
import type { Answer, Notice } from './queries.ts'

export interface NoticeAnswer {
  organization: string
  /** `organization/name` */
  person: string
  answer: Answer
  note: string | null
}

/**
 * Keeps a person's answer, ends the waiting for their organization, and tells the other parties, in one transaction. The same answer of the same
 * person again changes nothing and tells nobody.
 */
export async function answerNotice(
  database: Database,
  notice: Notice,
  given: NoticeAnswer,
  at: Date,
): Promise<'answered' | 'already answered'> {
  const { organization, person, answer, note } = given
  return database.transaction(async (tx) => {
    const { rows } = await sql<{ id: string }>`
      -- contracts.insertAnswer
      with held as (update contract_notice set next_move_at = least(next_move_at, ${at}::timestamptz) where id = ${notice.id} returning id)
      insert into contract_acknowledgement (id, notice_id, organization, person, answer, note, answered_at)
      select ${uuidv7()}, id, ${organization}, ${person}, ${answer}, ${note}, ${at} from held on conflict do nothing returning id`.execute(
      tx,
    )
    if (rows.length === 0) return 'already answered'
    await sql`
      -- contracts.endWaiting
      update contract_notice_party set answered_at = coalesce(answered_at, ${at}), escalate_on = null
      where notice_id = ${notice.id} and organization = ${organization}`.execute(tx)
    await sql`
      -- contracts.lookAgain
      update contract_notice set next_move_at = coalesce(next_move_at, ${at}) where id = ${notice.id} and state = 'effective'`.execute(tx)
    await addSteps(tx, [{ noticeId: notice.id, step: answer, at, organization, evidence: { person, ...(note === null ? {} : { note }) } }])
    await tell(tx, toldOf(notice, given), at)
    return 'answered'
  })
}

/** Everybody who shares an integration with the one that answered; what others do elsewhere is none of their business. */
function toldOf(notice: Notice, { organization, person, answer, note }: NoticeAnswer): NewNotification[] {
  const own = notice.parties.find((party) => party.organization === organization)?.integrations ?? []
  return notice.parties
    .map((party) => ({ party, shared: party.integrations.filter((name) => own.includes(name)) }))
    .filter(({ party, shared }) => party.organization !== organization && shared.length > 0)
    .map(({ party, shared }) => ({
      organization: party.organization,
      kind: 'notice.answered',
      key: `notice:${notice.id}:answer:${person}:${answer}`,
      title: `${notice.platform}: ${notice.place}: ${person} has ${answer === 'objected' ? 'objected to' : answer === 'consented' ? 'consented to' : 'acknowledged'} the change.`,
      data: { notice: notice.id, platform: notice.platform, place: notice.place, integrations: shared, person, answer, note },
    }))
}
