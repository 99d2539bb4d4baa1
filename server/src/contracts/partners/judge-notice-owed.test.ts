import { describe, expect, it } from 'vitest'
import type { ChangeTerms } from '../../workspace/index.ts'
import type { Notice } from '../notices/queries.ts'
import { judgeNoticeOwed } from './judge-notice-owed.ts'

const removed = { rule: 'api-removed-with-deprecation' }
const terms = { notice: { removal: 'P90D', breaking: 'P30D' } } as ChangeTerms
const parties = { terms, agreement: 'ours', partners: ['bravo'] }
const today = '2026-06-01'
type Said = [effectiveOn: string | null, saidOn: string]
const notice = (said: readonly Said[], answers: Partial<Notice['answers'][number]>[] = []): Notice =>
  ({
    announcedAt: new Date(`${said[0]![1]}T08:00:00Z`),
    effectiveOn: said.at(-1)![0],
    dates: said.map(([effectiveOn, on]) => ({ effectiveOn, saidAt: `${on}T08:00:00Z`, saidBy: 'them' })),
    answers,
  }) as Notice
const judge = (told: Notice | undefined, effectiveOn = today, who = parties) => judgeNoticeOwed(removed, who, told, effectiveOn, today)

describe('the notice owed for a break', () => {
  it('is owed on any day when nobody has been told, however far ahead it takes effect', () => {
    expect(judge(undefined)).toMatchObject({
      kind: 'removal',
      agreement: 'ours',
      announcedOn: null,
      earliestLawfulOn: '2026-08-30',
      state: 'owed',
    })
    expect(judge(undefined, '2030-01-01').state).toBe('owed')
  })

  it('is given when it was told early enough, also for what the rule table calls INFO', () => {
    expect(judge(notice([['2026-06-01', '2026-03-03']]))).toMatchObject({
      announcedFor: '2026-06-01',
      earliestLawfulOn: '2026-06-01',
      state: 'given',
    })
    expect(judge(notice([['2026-06-01', '2026-03-04']]))).toMatchObject({ earliestLawfulOn: '2026-06-02', state: 'owed' })
  })

  it('is not given before the day that was told, however long ago it was told', () => {
    expect(judge(notice([['2026-12-31', '2024-01-01']]))).toMatchObject({ earliestLawfulOn: '2026-12-31', state: 'owed' })
  })

  it('counts from the first telling when a date slips, and anew when it is brought forward', () => {
    expect(
      judge(
        notice([
          ['2026-04-01', '2026-01-01'],
          ['2026-06-01', '2026-03-30'],
        ]),
      ),
    ).toMatchObject({ announcedOn: '2026-01-01', state: 'given' })
    expect(
      judge(
        notice([
          ['2027-01-01', '2026-01-01'],
          ['2026-06-01', '2026-05-01'],
        ]),
      ),
    ).toMatchObject({ announcedOn: '2026-05-01', state: 'owed' })
  })

  it('may come sooner when every partner consented, and not for the consent of anybody else', () => {
    const late: Said[] = [['2026-06-01', '2026-05-31']]
    const says = (organization: string) => [{ organization, answer: 'consented' as const }]
    expect(judge(notice(late, says('bravo'))).state).toBe('given')
    expect(judge(notice(late, says('alpha'))).state).toBe('owed')
    expect(judge(notice(late, says('bravo')), today, { ...parties, partners: ['bravo', 'charlie'] }).state).toBe('owed')
  })

  it('is the default of 365 days where no agreement is in force', () => {
    expect(judgeNoticeOwed(removed, { agreement: null, partners: [] }, undefined, today, today)).toMatchObject({
      agreement: null,
      period: 'P365D',
      earliestLawfulOn: '2027-06-01',
    })
  })
})
