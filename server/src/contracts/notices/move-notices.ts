import { addDays, addLength, type Day } from '../../agreements/index.ts'
import type { Database } from '../../database/index.ts'
import { calledLevels, type NewNotification, type NotificationKind, tell } from '../../notifications/index.ts'
import { failPoint } from '../../observation/index.ts'
import type { Workspace } from '../../workspace/index.ts'
import { addBusinessDays } from './business-days.ts'
import { dueMove, type Move, nextMoveOn } from './due-move.ts'
import {
  addParties,
  addSteps,
  escalateParties,
  type LedgerNotice,
  type LedgerParty,
  listParties,
  type NewStep,
  saveMoves,
  takeDueNotices,
  tryToMove,
} from './ledger-queries.ts'
import { termsOf } from './terms-of.ts'
import { titleOf } from './titles.ts'

const batch = 200
const defaultAckDays = 10
const dayOf = (at: Date): Day => at.toISOString().slice(0, 10)

const stepOf = {
  announced: 'noticed',
  'in-force': 'effective',
  moved: 'moved',
  withdrawn: null,
  reminder: 'reminded',
  effective: 'effective',
} as const satisfies Record<NonNullable<Move['tell']>, NewStep['step'] | null>

/**
 * Moves every notice whose time has come: tells those it concerns, reminds, marks what has taken effect, and calls the next people where no
 * answer came. Each batch is one transaction with what it tells, so a process that dies loses nothing and tells nothing twice; any number of
 * processes may call it, one works.
 *
 * @returns how many notices were looked at
 */
export async function moveNotices(database: Database, workspace: Workspace, now: Date): Promise<number> {
  let moved = 0
  for (;;) {
    const count = await database.transaction(async (tx) => {
      if (!(await tryToMove(tx))) return 0
      const notices = await takeDueNotices(tx, now, batch)
      if (notices.length === 0) return 0
      const known = Map.groupBy(
        await listParties(
          tx,
          notices.map(({ id }) => id),
        ),
        ({ noticeId }) => noticeId,
      )
      const turns = notices.map((notice) => turnOf(workspace, notice, known.get(notice.id) ?? [], dayOf(now)))
      await addParties(
        tx,
        turns.flatMap(({ added }) => added),
        now,
      )
      await escalateParties(
        tx,
        turns.flatMap(({ escalated }) => escalated),
      )
      await saveMoves(
        tx,
        turns.map(({ after }) => after),
      )
      const steps = turns.flatMap((turn) => turn.steps)
      await addSteps(
        tx,
        steps.map((step) => ({ ...step, at: now })),
      )
      await tell(
        tx,
        turns.flatMap(({ told }) => told),
        now,
      )
      failPoint('notices.before-commit')
      return notices.length
    })
    if (count > 0) failPoint('notices.after-commit')
    moved += count
    if (count < batch) return moved
  }
}

interface Turn {
  after: Parameters<typeof saveMoves>[1][number]
  added: LedgerParty[]
  escalated: LedgerParty[]
  steps: Omit<NewStep, 'at'>[]
  told: NewNotification[]
}

/** What one notice's turn comes to. No I/O. */
function turnOf(workspace: Workspace, notice: LedgerNotice, known: readonly LedgerParty[], today: Day): Turn {
  const move = dueMove(notice, today)
  const after = { ...notice, ...move?.after }
  const concerned = partiesOf(workspace, notice, today)
  const knownAs = new Map(known.map((party) => [party.organization, party]))
  // Whoever came to an integration later is told with the next thing that is told.
  const isNew = ({ organization }: LedgerParty) => !knownAs.has(organization)
  const added = move?.tell && move.tell !== 'withdrawn' ? concerned.filter(isNew) : []
  // Whom it did not concern when it was told, and concerns now.
  const late = !move && notice.state === 'noticed' && !notice.silent ? concerned.filter((party) => isTouchedNow(party, knownAs)) : []
  const joined = late.map((party) => ({ ...party, ...knownAs.get(party.organization), integrations: party.integrations }))
  const parties = [...known.filter(({ organization }) => !late.some((party) => party.organization === organization)), ...added, ...joined]
  const told = [
    ...(move?.tell ? parties.map((party) => notificationOf(workspace, notice, party, move.tell!, today)) : []),
    ...joined.map((party) => lateNotification(workspace, notice, party, today)),
  ]
  const step = move?.tell ? stepOf[move.tell] : joined.length > 0 ? 'noticed' : null
  const toldNow = move?.tell ? parties : joined
  const steps: Turn['steps'] = step
    ? [
        {
          noticeId: notice.id,
          step,
          evidence: {
            told: toldNow.map(({ organization }) => organization),
            effectiveOn: notice.effectiveOn,
            ...(joined.length > 0 ? { because: 'They have begun to use what will change.' } : {}),
          },
        },
      ]
    : []
  const waiting = after.state === 'noticed' || after.state === 'effective'
  const escalations = waiting ? known.flatMap((party) => escalate(workspace, notice, party, today)) : []
  const escalated = escalations.map(({ party }) => party)
  const byParty = new Map([...parties, ...escalated].map((party) => [party.organization, party]))
  const isOver =
    after.state === 'effective' && [...byParty.values()].every((party) => party.answerDueOn === null || party.answeredAt !== null)
  const days = [
    nextMoveOn(after),
    ...(waiting ? [...byParty.values()].map((party) => (party.answeredAt === null ? party.escalateOn : null)) : []),
  ].filter((day) => day !== null)
  return {
    after: {
      id: notice.id,
      state: isOver ? 'closed' : after.state,
      toldSequence: after.toldSequence,
      remindedDays: after.remindedDays,
      nextMoveAt: isOver || days.length === 0 ? null : `${days.toSorted()[0]}T00:00:00Z`,
    },
    added: [...added, ...joined],
    escalated,
    steps: [
      ...steps,
      ...escalations.map((item) => item.step),
      ...(isOver
        ? [{ noticeId: notice.id, step: 'closed' as const, evidence: { because: 'It has taken effect, and no answer is owed.' } }]
        : []),
    ],
    told: [...told, ...escalations.map((item) => item.told)],
  }
}

