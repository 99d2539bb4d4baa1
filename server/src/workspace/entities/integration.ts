import { z } from 'zod'
import { side } from './duties.ts'
import { envelope } from './envelope.ts'
import { documentationPage, funding, knownGap, marketing, price, roadmapItem, valueMetric, waiver, windDown } from './integration-facts.ts'
import { organizationName, personName, planName } from './references.ts'
import { serviceLevel } from './service-level.ts'
import { date, duration, slug, text } from './values.ts'

/** In the order of life; a gate stands before each from `pilot` to `ga`, and before `retired`. */
export const stage = z.enum(['proposed', 'experimental', 'pilot', 'beta', 'ga', 'deprecated', 'sunset', 'retired'])
export type Stage = z.output<typeof stage>

/** Something customers rely on; the critical ones need a canary. */
export const scenario = z.strictObject({
  name: slug,
  title: text,
  critical: z.boolean().default(false),
  flows: z.array(text).default([]),
  canaryEvery: duration.optional().describe('How often a synthetic event crosses the bridge; left out: no canary.'),
})

export const support = z.strictObject({
  firstLine: organizationName.describe('Whom the customer calls.'),
  profile: z.enum(['basic', 'standard', 'critical']).default('standard'),
  note: text.optional(),
})

/** The product that bridges platforms: everything two companies say about it that a machine can check. */
export const integration = envelope(
  'Integration',
  z.strictObject({
    stage,
    stageSince: date.optional(),
    code: text.optional().describe('./relative path of the TypeScript module; left out while there is none.'),
    problem: text.optional().describe('Whose problem it solves.'),
    relationship: z
      .enum(['referral', 'reseller', 'marketplace', 'oem', 'direct'])
      .describe('Sets who sells, who supports first, whose brand.'),
    startedBy: z.enum(['product', 'engineering', 'customer', 'partnership']).optional().describe('Who wanted it first.'),
    proposal: z
      .strictObject({ by: personName, on: date, expiresOn: date })
      .optional()
      .describe('A proposal that nobody decides on ends by itself.'),
    plan: planName.optional().describe('The plan that led to the decision.'),
    sides: z.array(side).min(2),
    builder: organizationName.optional(),
    host: organizationName.optional(),
    seller: organizationName.optional(),
    supporter: organizationName.optional(),
    support: support.optional(),
    serviceLevels: z.array(serviceLevel).default([]),
    scenarios: z.array(scenario).default([]),
    documentation: z.array(documentationPage).default([]),
    roadmap: z.array(roadmapItem).default([]),
    marketing: marketing.optional(),
    price: price.optional(),
    valueMetric: valueMetric.optional(),
    funding: z.array(funding).default([]),
    knownGaps: z.array(knownGap).default([]),
    waivers: z.array(waiver).default([]),
    windDown: windDown.optional(),
  }),
)
export type Integration = z.output<typeof integration>
