import { z } from 'zod'
import { errors } from '../errors.ts'
import { complain, distinct, expectations } from './complain.ts'
import { contact } from './contact.ts'
import { envelope } from './envelope.ts'
import { fact } from './evidence.ts'
import { money, share } from './money.ts'
import { contractPath, organizationName } from './references.ts'
import { duration, moment, slug, text, webAddress } from './values.ts'
import { headerName, jsonPointer, webhooks } from './webhooks.ts'

/** How a call proves whose it is. The credential itself belongs to a connection. */
export const authentication = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('apiKey'), header: headerName.default('X-API-Key') }),
  z.strictObject({ kind: z.literal('bearer') }),
  z.strictObject({ kind: z.literal('basic') }),
  z.strictObject({ kind: z.literal('header'), header: headerName, prefix: z.string().default('') }),
  z.strictObject({ kind: z.literal('none') }),
])

/** How the platform lets a caller repeat a write without repeating its effect. */
export const idempotency = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('header'), header: headerName.default('Idempotency-Key'), remembersFor: duration.optional() }),
  z.strictObject({ kind: z.literal('field'), field: jsonPointer, remembersFor: duration.optional() }),
  z.strictObject({ kind: z.literal('none') }),
])

/** How the platform tells how many calls are left. Left out fields follow the RateLimit-* header drafts. */
export const rateLimit = z.strictObject({
  limitHeader: headerName.default('RateLimit-Limit'),
  remainingHeader: headerName.default('RateLimit-Remaining'),
  resetHeader: headerName.default('RateLimit-Reset'),
  resetIs: z.enum(['seconds-from-now', 'unix-seconds', 'http-date']).default('seconds-from-now'),
  documented: z
    .strictObject({ requests: z.int().positive(), per: duration })
    .optional()
    .describe('What the documentation promises per credential; used until the headers say more.'),
})

/** The platform's API description. */
export const contract = z.strictObject({
  file: contractPath.describe('An OpenAPI document: ./relative to this file, or a file of an installed npm package.'),
  url: webAddress.optional().describe('Where the partner publishes it; polled for changes.'),
  catalog: webAddress
    .optional()
    .describe('Where the partner’s api-catalog (RFC 9727) names it, where no url is given: an origin, or the address of the catalog.'),
  pollEvery: duration.optional().describe('How often it is read. Left out: every six hours.'),
  operations: z
    .array(z.string().regex(/^(GET|PUT|POST|DELETE|OPTIONS|HEAD|PATCH|TRACE) \/\S*$/))
    .optional()
    .describe('The operations to generate types for, as METHOD /path. Left out: all of them.'),
  webhooks: z.array(text).optional().describe('The webhooks to generate types for. Left out: all of them.'),
})

const question = (words: string) => fact.optional().describe(words)

/** What the platform lets others do, each answer with its evidence. A question left out is unknown. */
export const openness = z.strictObject({
  hostsPartnerCode: question('Can a partner’s code run inside the platform?'),
  externalApiRead: question('Can others read through a public API?'),
  externalApiWrite: question('Can others write through a public API?'),
  internalApis: question('Are there APIs that only the owner may use?'),
  webhooks: question('Does it send webhooks to others?'),
  sandbox: question('Can others test without touching real data?'),
  developerDocs: question('Is there public documentation for developers?'),
  paidAccess: question('Does access cost money?'),
  partnershipRequired: question('Is a partnership contract needed before access?'),
  appReview: question('Does the owner review each app before it goes live?'),
  securityAudit: question('Must a partner pass a security audit?'),
  documentedRateLimits: question('Are the limits published?'),
  deprecationPolicy: question('Is there a published promise on how changes are announced?'),
})
export type Openness = z.output<typeof openness>

