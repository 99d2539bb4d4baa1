import { z } from 'zod'
import { distinct } from './complain.ts'
import { side } from './duties.ts'
import { envelope } from './envelope.ts'
import { documentationPage, funding, knownGap, marketing, price, roadmapItem, valueMetric, waiver, windDown } from './integration-facts.ts'
import { filePath, personName, planName, sideName } from './references.ts'
import { serviceLevel } from './service-level.ts'
import { date, duration, inOrder, slug, text } from './values.ts'

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
      .superRefine(inOrder('on', 'expiresOn'))
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
    price: price.optional(),
    valueMetric: valueMetric.optional(),
    funding: z.array(funding).default([]),
    knownGaps: distinct(knownGap, 'the known gap', 'id').default([]),
    waivers: distinct(waiver, 'the waiver of', 'check', 'side').default([]),
    windDown: windDown.optional(),
  }),
)
export type Integration = z.output<typeof integration>
