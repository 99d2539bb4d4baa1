import { createRoute, z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { type Api, type Authenticated, jsonAnswer, mustBeCompany, problemAnswers, security } from '../../identity/index.ts'
import type { Workspace } from '../../workspace/index.ts'
import { errors } from '../registry/errors.ts'
import type { ContractRouteParts } from '../routes.ts'
import { calendarOf } from './calendar.ts'
import { judgeNotice, verdictInWords } from './judge-notice.ts'
import { listNotices, type Notice, recordAnswer } from './queries.ts'
import { termsOf } from './terms-of.ts'

const tags = ['Contracts']
const plain = z.record(z.string(), z.unknown())
const asJson = (value: unknown): never => JSON.parse(JSON.stringify(value)) as never
const dayOf = (at: Date): string => at.toISOString().slice(0, 10)

/** Announced and found changes, and people's answers to them. */
export function noticeRoutes(api: Api, parts: ContractRouteParts): void {
  const noticesOf = async (c: Context<Authenticated>): Promise<Notice[]> => {
    mustBeCompany(c, 'read')
    return listNotices(parts.database.executor, c.get('visible').connectable)
  }
  const judged = (notice: Notice, workspace: Workspace) => {
    const bridged = [...workspace.integrations.values()].filter(({ spec }) =>
      spec.sides.some((side) => side.platforms.includes(notice.platform)),
    )
    return bridged.map(({ metadata }) => {
      const terms = termsOf(workspace, metadata.name, dayOf(parts.now?.() ?? new Date()))
      const period = terms?.notice[notice.kind]
      if (period === undefined) return { integration: metadata.name, verdict: 'no agreement in force' }
      const verdict = judgeNotice(dayOf(notice.announcedAt), notice.effectiveOn, period, notice.silent)
      return { integration: metadata.name, period, ...verdict, verdict: verdictInWords(verdict) }
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
      responses: { 200: jsonAnswer(z.object({ notices: z.array(plain) }), 'By day of effect.'), ...problemAnswers },
    }),
    async (c) => {
      const { integrations } = c.get('visible')
      const notices = (await noticesOf(c)).map((notice) => ({
        ...notice,
        judged: judged(notice, parts.workspace()).filter(({ integration }) => integrations === null || integrations.includes(integration)),
      }))
      return c.json(asJson({ notices }), 200)
    },
  )
  api.openapi(
    createRoute({
      method: 'get',
      path: '/contract-notices.ics',
      operationId: 'getContractCalendar',
      summary: 'Dated changes as a calendar',
      description: 'For programs, which have an API key. Calendars of people read an address of their own: `POST /contract-calendars`.',
      tags,
      security,
      responses: { 200: { description: 'iCalendar.', content: { 'text/calendar': { schema: z.string() } } }, ...problemAnswers },
    }),
    async (c) =>
      c.body(calendarOf(await noticesOf(c), 'Contract changes'), 200, { 'content-type': 'text/calendar; charset=utf-8' }) as never,
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
      const [organization = ''] = by.split('/')
      const mayName = caller.organization === null || caller.organization === organization
      if (!mayName || !parts.workspace().person(by))
        throw errors.may_not_speak({ person: by, organization: caller.organization ?? organization })
      const known = (await noticesOf(c)).some(({ id }) => id === notice)
      if (!known || !(await recordAnswer(parts.database.executor, { notice, organization, person: by, answer, note })))
        throw errors.notice_unknown({ notice })
      return c.json({ notice, answer }, 201)
    },
  )
}
