import fc from 'fast-check'
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../../../test/test-database.ts'
import { listNotifications } from '../../notifications/index.ts'
import { exampleWorkspace } from '../../readiness/fixtures.ts'
import type { Workspace } from '../../workspace/index.ts'
import { answerNotice } from './answer-notice.ts'
import { addBusinessDays } from './business-days.ts'
import { reminderDays } from './calendar.ts'
import { dueMove, type MovingNotice, nextMoveOn } from './due-move.ts'
import { moveNotices } from './move-notices.ts'
import { listNotices, type NewNotice, recordNotice, settleNotices } from './queries.ts'

let database: TestDatabase
let workspace: Workspace
const platform = 'meridian-erp'
beforeAll(async () => {
  ;[database, workspace] = [await createTestDatabase(), await exampleWorkspace()]
})
afterAll(() => database.drop())
beforeEach(async () => {
  await sql`truncate contract_notice, notification cascade`.execute(database.executor)
})

const on = (day: string) => new Date(`${day}T08:00:00Z`)
const notice = (more: Partial<NewNotice> = {}): NewNotice => ({
  platform,
  identity: 'end of operation GET /a',
  rule: 'operation-end-announced',
  place: 'GET /a',
  words: 'Its end is announced.',
  source: 'contract',
  kind: 'removal',
  announcedAt: on('2026-01-05'),
  effectiveOn: '2026-12-01',
  silent: false,
  evidence: {},
  saidBy: 'the contract',
  ...more,
})
const record = (more?: Partial<NewNotice>) => database.transaction((tx) => recordNotice(tx, notice(more)))
const move = (day: string) => moveNotices(database, workspace, on(day))
const told = async (organization: string) =>
  (await listNotifications(database.executor, { organization, limit: 200 })).map(({ kind }) => kind.slice('notice.'.length)).reverse()
const only = async () => (await listNotices(database.executor, [platform]))[0]!

describe('a notice that moves by time', () => {
  it('is announced to both sides, reminds at 90, 30, 14, 7 and 1 days, takes effect, and closes when all have answered', async () => {
    await record()
    for (let day = new Date('2026-01-05'); day <= new Date('2026-12-02'); day = new Date(day.getTime() + 86_400_000)) {
      const at = day.toISOString().slice(0, 10)
      await move(at)
      if (at !== '2026-01-07') continue
      const asked = (await only()).parties.filter(({ answerDueOn }) => answerDueOn !== null)
      for (const { organization } of asked)
        await answerNotice(
          database,
          await only(),
          { organization, person: `${organization}/x`, answer: 'acknowledged', note: null },
          on(at),
        )
    }
    const kinds = ['announced', ...Array(5).fill('reminder'), 'effective']
    const withoutAnswers = async (organization: string) => (await told(organization)).filter((kind) => kind !== 'answered')
    expect([await withoutAnswers('quill'), await withoutAnswers('meridian')]).toEqual([kinds, kinds])
    expect(await told('meridian')).toContain('answered')
    const reminders = (await listNotifications(database.executor, { organization: 'quill', kind: 'notice.reminder', limit: 9 })).reverse()
    const daysLeft = reminders.map(({ toldAt }) =>
      Math.round((Date.parse('2026-12-01') - Date.parse(toldAt.toISOString().slice(0, 10))) / 86_400_000),
    )
    expect(daysLeft).toEqual(reminderDays)
    const { state, steps, parties } = await only()
    const asked = parties.filter(({ answerDueOn }) => answerDueOn !== null)
    expect(state).toBe('closed')
    expect(steps.map(({ step }) => step)).toEqual([
      'observed',
      'confirmed',
      'noticed',
      ...asked.map(() => 'acknowledged'),
      ...Array(5).fill('reminded'),
      'effective',
      'closed',
    ])
  })

  it('after a standstill tells what still matters, once', async () => {
    await record()
    await move('2026-01-05')
    for (let n = 0; n < 3; n += 1) await move('2026-11-20')
    expect((await told('quill')).sort()).toEqual(['announced', 'overdue', 'reminder'])
    for (let n = 0; n < 3; n += 1) await move('2026-12-20')
    expect((await told('quill')).filter((kind) => kind === 'effective')).toHaveLength(1)
    expect((await told('quill')).filter((kind) => kind === 'reminder')).toHaveLength(1)
  })

  it('whose date slips is told again with the history of its dates, and reminds for the new one', async () => {
    await record()
    await move('2026-01-05')
    await record({ effectiveOn: '2027-02-01', saidAt: on('2026-11-25') })
    await move('2026-11-25')
    await move('2027-01-02')
    expect((await told('meridian')).filter((kind) => kind !== 'overdue')).toEqual(['announced', 'moved', 'reminder'])
    expect((await only()).dates.map(({ effectiveOn }) => effectiveOn)).toEqual(['2026-12-01', '2027-02-01'])
  })

  it('that is withdrawn before anybody was told is told to nobody; after that, once, and nobody is called any more', async () => {
    await record()
    await settleNotices(database.executor, platform, [notice().identity], 'withdrawn', on('2026-01-05'), {})
    await move('2026-01-06')
    expect([await told('quill'), await told('meridian')]).toEqual([[], []])
    await record({ saidAt: on('2026-01-07') })
    await move('2026-01-07')
    await settleNotices(database.executor, platform, [notice().identity], 'withdrawn', on('2026-01-08'), {})
    for (const day of ['2026-01-08', '2026-03-01', '2026-12-01']) await move(day)
    expect(await told('quill')).toEqual(['announced', 'withdrawn'])
  })

  it('that was found in force is told at once, as what it is', async () => {
    await record({ silent: true, effectiveOn: '2026-01-05' })
    await move('2026-01-05')
    expect(await told('quill')).toEqual(['in-force'])
    expect(await only()).toMatchObject({ state: 'effective' })
  })

  it('reaches only the integrations it touches, and nobody when it touches none', async () => {
    await record({ reach: [] })
    await record({ identity: 'other', reach: ['no-such-integration'] })
    await move('2026-01-05')
    expect([await told('quill'), await told('meridian')]).toEqual([[], []])
  })
})

