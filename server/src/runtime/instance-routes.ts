import { createRoute, z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import {
  type Api,
  type Authenticated,
  asJson,
  type Caller,
  createApi,
  identityErrors,
  jsonAnswer,
  madeAnswer,
  madeAt,
  mustHave,
  mustRun,
  problemAnswers,
  security,
} from '../identity/index.ts'
import { currencyExponent } from '../workspace/index.ts'
import type { CustomerFactsChange } from './customer-facts.ts'
import {
  type ConnectionOwner,
  changeInstance,
  createInstance,
  getInstance,
  type Instance,
  type InstanceParts,
  listInstances,
  rollBackInstance,
  setInstanceState,
  tellCustomerFacts,
} from './instances.ts'

export interface InstanceRouteParts extends InstanceParts {
  ownsConnection(connectionId: string, owner: ConnectionOwner): Promise<boolean>
  /** Whether the platform's file says how its webhooks are proven; else its address would answer 404. */
  receivesWebhooks(platform: string): boolean
  /** Origin under which partners reach the ingress. */
  publicUrl(): string
}

const tags = ['Instances']
const textMap = z.record(z.string(), z.string())
const customerFacts = {
  revenuePerMonth: z
    .object({
      amountMinor: z.number().int().min(0).max(1e13),
      currency: z.string().refine((code) => currencyExponent(code) !== undefined, 'must be a currency of ISO 4217, for example EUR'),
    })
    .nullable()
    .describe('What the customer pays for, or because of, the integration; null: nobody has told.'),
  termEndsOn: z.iso.date().nullable().describe('Last day of what the customer has paid or signed for; null: nobody has told.'),
  affiliated: z.boolean().nullable().describe('Whether the customer belongs to one of the sides; null: nobody has told.'),
}
const customerFactChanges = z.object(customerFacts).partial().shape
const instanceSchema = z
  .object({
    id: z.string(),
    integration: z.string(),
    organization: z.string(),
    customer: z.string(),
    name: z.string(),
    state: z.enum(['active', 'paused', 'removed']),
    paying: z.boolean(),
    synthetic: z.boolean().describe('Belongs to no customer: canaries cross it, and nothing on it is billed or counted.'),
    ...customerFacts,
    revision: z.number().int(),
    version: z.string(),
    settings: z.record(z.string(), z.unknown()),
    mappings: textMap.describe('Overrides: mapping → JSONata.'),
    connections: textMap.describe('Platform → connection id.'),
    accounts: z.record(z.string(), z.array(z.string())).describe('Platform → external accounts.'),
    unconnected: z.array(z.string()).describe('Platforms of the integration that no connection is named for: a call to one parks its run.'),
    webhookUrls: textMap.describe("Platform that sends webhooks → the instance's own address for them; treat it like a password."),
    createdAt: z.iso.datetime(),
    changedAt: z.iso.datetime(),
  })
  .openapi('Instance')
const instanceParam = {
  params: z.object({
    instance: z
      .string()
      .describe(
        'Id, customer/name, or name. A name is that of the instance that is there; where none has it, that of the one removed last.',
      ),
  }),
}
const body = <S extends z.ZodType>(schema: S) => ({ body: { required: true, content: { 'application/json': { schema } } } }) as const
const changeable = {
  version: z.string().optional(),
  settings: z.record(z.string(), z.unknown()).optional(),
  mappings: textMap.optional(),
  connections: textMap.optional(),
}

export function instanceRoutes(parts: InstanceRouteParts): Api {
  const api = createApi()
  const { executor } = parts.database
  const show = (instance: Instance, caller: Caller) => {
    const { key, ...shown } = instance
    // One whose integration has left the workspace is shown all the same: somebody must be able to find and remove it.
    const loaded = parts.integrations.knows(instance.integration) ? parts.integrations.latest(instance.integration).platforms : {}
    const platforms = Object.values(loaded).map((platform) => platform.name)
    const unconnected = platforms.filter((platform) => instance.connections[platform] === undefined)
    if (caller.organization !== null && caller.organization !== instance.organization)
      return asJson({ ...shown, unconnected, webhookUrls: {} })
    const senders = platforms.filter((platform) => parts.receivesWebhooks(platform))
    const webhookUrls = Object.fromEntries(senders.map((platform) => [platform, `${parts.publicUrl()}/webhooks/${platform}/${key}`]))
    return asJson({ ...shown, unconnected, webhookUrls })
  }
  /** One that the caller may change. */
  const ownInstance = async (c: Context<Authenticated>): Promise<Instance> => {
    const instance = await getInstance(executor, c.req.param('instance')!, c.get('visible'))
    mustRun(c.get('caller'), `Instance ${instance.customer}/${instance.name}`, instance.organization)
    return instance
  }

  api.openapi(
    createRoute({
      method: 'get',
      path: '/instances',
      operationId: 'listInstances',
      summary: 'List instances',
      tags,
      security,
      request: {
        query: z.object({
          integration: z.string().optional(),
          customer: z.string().optional(),
          state: z.enum(['active', 'paused', 'removed']).optional(),
          after: z.uuid().optional(),
          limit: z.coerce.number().int().min(1).max(500).default(100),
        }),
      },
      responses: {
        200: jsonAnswer(z.object({ instances: z.array(instanceSchema), next: z.string().nullable() }), 'One page, oldest first.'),
        ...problemAnswers,
      },
    }),
    async (c) => {
      const caller = mustHave(c, 'read')
      const query = Object.fromEntries(Object.entries(c.req.valid('query')).filter(([, value]) => value !== undefined)) as { limit: number }
      const instances = await listInstances(executor, { ...query, visible: c.get('visible') })
      return c.json(
        {
          instances: instances.map((instance) => show(instance, caller)),
          next: instances.length === query.limit ? instances.at(-1)!.id : null,
        },
        200,
      )
    },
  )
  api.openapi(
    createRoute({
      method: 'get',
      path: '/instances/{instance}',
      operationId: 'getInstance',
      summary: 'Show an instance',
      tags,
      security,
      request: instanceParam,
      responses: { 200: jsonAnswer(instanceSchema, 'The instance.'), ...problemAnswers },
    }),
    async (c) => {
      const caller = mustHave(c, 'read')
      return c.json(show(await getInstance(executor, c.req.valid('param').instance, c.get('visible')), caller), 200)
    },
  )
  const newInstance = z.object({
    integration: z.string(),
    organization: z.string(),
    customer: z.string(),
    name: z.string().min(1).max(100),
    paying: z.boolean().default(false),
    synthetic: z.boolean().default(false).describe('For canaries; can be neither changed later nor paid for.'),
    ...customerFactChanges,
    ...changeable,
    accounts: z.record(z.string(), z.array(z.string())).optional(),
  })
  api.openapi(
    createRoute({
      method: 'post',
      path: '/instances',
      operationId: 'createInstance',
      summary: 'Install an integration for a customer',
      tags,
      security,
      request: body(newInstance),
      responses: { 201: madeAnswer(instanceSchema, 'The new instance.'), ...problemAnswers },
    }),
    async (c) => {
      const caller = mustHave(c, 'write')
      const wanted = c.req.valid('json')
      const { integrations, customer } = c.get('visible')
      if ((integrations && !integrations.includes(wanted.integration)) || (customer && customer !== wanted.customer))
        throw identityErrors.not_visible({ what: `integration ${wanted.integration}` })
      mustRun(caller, `Customer ${wanted.customer}`, wanted.organization)
      mayBindAccounts(caller, wanted.accounts)
      mayTellFacts(caller, { ...wanted, paying: wanted.paying || undefined })
      if (wanted.synthetic && caller.customer !== null) throw identityErrors.company_only({})
      const made = await createInstance(parts, {
        ...(wanted as { integration: string; organization: string; customer: string; name: string }),
        by: caller.name,
      })
      return c.json(show(made, caller), 201, madeAt(c, made.id))
    },
  )
  const change = z.object({
    ...changeable,
    ...customerFactChanges,
    paying: z.boolean().optional(),
    accounts: z.record(z.string(), z.array(z.string())).optional(),
    state: z.enum(['active', 'paused', 'removed']).optional(),
    reason: z.string().max(500).optional(),
  })
  api.openapi(
    createRoute({
      method: 'patch',
      path: '/instances/{instance}',
      operationId: 'changeInstance',
      summary: 'Change an instance',
      description:
        'Settings, mappings, connections and version make a new revision; what is left out stays. A customer begins to pay only where the stage of the integration allows it.',
      tags,
      security,
      request: { ...instanceParam, ...body(change) },
      responses: { 200: jsonAnswer(instanceSchema, 'The instance as it is now.'), ...problemAnswers },
    }),
    async (c) => {
      const caller = mustHave(c, 'write')
      const { id } = await ownInstance(c)
      const { state, accounts, paying, revenuePerMonth, termEndsOn, affiliated, ...revision } = c.req.valid('json')
      const told = withoutGaps({ paying, revenuePerMonth, termEndsOn, affiliated })
      mayBindAccounts(caller, accounts)
      mayTellFacts(caller, told)
      const given = withoutGaps({ ...revision, accounts })
      const isRevision = Object.keys(given).some((name) => name !== 'reason')
      if (isRevision) await changeInstance(parts, id, { ...given, customerFacts: told, by: caller.name })
      else if (Object.keys(told).length > 0) await tellCustomerFacts(parts, id, told)
      if (state) await setInstanceState(parts, id, state)
      return c.json(show(await getInstance(executor, id), caller), 200)
    },
  )
  api.openapi(
    createRoute({
      method: 'post',
      path: '/instances/{instance}/rollback',
      operationId: 'rollBackInstance',
      summary: 'Go back to an earlier revision',
      tags,
      security,
      request: { ...instanceParam, ...body(z.object({ revision: z.number().int().min(1) })) },
      responses: { 200: jsonAnswer(instanceSchema, 'The instance as it is now.'), ...problemAnswers },
    }),
    async (c) => {
      const caller = mustHave(c, 'write')
      const { id } = await ownInstance(c)
      return c.json(show(await rollBackInstance(parts, id, c.req.valid('json').revision, caller.name), caller), 200)
    },
  )
  return api
}

/**
 * An external account decides whose webhooks an instance is given. A customer could name somebody else's; until it has proved
 * that the account is its own, only the organization that runs the instance says so.
 */
function mayBindAccounts(caller: Caller, accounts: Record<string, string[]> | undefined): void {
  if (caller.customer !== null && accounts && Object.values(accounts).some((list) => list.length > 0)) throw identityErrors.company_only({})
}

/** What a customer pays is between it and the company: nobody tells it of himself. */
function mayTellFacts(caller: Caller, told: { [Name in keyof CustomerFactsChange]?: CustomerFactsChange[Name] | undefined }): void {
  const { paying, revenuePerMonth, termEndsOn, affiliated } = told
  const isTold = [paying, revenuePerMonth, termEndsOn, affiliated].some((one) => one !== undefined)
  if (caller.customer !== null && isTold) throw identityErrors.company_only({})
}

function withoutGaps<T extends object>(value: T): { [Name in keyof T]?: Exclude<T[Name], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as never
}
