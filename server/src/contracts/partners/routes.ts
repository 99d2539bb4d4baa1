import { createRoute, z } from '@hono/zod-openapi'
import { isInForce } from '../../agreements/index.ts'
import { type Api, asJson, jsonAnswer, mustBeCompany, problemAnswers, security, type Visibility } from '../../identity/index.ts'
import type { Workspace } from '../../workspace/index.ts'
import { compareAside } from '../compare-aside.ts'
import { listNotices } from '../notices/queries.ts'
import { termsOf } from '../notices/terms-of.ts'
import { readContractAside } from '../read-aside.ts'
import type { ContractSource } from '../read-contract.ts'
import { listRecordings } from '../recordings/queries.ts'
import { errors } from '../registry/errors.ts'
import { reportFormats, writeReport } from '../report/formats.ts'
import type { ContractRouteParts } from '../routes.ts'
import { filesField, uploadedSource } from '../uploaded-document.ts'
import type { Client } from '../usage/impact-report.ts'
import { listUseSpans } from '../usage/queries.ts'
import { usageOf } from '../usage/usage-of.ts'
import { visiblePlatform } from '../visible-platform.ts'
import { createPartnersJudge, maxListed, type PartnersPage } from './judge-partners.ts'
import { type PartnerCheck, partnersReport } from './partners-report.ts'
import { partnerVerdicts } from './tell-client.ts'

const dayMs = 86_400_000
const dayOf = (at: Date): string => at.toISOString().slice(0, 10)
const everything: Visibility = { integrations: null, customer: null, organization: null, platforms: null, connectable: null }

const question = z.object({
  document: z.string().min(1).describe('The proposed OpenAPI or Swagger document, JSON or YAML.'),
  files: filesField,
  effectiveOn: z.iso.date().optional().describe('Day on which it is to take effect. Left out: today.'),
})
const answer = z
  .object({
    platform: z.string(),
    verdict: z
      .enum(partnerVerdicts)
      .describe('The worst of all clients: `notice owed` is worse than `undetermined`, that is worse than `lawful`, and that than `ok`.'),
    effectiveOn: z.string(),
    earliestLawfulOn: z.string().nullable().describe('Of all clients that the key may see; null: nothing is owed to them.'),
    inForce: z.object({ label: z.string().nullable(), hash: z.string(), publishedAt: z.string().nullable() }),
    window: z.object({ from: z.string(), until: z.string() }),
    clients: z
      .array(z.record(z.string(), z.unknown()))
      .describe(`Instances that the key may see, with reasons and owed notices; where there are more than ${maxListed}, the worst.`),
    notListed: z
      .record(z.string(), z.int())
      .nullable()
      .describe('How many more the key may see, by verdict: all are judged. null: there are no more.'),
    withheld: z
      .record(z.string(), z.int())
      .nullable()
      .describe('How many clients the owner of the platform may not see, by verdict; null for everybody else, who is not told of them.'),
    unused: z.array(z.record(z.string(), z.unknown())).describe('What the change touches and none of the named clients was seen to use.'),
    replay: z
      .record(z.string(), z.unknown())
      .describe('What recorded exchanges of the named clients prove: how many requests would be refused.'),
    suspicion: z.string().nullable(),
    report: z.string().optional().describe('Where `format` asks for it.'),
  })
  .openapi('PartnerCheck')

/**
 * Whom a proposed version would break. Nothing is kept of the question.
 *
 * The owner of the platform is told how many clients it may not see, since it serves their calls anyway. Anybody else could learn with made-up
 * proposals what other parties use, so of what they may not see nothing is even read.
 */
