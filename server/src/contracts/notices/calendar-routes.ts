import { createRoute, z } from '@hono/zod-openapi'
import { Hono } from 'hono'
import { etag } from 'hono/etag'
import {
  type Api,
  type Authenticated,
  asJson,
  jsonAnswer,
  mustBeCompany,
  ownerOf,
  problemAnswers,
  security,
  type Visibility,
  visibilityOf,
} from '../../identity/index.ts'
import { errors } from '../registry/errors.ts'
import type { ContractRouteParts } from '../routes.ts'
import { agreedDays } from './agreed-days.ts'
import { type CalendarEvent, calendarOf, feedDays, noticeEvents } from './calendar.ts'
import { addCalendar, listCalendars, openCalendar, revokeCalendar } from './calendars.ts'
import { listNotices } from './queries.ts'

const tags = ['Contracts']
const calendarSchema = z
  .object({
    id: z.string(),
    organization: z.string(),
    name: z.string(),
    hint: z.string().describe('First characters of the secret part of the address.'),
    createdBy: z.string(),
    createdAt: z.iso.datetime(),
    lastReadAt: z.iso.datetime().nullable().describe('To the hour.'),
    revokedAt: z.iso.datetime().nullable(),
  })
  .openapi('ContractCalendar')

/** Addresses of calendars: each organization makes, sees and revokes its own; the operator those of all. */
export function calendarRoutes(api: Api, { database, workspace, publicUrl }: ContractRouteParts): void {
  const { executor } = database
  api.openapi(
    createRoute({
      method: 'get',
      path: '/contract-calendars',
      operationId: 'listContractCalendars',
      summary: 'List calendar addresses',
      tags,
      security,
      responses: { 200: jsonAnswer(z.object({ calendars: z.array(calendarSchema) }), 'Revoked ones included.'), ...problemAnswers },
    }),
    async (c) => c.json(asJson({ calendars: await listCalendars(executor, mustBeCompany(c, 'read').organization) }), 200),
  )
  api.openapi(
    createRoute({
      method: 'post',
      path: '/contract-calendars',
      operationId: 'createContractCalendar',
      summary: 'Make a calendar address',
      description:
        'Whoever has the address reads the changes that concern the organization, without a key. It is shown in this answer only.',
      tags,
      security,
      request: {
        body: {
          required: true,
          content: {
            'application/json': {
              schema: z.object({
                name: z.string().min(1).max(100).describe('Who reads it, for example a team or a person.'),
                organization: z.string().optional().describe('Left out: that of the key.'),
              }),
            },
          },
        },
      },
      responses: {
        201: jsonAnswer(z.object({ url: z.string(), calendar: calendarSchema }), 'The address, readable this once.'),
        ...problemAnswers,
      },
    }),
    async (c) => {
      const caller = mustBeCompany(c, 'write')
      const { name, organization } = c.req.valid('json')
      const of = ownerOf(caller, organization, workspace(), {
        ofAnother: (other) => errors.calendar_of_another({ organization: other }),
        ofNobody: (nobody) => errors.calendar_of_nobody({ organization: nobody }),
      })
      const { token, calendar } = await addCalendar(executor, { organization: of, name, createdBy: caller.name })
      return c.json(asJson({ url: `${publicUrl().replace(/\/$/, '')}/calendars/${token}.ics`, calendar }), 201)
    },
  )
  api.openapi(
    createRoute({
      method: 'delete',
      path: '/contract-calendars/{calendar}',
      operationId: 'revokeContractCalendar',
      summary: 'Revoke a calendar address',
      tags,
      security,
      request: { params: z.object({ calendar: z.string().describe('Id, or name where only one valid calendar has it.') }) },
      responses: { 200: jsonAnswer(calendarSchema, 'The revoked calendar.'), ...problemAnswers },
    }),
    async (c) => c.json(asJson(await revokeCalendar(executor, c.req.valid('param').calendar, mustBeCompany(c, 'write').organization)), 200),
  )
}

type CalendarParts = Pick<ContractRouteParts, 'database' | 'workspace' | 'now' | 'otherDates'>

const dayOf = (at: Date): string => at.toISOString().slice(0, 10)

/** All that is on the calendar of an organization: changes that touch it or its own platforms, what it agreed, and what others know. */
export async function eventsFor(parts: CalendarParts, visible: Visibility, organization: string | null): Promise<CalendarEvent[]> {
  const { database, workspace, now = () => new Date(), otherDates } = parts
  const { connectable, integrations, platforms } = visible
  const touching = integrations === null ? {} : { touching: { integrations, platforms: platforms ?? [] } }
  const notices = await listNotices(database.executor, connectable, { recentDays: feedDays, ...touching })
  const from = new Date(now().getTime() - feedDays * 86_400_000)
  return [
    ...noticeEvents(notices),
    ...agreedDays(workspace(), organization, dayOf(from), dayOf(now())),
    ...(await otherDates(visible, from)),
  ]
}

/**
 * The calendars themselves, outside the API: the address is the key. What they show is what the organization may see at the moment of asking,
 * so whoever leaves an integration loses its changes. An address that was revoked and one that never was are answered alike.
 */
export function calendarFeeds(parts: CalendarParts): Hono<Authenticated> {
  const { database, workspace } = parts
  const feeds = new Hono<Authenticated>()
  feeds.use('/calendars/*', etag())
  feeds.get('/calendars/:file{[A-Za-z0-9_-]+\\.ics}', async (c) => {
    const { organization, name } = await openCalendar(database.executor, c.req.param('file').slice(0, -'.ics'.length))
    const events = await eventsFor(parts, visibilityOf({ organization, customer: null }, workspace()), organization)
    const headers = { 'content-type': 'text/calendar; charset=utf-8', 'cache-control': 'private, no-cache', 'x-robots-tag': 'noindex' }
    return c.body(calendarOf(events, `${organization}: ${name}`), 200, headers)
  })
  return feeds
}