function isTouchedNow({ organization, integrations }: LedgerParty, known: ReadonlyMap<string, LedgerParty>): boolean {
  const before = known.get(organization)?.integrations ?? []
  return integrations.some((name) => !before.includes(name))
}

/** Announced to somebody later than to the others; each integration that joins is told once. */
function lateNotification(workspace: Workspace, notice: LedgerNotice, party: LedgerParty, today: Day): NewNotification {
  const told = notificationOf(workspace, notice, party, 'announced', today)
  return { ...told, key: `${told.key}:${party.integrations.toSorted().join(',')}` }
}

/**
 * Whom a change concerns: the sides of the integrations that it touches. They are asked for an answer, except the owner of the platform, who
 * is told what the others were told. Nobody, when it touches nobody.
 */
function partiesOf(workspace: Workspace, notice: LedgerNotice, today: Day): LedgerParty[] {
  const owner = workspace.platforms.get(notice.platform)?.spec.owner
  const touched = [...workspace.integrations.values()].filter(
    ({ metadata, spec }) =>
      spec.sides.some((side) => side.platforms.includes(notice.platform)) &&
      (notice.reach === null || notice.reach.includes(metadata.name)),
  )
  const organizations = new Set(touched.flatMap(({ spec }) => spec.sides.map(({ organization }) => organization)))
  if (![...organizations].some((organization) => organization !== owner)) return []
  return [...organizations].map((organization) => {
    const integrations = touched
      .filter(({ spec }) => spec.sides.some((side) => side.organization === organization))
      .map(({ metadata }) => metadata.name)
    const due = organization === owner ? null : answerDueOn(workspace, organization, integrations, today)
    return {
      noticeId: notice.id,
      organization,
      integrations,
      answerDueOn: due,
      answeredAt: null,
      level: 0,
      escalateOn: due && addDays(due, 1),
    }
  })
}

function answerDueOn(workspace: Workspace, organization: string, integrations: readonly string[], today: Day): Day {
  const asked = integrations.map((name) => termsOf(workspace, name, today)?.acknowledgeWithinBusinessDays ?? defaultAckDays)
  return addBusinessDays(today, Math.min(...asked), workspace.organizations.get(organization)?.spec.calendars[0])
}

/** The next people of a side that did not answer in time. When nobody is left, that is told once. */
function escalate(workspace: Workspace, notice: LedgerNotice, party: LedgerParty, today: Day) {
  if (party.answeredAt !== null || party.escalateOn === null || party.escalateOn > today) return []
  const levels = calledLevels(workspace, party.organization, party.integrations, today)
  const level = party.level + 1
  const following = levels[level + 1]
  const escalateOn = !following
    ? null
    : following.after === undefined
      ? addDays(answerDueOn(workspace, party.organization, party.integrations, today), 1)
      : laterOf(addLength(today, following.after), addDays(today, 1))
  const people = levels[level]?.people ?? []
  const told: NewNotification = {
    ...notificationOf(workspace, notice, party, 'overdue', today),
    key: `notice:${notice.id}:overdue:${level}`,
  }
  return [
    {
      party: { ...party, level, escalateOn },
      told: { ...told, data: { ...told.data, people, level } },
      step: {
        noticeId: notice.id,
        step: 'escalated' as const,
        organization: party.organization,
        evidence: { level, people, dueOn: party.answerDueOn },
      },
    },
  ]
}

const laterOf = (one: Day, other: Day): Day => (one > other ? one : other)

function notificationOf(
  workspace: Workspace,
  notice: LedgerNotice,
  party: LedgerParty,
  about: NonNullable<Move['tell']> | 'overdue',
  today: Day,
): NewNotification {
  const { id, platform, place, words, kind, silent, effectiveOn, sequence } = notice
  const { organization, integrations, answerDueOn: dueOn } = party
  return {
    organization,
    kind: `notice.${about}` satisfies NotificationKind,
    key: about === 'reminder' ? `notice:${id}:reminder:${effectiveOn}:${today}` : `notice:${id}:${about}:${sequence}`,
    title: titleOf(about, notice, today),
    data: {
      notice: id,
      platform,
      place,
      words,
      change: kind,
      silent,
      effectiveOn,
      integrations,
      answerDueOn: party.answeredAt === null ? dueOn : null,
      people: calledLevels(workspace, organization, integrations, today)[0]?.people ?? [],
    },
  }
}