/** What a tier asks of a partner’s integration that its facts can answer. */
export const entryRequirements = z.strictObject({
  stage: z.enum(['pilot', 'beta', 'ga']).optional().describe('The stage that its gates must have let it into.'),
  activeCustomers: z.int().positive().optional().describe('Unaffiliated customers with a run that succeeded within 30 days.'),
  checks: z.array(text).default([]).describe('Ids of readiness checks that must pass, for example service-level-met.'),
})

/** A partner program: what it takes to enter a tier, and what it costs, known before anybody signs. */
export const program = z.strictObject({
  title: text,
  url: webAddress.optional(),
  tiers: distinct(
    z.strictObject({
      name: slug,
      title: text.optional(),
      entryCriteria: z
        .array(text)
        .default([])
        .describe('In words: a partner has a person stand by each. What can be measured belongs into requires.'),
      requires: entryRequirements.optional(),
      fee: money,
      per: z.enum(['once', 'month', 'year']),
      ownersShareOfSales: share.optional().describe('What the platform’s owner keeps of each sale in its marketplace.'),
      benefits: z.array(text).default([]),
    }),
    'the tier',
    'name',
  ).min(1),
})

/** How calls to the platform differ from the usual. */
export const calls = z.strictObject({
  headers: z.record(headerName, text).optional().describe('Sent with every call, for example the API version.'),
  timeout: duration.optional().describe('Until the last byte of the answer. Left out: 30 seconds.'),
  query: z
    .strictObject({
      array: z.enum(['form', 'commaDelimited', 'spaceDelimited', 'pipeDelimited', 'brackets']).optional(),
      object: z.enum(['deepObject', 'form']).optional(),
    })
    .optional()
    .describe('How lists and objects are written into the query; the words of OpenAPI’s style.'),
  failures: z
    .record(
      z
        .string()
        .regex(/^[1-5]\d\d$/)
        .register(expectations, { expected: 'an HTTP status', example: '409' }),
      z.enum(['retryable', 'throttled', 'credential', 'customer-data', 'bug', 'partner-down']),
    )
    .optional()
    .describe('What a status means where it differs from the usual.'),
  record: z.enum(['bodies', 'metadata']).optional().describe('metadata: the call log keeps no bodies.'),
  maxRedirects: z.int().min(0).max(10).optional().describe('Followed for GET and HEAD only. Left out: none.'),
  maxResponseBytes: z.int().positive().optional().describe('Left out: 10 MiB.'),
})

/** When it will be out of service because its owner works on it. */
export const maintenanceWindow = z
  .strictObject({ id: slug, startsAt: moment, endsAt: moment, reason: text })
  .superRefine(({ startsAt, endsAt }, context) => {
    if (Date.parse(startsAt) < Date.parse(endsAt)) return
    const fix = 'Correct one of the two moments.'
    complain(context, (field) => errors.value({ field, expected: `later than startsAt (${startsAt})`, found: endsAt, fix }), ['endsAt'])
  })

/** A system with an API, owned by an organization. */
export const platform = envelope(
  'Platform',
  z.strictObject({
    owner: organizationName,
    contract: contract.optional().describe('Left out for a platform that publishes none; then calls are untyped.'),
    baseUrl: webAddress.optional().describe('Where its API answers; a connection may override it.'),
    authentication: authentication.default({ kind: 'none' }),
    webhooks: webhooks.optional(),
    idempotency: idempotency.default({ kind: 'none' }),
    rateLimit: rateLimit.optional(),
    openness: openness.default({}),
    program: program.optional(),
    maintenance: distinct(maintenanceWindow, 'the maintenance window', 'id')
      .default([])
      .describe('Planned, for all integrations; excused from service levels only when it stood here early enough.'),
    contacts: z.array(contact).default([]),
    calls: calls.optional(),
    redact: z
      .array(text)
      .default([])
      .describe(
        'What the call log, usage, recordings and findings of drift never store of requests and answers: names of fields, parameters and headers, or JSON Pointers for one place only. Secrets are left out anyway. Deliveries are kept as they came: their signature covers them.',
      ),
  }),
)
export type Platform = z.output<typeof platform>