describe('an answer that does not come', () => {
  it('is waited for ten business days of the organization, then the next people are called, level by level, until somebody answers', async () => {
    await record()
    await move('2026-01-05')
    const [party] = (await only()).parties.filter(({ organization }) => organization === 'quill')
    const calendar = workspace.organizations.get('quill')!.spec.calendars[0]
    const due = addBusinessDays('2026-01-05', 10, calendar)
    expect(party).toMatchObject({ answerDueOn: due, answeredAt: null, level: 0 })
    expect((await only()).parties.find(({ organization }) => organization === 'meridian')!.answerDueOn).toBeNull()
    await move(due)
    expect(await told('quill')).toEqual(['announced'])
    await move(new Date(Date.parse(due) + 86_400_000).toISOString().slice(0, 10))
    expect(await told('quill')).toEqual(['announced', 'overdue'])
    const [overdue] = await listNotifications(database.executor, { organization: 'quill', kind: 'notice.overdue', limit: 1 })
    const [announced] = await listNotifications(database.executor, { organization: 'quill', kind: 'notice.announced', limit: 1 })
    expect(overdue!.data.people).not.toEqual(announced!.data.people)
    await answerNotice(
      database,
      await only(),
      { organization: 'quill', person: 'quill/x', answer: 'objected', note: 'too soon' },
      on('2026-01-25'),
    )
    for (const day of ['2026-02-10', '2026-04-10', '2026-08-10']) await move(day)
    expect((await told('quill')).filter((kind) => kind === 'overdue')).toHaveLength(1)
    const [answered] = await listNotifications(database.executor, { organization: 'meridian', kind: 'notice.answered', limit: 1 })
    expect(answered).toMatchObject({ data: { person: 'quill/x', answer: 'objected', note: 'too soon' } })
  })

  it('ten business days pass over weekends and the holidays of the calendar', () => {
    expect(addBusinessDays('2026-01-02', 1)).toBe('2026-01-05')
    const calendar = {
      hours: [{ days: ['sunday' as const, 'monday' as const], from: '09:00', to: '12:00' }],
      holidays: [{ date: '2026-01-05', name: 'x' }],
    }
    expect(addBusinessDays('2026-01-02', 2, calendar)).toBe('2026-01-11')
  })
})

it('a long history costs nothing: the mover reads only what is due, by an index', async () => {
  await sql`
    insert into contract_notice (id, platform, identity, rule, place, words, source, kind, announced_at, effective_on, state, changed_at, told_sequence, next_move_at)
    select gen_random_uuid(), ${platform}, 'old ' || n, 'r', 'GET /old', 'Gone.', 'contract', 'removal', '2024-01-01', '2024-06-01', 'closed', '2024-06-01', 0, null
    from generate_series(1, 20000) n`.execute(database.executor)
  await sql`analyze contract_notice`.execute(database.executor)
  await record()
  const { rows } = await sql<{ 'QUERY PLAN': string }>`
    explain select id from contract_notice where next_move_at <= now() order by next_move_at, id limit 200 for update`.execute(
    database.executor,
  )
  const plan = rows.map((row) => row['QUERY PLAN']).join('\n')
  expect(plan).toContain('contract_notice_due')
  expect(plan).not.toContain('Seq Scan')
  expect(await move('2026-01-05')).toBe(1)
  expect(await move('2026-01-05')).toBe(0)
})

it('several movers at once tell everything once', async () => {
  for (let n = 0; n < 450; n += 1) await record({ identity: `n${n}`, place: `GET /n${n}` })
  await Promise.all(Array.from({ length: 6 }, () => move('2026-01-05')))
  await move('2026-01-05')
  const { rows } = await sql<{ told: number }>`select count(*)::int as told from notification where organization = 'quill'`.execute(
    database.executor,
  )
  expect(rows[0]!.told).toBe(450)
})

it('whatever the dates and days, each reminder is told at most once per date, and the day itself exactly once', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 60 }), { minLength: 1, maxLength: 40 }),
      fc.integer({ min: 0, max: 200 }),
      (gaps, ahead) => {
        const day = (offset: number) => new Date(Date.UTC(2026, 0, 1 + offset)).toISOString().slice(0, 10)
        let state: MovingNotice = {
          state: 'confirmed',
          effectiveOn: day(ahead),
          silent: false,
          sequence: 0,
          toldSequence: null,
          remindedDays: null,
        }
        const seen: string[] = []
        let at = 0
        for (const gap of gaps) {
          at += gap
          const due = dueMove(state, day(at))
          if (!due) continue
          state = { ...state, ...due.after }
          seen.push(due.tell === 'reminder' ? `reminder ${state.remindedDays}` : due.tell!)
          expect(dueMove(state, day(at))).toBeNull()
          const next = nextMoveOn(state)
          if (next !== null) expect(next > day(at)).toBe(true)
        }
        expect(new Set(seen).size).toBe(seen.length)
        expect(seen.filter((tell) => tell === 'effective' || tell === 'in-force').length).toBe(at >= ahead ? 1 : 0)
      },
    ),
  )
})