export function partnerRoutes(api: Api, parts: ContractRouteParts): void {
  api.openapi(
    createRoute({
      method: 'post',
      path: '/platforms/{platform}/contract-check',
      operationId: 'checkContract',
      summary: 'Whom a proposed version would break, and which notice is owed',
      description:
        'For the CI of a provider, with a key of scope `check`. The document is judged and not kept. What the key may not see is counted for the owner of the platform, never named. Zero traffic is undetermined.',
      tags: ['Contracts'],
      security,
      request: {
        params: z.object({ platform: z.string() }),
        query: z.object({
          days: z.coerce.number().int().min(1).max(400).default(90).describe('Window of usage.'),
          format: z.enum(reportFormats).optional().describe('Adds the judgement as `report`, written in this format.'),
          file: z
            .string()
            .min(1)
            .max(300)
            .default('openapi.yaml')
            .describe('What the report calls the document; its files are named as seen from it.'),
        }),
        body: { required: true, content: { 'application/json': { schema: question } } },
      },
      responses: { 200: jsonAnswer(answer, 'The judgement.'), ...problemAnswers },
    }),
    async (c) => {
      const caller = mustBeCompany(c, 'check')
      const { platform } = c.req.valid('param')
      const { owner } = visiblePlatform(c, parts.workspace(), platform).spec
      const { effectiveOn, ...sent } = c.req.valid('json')
      const { days, format, file } = c.req.valid('query')
      const asked = { platform, owner, proposed: uploadedSource(sent, file), effectiveOn, days }
      const mayCount = caller.organization === null || caller.organization === owner
      const check = asJson(await checkAgainstPartners(parts, asked, c.get('visible'), mayCount)) as PartnerCheck
      return c.json(asJson(format ? { ...check, report: writeReport(partnersReport(check, file), format) } : check), 200)
    },
  )
}

interface Asked {
  platform: string
  owner: string
  proposed: ContractSource
  effectiveOn: string | undefined
  days: number
}

async function checkAgainstPartners(parts: ContractRouteParts, asked: Asked, visible: Visibility, mayCount: boolean) {
  const { platform, owner, proposed, days } = asked
  const { executor } = parts.database
  const now = parts.now?.() ?? new Date()
  const current = await parts.registry.current(platform)
  if (!current) throw errors.nothing_published({ platform })
  const after = await readContractAside(proposed)
  const change = { before: current.contract, after, findings: await compareAside(current.contract, after, { today: now }) }
  const withTerms = (client: Omit<Client, 'terms'>) => ({
    ...client,
    ...partiesOf(parts.workspace(), client.integration, owner, dayOf(now)),
  })
  const window = { from: dayOf(new Date(now.getTime() - days * dayMs)), until: dayOf(now) }
  const effectiveOn = asked.effectiveOn ?? dayOf(now)
  const notices = await listNotices(executor, [platform])
  const judge = createPartnersJudge({ change, notices, effectiveOn, today: dayOf(now) }, mayCount)
  const known = async (clients: readonly Omit<Client, 'terms'>[], which: 'named' | 'counted'): Promise<PartnersPage> => {
    const instanceIds = clients.map(({ instanceId }) => instanceId)
    return {
      clients: clients.map(withTerms),
      used: await usageOf(executor, platform, window, { instanceIds, now }),
      spans: which === 'named' ? await listUseSpans(executor, platform, instanceIds) : [],
      recordings: await listRecordings(executor, platform, { instanceIds, since: new Date(`${window.from}T00:00:00Z`) }),
    }
  }
  for await (const page of parts.clients(platform, visible)) await judge.name(await known(page, 'named'))
  for await (const page of mayCount ? parts.clients(platform, everything) : []) {
    const hidden = page.filter(({ integration }) => visible.integrations !== null && !visible.integrations.includes(integration))
    if (hidden.length > 0) judge.count(await known(hidden, 'counted'))
  }
  const { label, hash, publishedAt } = current.version
  return { platform, effectiveOn, window, inForce: { label, hash, publishedAt }, ...judge.judgement() }
}

/** What the agreement in force says, and the sides other than the provider, whose consent counts. */
function partiesOf(workspace: Workspace, integration: string, owner: string, today: string) {
  const sides = workspace.integrations.get(integration)?.spec.sides.map(({ organization }) => organization) ?? []
  const agreement = workspace.agreementsOf(integration).find((one) => isInForce(one, today))
  const terms = termsOf(workspace, integration, today)
  return { terms, agreement: agreement?.metadata.name ?? null, partners: sides.filter((organization) => organization !== owner) }
}
