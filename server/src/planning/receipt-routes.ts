import { createRoute, z } from '@hono/zod-openapi'
import type { Database } from '../database/index.ts'
import { type Api, createApi, jsonAnswer, mustBeCompany, mustBeOperator, problemAnswers, security } from '../identity/index.ts'
import type { Plan, Workspace } from '../workspace/index.ts'
import { errors } from './errors.ts'
import { type ReadRevenue, readPlanActuals } from './plan-actuals.ts'
import { type Receipt, receipt } from './receipt.ts'
import { insertReceipts, listReceipts } from './receipt-queries.ts'
import { sumSchema } from './routes.ts'

const tags = ['Planning']
const listed = receipt.extend({
  id: z.string(),
  organization: z.string(),
  note: z.string().optional(),
  recordedBy: z.string(),
  recordedAt: z.iso.datetime(),
})
const actualsSchema = z.object({
  asOf: z.string(),
  hours: z.array(sumSchema),
  receipts: z.array(z.object({ incentive: z.string(), currency: z.string(), amountMinor: z.number(), lastOn: z.string() })),
  revenue: z
    .array(
      z.object({
        currency: z.string().nullable().describe('null: customers that pay, and nobody has told how much.'),
        payingNow: z.number(),
        perMonthMinor: z.number(),
        totalMinor: z.number(),
      }),
    )
    .nullable()
    .describe('null: the plan names no integration, or none of its instances is known here.'),
})

/** What incentives really brought. An organization's key sees and adds only what it received itself, a customer's key nothing. */
export function receiptRoutes(database: Database, workspace: () => Workspace, readRevenue: ReadRevenue): Api {
  const api = createApi()
  const { executor } = database
  api.openapi(
    createRoute({
      method: 'post',
      path: '/receipts',
      operationId: 'recordReceipts',
      summary: 'Record what incentives of a plan really brought',
      description: 'All entries or none. Nothing is changed or deleted: a negative amount corrects.',
      tags,
      security,
      request: {
        body: { required: true, content: { 'application/json': { schema: z.object({ entries: z.array(receipt).min(1).max(1000) }) } } },
      },
      responses: { 200: jsonAnswer(z.object({ added: z.number() }), 'How many were added.'), ...problemAnswers },
    }),
    async (c) => {
      const caller = mustBeCompany(c, 'write')
      const entries = c.req.valid('json').entries.map((entry) => withRecipient(entry, workspace(), caller.organization))
      const foreign = entries.find(({ organization }) => caller.organization !== null && organization !== caller.organization)
      if (foreign) throw errors.receipt_of_others({ organization: foreign.organization, caller: caller.name })
      await insertReceipts(executor, entries, caller.name)
      return c.json({ added: entries.length }, 200)
    },
  )
  api.openapi(
    createRoute({
      method: 'get',
      path: '/receipts',
      operationId: 'listReceipts',
      summary: 'List what incentives really brought',
      description: 'Newest first.',
      tags,
      security,
      request: {
        query: z.object({
          plan: z.string().optional(),
          limit: z.coerce.number().int().min(1).max(1000).default(100),
          before: z.uuid().optional(),
        }),
      },
      responses: {
        200: jsonAnswer(z.object({ entries: z.array(listed), next: z.string().nullable() }), 'One page.'),
        ...problemAnswers,
      },
    }),
    async (c) => {
      const query = c.req.valid('query')
      const rows = await listReceipts(executor, { organization: mustBeCompany(c, 'read').organization, ...query })
      const next = rows.length === query.limit ? rows.at(-1)!.id : null
      return c.json({ entries: rows.map((row) => ({ ...row, recordedAt: row.recordedAt.toISOString() })), next }, 200)
    },
  )
  api.openapi(
    createRoute({
      method: 'get',
      path: '/plans/{plan}/actuals',
      operationId: 'getPlanActuals',
      summary: 'Read hours, revenue and incentives recorded for a plan',
      description: 'For the operator: it reads the hours and the money of every organization.',
      tags,
      security,
      request: { params: z.object({ plan: z.string() }) },
      responses: { 200: jsonAnswer(actualsSchema, 'What really happened.'), ...problemAnswers },
    }),
    async (c) => {
      mustBeOperator(c)
      const plan = planOf(workspace().plans, c.req.valid('param').plan)
      return c.json((await readPlanActuals(executor, plan, readRevenue, new Date())) as never, 200)
    },
  )
  return api
}

function planOf(plans: Workspace['plans'], name: string): Plan {
  const plan = plans.get(name)
  if (!plan) throw errors.plan_unknown({ name, known: [...plans.keys()].join(', ') || 'none' })
  return plan
}

/** Who receives it follows from the plan: the party that the incentive names, or whoever holds the job that it names. */
function withRecipient(entry: Receipt, workspace: Workspace, callers: string | null): Receipt & { organization: string } {
  // Whether somebody else's plan exists is not told to those who have no part in it.
  const own = [...workspace.plans].filter(
    ([, { spec }]) => callers === null || spec.parties.some(({ organization }) => organization === callers),
  )
  const { spec } = planOf(new Map(own), entry.plan)
  const incentive = spec.incentives.find(({ id }) => id === entry.incentive)
  if (!incentive)
    throw errors.incentive_unknown({
      plan: entry.plan,
      incentive: entry.incentive,
      known: spec.incentives.map(({ id }) => id).join(', ') || 'none',
    })
  if (entry.note === undefined && (incentive.kind !== 'cash' || entry.amount.amountMinor === 0))
    throw errors.receipt_without_note({
      incentive: entry.incentive,
      kind: entry.amount.amountMinor === 0 ? 'nothing came' : incentive.kind,
    })
  const holder = (spec.decision?.option as Record<string, string> | undefined)?.[incentive.to] ?? incentive.to
  if (!spec.parties.some(({ organization }) => organization === holder))
    throw errors.recipient_undecided({ incentive: entry.incentive, job: incentive.to })
  return { ...entry, organization: holder }
}
