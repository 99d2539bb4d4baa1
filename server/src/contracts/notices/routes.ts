import { createRoute, z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { type Api, type Authenticated, asJson, jsonAnswer, mustBeCompany, problemAnswers, security } from '../../identity/index.ts'
import { errors } from '../registry/errors.ts'
import type { ContractRouteParts } from '../routes.ts'
import { answerNotice } from './answer-notice.ts'
import { calendarOf } from './calendar.ts'
import { eventsFor } from './calendar-routes.ts'
import { judgeNotice, type NoticeVerdict, verdictInWords } from './judge-notice.ts'
import { listNotices, type Notice } from './queries.ts'
import { seenBy } from './seen-by.ts'
import { summarize } from './summary.ts'
import { termsOf } from './terms-of.ts'

const tags = ['Contracts']
const plain = z.record(z.string(), z.unknown())
const dayOf = (at: Date): string => at.toISOString().slice(0, 10)

/** Announced and found changes, and people's answers to them. */
export function noticeRoutes(api: Api, parts: ContractRouteParts): void {
  const noticesOf = async (c: Context<Authenticated>, which: { id?: string; recentDays?: number }): Promise<Notice[]> => {
    mustBeCompany(c, 'read')
    const { connectable, integrations, platforms } = c.get('visible')
    const seenBy = integrations === null ? {} : { seenBy: { integrations, platforms: platforms ?? [] } }
    return listNotices(parts.database.executor, connectable, { ...which, ...seenBy })
  }
  const judged = (notice: Notice, visible: readonly string[] | null) => {
    const workspace = parts.workspace()
    const bridged = [...workspace.integrations.values()].filter(
      ({ metadata, spec }) =>
        (visible === null || visible.includes(metadata.name)) && spec.sides.some((side) => side.platforms.includes(notice.platform)),
    )
    return bridged.map(({ metadata }) => {
      const period = termsOf(workspace, metadata.name, dayOf(parts.now?.() ?? new Date()))?.notice[notice.kind]
      const verdict = period === undefined ? undefined : judgeNotice(dayOf(notice.announcedAt), notice.effectiveOn, period, notice.silent)
      return { integration: metadata.name, period, verdict }
    })
  }
  api.openapi(
    createRoute({
      method: 'get',
      path: '/contract-notices',
      operationId: 'listContractNotices',
      summary: 'Announced and found changes, judged by each agreement',
      tags,
      security,
      request: {
        query: z.object({
          platform: z.string().optional(),
          days: z.coerce.number().int().min(1).max(3_660).default(400).describe('Leaves out what took effect longer ago.'),
          standing: z
            .enum(['true', 'false'])
            .default('false')
            .describe('Also what was announced before anybody looked, has no day to come, and is used by nobody as far as was seen.'),
        }),
      },
      responses: {
        200: jsonAnswer(
          z.object({
            notices: z.array(plain),
            standing: z.int().describe('How many are left out unless they are asked for: see the parameter of this name.'),
            summary: plain.describe('How many on time, late, silent and undated, judged once per integration; whose answer is owed.'),
          }),
          'By day of effect.',
        ),
        ...problemAnswers,
      },
    }),
    async (c) => {
      const { integrations } = c.get('visible')
      const { platform, days, standing } = c.req.valid('query')
      const all = (await noticesOf(c, { recentDays: days })).filter((notice) => platform === undefined || notice.platform === platform)
      const listed = standing === 'true' ? all : all.filter(({ state }) => state !== 'standing')
      const seen = listed.map((notice) => ({
        notice: seenBy(notice, c.get('visible'), c.get('caller').organization, parts.workspace()),
        judged: judged(notice, integrations),
      }))
      const notices = seen.map((item) => ({ ...item.notice, judged: item.judged.map(inWords) }))
      const summary = summarize(seen.map((item) => ({ ...item.notice, verdicts: item.judged.map(({ verdict }) => verdict) })))
      return c.json(asJson({ notices, standing: all.filter(({ state }) => state === 'standing').length, summary }), 200)
    },
  )
  api.openapi(
    createRoute({
      method: 'get',
      path: '/contract-notices.ics',
      operationId: 'getContractCalendar',
      summary: 'Dated changes as a calendar',
      description:
        'Changes, announced maintenance, freezes, ends of agreements and reviews. For programs, which have an API key. Calendars of people read an address of their own: `POST /contract-calendars`.',
      tags,
      security,
      responses: { 200: { description: 'iCalendar.', content: { 'text/calendar': { schema: z.string() } } }, ...problemAnswers },
    }),
    async (c) =>
      c.body(calendarOf(await eventsFor(parts, c.get('visible'), mustBeCompany(c, 'read').organization), 'Contract changes'), 200, {
        'content-type': 'text/calendar; charset=utf-8',
      }) as never,
  )
  api.openapi(
    createRoute({
      method: 'post',
      path: '/contract-notices/{notice}/answers',
      operationId: 'answerContractNotice',
      summary: 'Acknowledge, object to, or consent to a change',
      tags,
      security,
      request: {
        params: z.object({ notice: z.string() }),
        body: {
          required: true,
          content: {
            'application/json': {
              schema: z.object({
                by: z.string().describe('organization/name'),
                answer: z.enum(['acknowledged', 'objected', 'consented']),
                note: z.string().max(2000).nullable().default(null),
              }),
            },
          },
        },
      },
      responses: {
        201: jsonAnswer(z.object({ notice: z.string(), answer: z.string() }), 'Recorded; twice is harmless.'),
        ...problemAnswers,
      },
    }),
    async (c) => {
      const caller = mustBeCompany(c, 'write')
      const { notice } = c.req.valid('param')
      const { by, answer, note } = c.req.valid('json')
      if (answer === 'objected' && !note?.trim()) throw errors.objection_without_reason({})
      const [organization = ''] = by.split('/')
      const mayName = caller.organization === null || caller.organization === organization
      if (!mayName || !parts.workspace().person(by))
        throw errors.may_not_speak({ person: by, organization: caller.organization ?? organization })
      const [known] = await noticesOf(c, { id: notice })
      if (!known) throw errors.notice_unknown({ notice })
      await answerNotice(parts.database, known, { organization, person: by, answer, note }, parts.now?.() ?? new Date())
      return c.json({ notice, answer }, 201)
    },
  )
}

function inWords({
  integration,
  period,
  verdict,
}: {
  integration: string
  period: string | undefined
  verdict: NoticeVerdict | undefined
}) {
  if (!verdict) return { integration, verdict: 'no agreement in force' }
  return { integration, period, ...verdict, verdict: verdictInWords(verdict) }
}
