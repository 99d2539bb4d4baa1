import { z } from 'zod'
import { distinct, expectations } from './complain.ts'
import { side } from './duties.ts'
import { envelope } from './envelope.ts'
import {
  documentationPage,
  funding,
  knownGap,
  marketing,
  price,
  programEntry,
  roadmapItem,
  valueMetric,
  waiver,
  windDown,
} from './integration-facts.ts'
import { filePath, personName, planName, platformName, sideName } from './references.ts'
import { serviceLevel } from './service-level.ts'
import { date, duration, inOrder, slug, text } from './values.ts'

/** In the order of life; a gate stands before each from `pilot` to `ga`, and before `retired`. */
export const stage = z.enum(['proposed', 'experimental', 'pilot', 'beta', 'ga', 'deprecated', 'sunset', 'retired'])
export type Stage = z.output<typeof stage>

/** A synthetic event that Bridgekeeper sends itself, and what must come of it. */
export const canary = z.strictObject({
  platform: platformName.describe('In whose name the event comes in.'),
  event: text.describe('As the platform names it, for example order.created.'),
  payload: z
    .record(z.string(), z.unknown())
    .describe(
      'The body; {{id}} in a text becomes an id that is another each time, {{now}} the time. Use data of your own test account only.',
    ),
  instance: text
    .regex(/^[^/]+\/[^/]+$/)
    .describe('customer/name of the synthetic instance that it crosses; nothing on it is billed or counted.')
    .register(expectations, { expected: 'an instance as customer/name', example: 'canary/main' }),
  effect: z
    .strictObject({ platform: platformName, operation: text.describe('As the contract names it, for example POST /orders.') })
    .optional()
    .describe('The call that must succeed; left out: that its runs succeed is enough.'),
  within: duration.default('PT5M').describe('How long it may take from end to end.'),
})

/** Something customers rely on; the critical ones need a canary. */
export const scenario = z.strictObject({
  name: slug,
  title: text,
  critical: z.boolean().default(false),
  flows: z.array(text).default([]),
  canaryEvery: duration.optional().describe('How often a synthetic event crosses the bridge; left out: no canary.'),
  canary: canary.optional().describe('Left out: your own monitor sends it and reports.'),
})

export const support = z.strictObject({
  firstLine: sideName.describe('Whom the customer calls.'),
  profile: z.enum(['basic', 'standard', 'critical']).default('standard'),
  note: text.optional(),
})

/** The product that bridges platforms: everything two companies say about it that a machine can check. */
export const integration = envelope(
  'Integration',
  z.strictObject({
    stage,
    stageSince: date.optional(),
    code: filePath.optional().describe('./relative path of the TypeScript module; left out while there is none.'),
    problem: text.optional().describe('Whose problem it solves.'),
    relationship: z
      .enum(['referral', 'reseller', 'marketplace', 'oem', 'direct'])
      .describe('Sets who sells, who supports first, whose brand.'),
    startedBy: z.enum(['product', 'engineering', 'customer', 'partnership']).optional().describe('Who wanted it first.'),
    proposal: z
      .strictObject({ by: personName, on: date, expiresOn: date })
      .check(inOrder('on', 'expiresOn'))
      .optional()
      .describe('A proposal that nobody decides on ends by itself.'),
    plan: planName.optional().describe('The plan that led to the decision.'),
    sides: distinct(side, 'the side of', 'organization').min(2),
    builder: sideName.optional(),
    host: sideName.optional(),
    seller: sideName.optional(),
    supporter: sideName.optional(),
    support: support.optional(),
    serviceLevels: distinct(serviceLevel, 'the service level', 'name').default([]),
    scenarios: distinct(scenario, 'the scenario', 'name').default([]),
    documentation: z.array(documentationPage).default([]),
    roadmap: distinct(roadmapItem, 'the roadmap item', 'id').default([]),
    marketing: marketing.optional(),
    programs: distinct(programEntry, 'the tier at', 'platform').default([]).describe('Partner programs that it is in or wants to enter.'),
    price: price.optional(),
    valueMetric: valueMetric.optional(),
    funding: z.array(funding).default([]),
    knownGaps: distinct(knownGap, 'the known gap', 'id').default([]),
    waivers: distinct(waiver, 'the waiver of', 'check', 'side').default([]),
    windDown: windDown.optional(),
  }),
)
export type Integration = z.output<typeof integration>
