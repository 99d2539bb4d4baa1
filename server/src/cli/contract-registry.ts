import { type Command, Option } from 'commander'
import {
  type ClientOutcome,
  clientsReport,
  consumerContractOf,
  counted,
  detailsOf,
  inFilesOf,
  type ObservedUsage,
  placeOfCount,
  profileOf,
  type ToldReason,
  usageReport,
  useInWords,
} from '../contracts/index.ts'
import { connectApi, queryOf } from './api-client.ts'
import { registerDrift } from './contract-drift.ts'
import { registerAck, registerNotices } from './contract-notices.ts'
import { registerContractSources } from './contract-sources.ts'
import { registerContractVersions } from './contract-versions.ts'
import { deliverReport, type ReportOptions, reportOptions } from './deliver-report.ts'
import type { Io } from './io.ts'
import { readContractFile } from './read-contract-file.ts'

type UsageRow = ObservedUsage & {
  name: string
  customer: string
  integration: string
  /** How both companies judge changes; null: no agreement in force. */
  agreed?: NonNullable<Parameters<typeof profileOf>[0]> | null
}
interface Published {
  outcome: string
  reason?: string
  replay?: { words: string } | null
  notListed: number
  impact: { client: { name: string; customer: string; integration: string }; outcome: ClientOutcome; reasons: ToldReason[] }[]
}
/** The verbs of `bridgekeeper contracts` that ask the running server. @param contracts the command that diff and check belong to */
export function registerContractRegistry(contracts: Command, io: Io): void {
  registerUsage(contracts, io)
  registerContractVersions(contracts, io)
  registerContractSources(contracts, io)
  registerPublish(contracts, io)
  registerImpact(contracts, io)
  registerDrift(contracts, io)
  registerNotices(contracts, io)
  registerAck(contracts, io)
}

/** @param parent `contracts`, or the program itself: `bridgekeeper usage` is the same */
export function registerUsage(parent: Command, io: Io): void {
  const name = parent.name() === 'contracts' ? 'contracts usage' : 'usage'
  const usage = parent
    .command('usage')
    .summary('show what instances really use of a platform')
    .description(`Learned from calls and deliveries. An instance without traffic is unknown, never unused.

Examples:
  bridgekeeper ${name} helpdesk --days 30
  bridgekeeper ${name} helpdesk --format markdown --output usage.md
  bridgekeeper ${name} helpdesk --consumer-contract <customer>/<instance> > consumer.json`)
    .argument('<platform>')
    .option('--days <n>', 'window', '90')
    .option('--consumer-contract <instance>', 'print one instance’s use (customer/name, or its id) as a file for the provider’s CI')
  reportOptions(usage).action(async (platform: string, options: ReportOptions & { days: string; consumerContract?: string }) => {
    const usage = await readUsage(io, platform, options.days)
    if (options.consumerContract !== undefined) return printConsumerContract(io, platform, usage, options.consumerContract)
    const report = usageReport(
      platform,
      usage.map((row) => ({ ...row, client: clientOf(row) })),
      usage,
    )
    if (io.json || options.format !== 'text' || options.output !== undefined) return deliverReport(io, options, report)
    for (const row of usage) printUsage(io, row)
    if (usage.length === 0) io.note(report.headline)
  })
}

const clientOf = ({ integration, customer, name }: UsageRow): string => `${integration} ${customer}/${name}`

function printConsumerContract(io: Io, platform: string, usage: readonly UsageRow[], instance: string): void {
  const found = usage.filter((row) => row.instanceId === instance || row.name === instance || `${row.customer}/${row.name}` === instance)
  const [one] = found
  if (one && found.length === 1) {
    const { outcomes = {} } = profileOf(one.agreed ?? undefined)
    io.print(consumerContractOf(clientOf(one), one, Object.keys(outcomes).length > 0 ? { outcomes } : {}).trimEnd())
    return
  }
  const known = usage.map((row) => `${row.customer}/${row.name}`).join(', ')
  io.complain(
    found.length === 0
      ? `No instance ${instance} uses ${platform}. Known are: ${known || 'none'}.`
      : `${found.length} instances are called ${instance}. Name one as customer/name: ${known}.`,
  )
  io.exitCode = 2
}

async function readUsage(io: Io, platform: string, days: string): Promise<UsageRow[]> {
  const api = await connectApi(io)
  const usage: UsageRow[] = []
  for (let after: string | undefined; ; ) {
    const path = `/platforms/${encodeURIComponent(platform)}/usage${queryOf({ days, after })}`
    const page = await api.get<{ usage: UsageRow[]; next: string | null }>(path)
    usage.push(...page.usage)
    if (page.next === null) return usage
    after = page.next
  }
}

function printUsage(io: Io, row: UsageRow): void {
  io.print(`${io.bold(clientOf(row))}: ${row.state}, ${counted(row.calls, 'call')}, ${counted(row.deliveries, 'delivery')}`)
  for (const item of row.counts) {
    io.print(`  ${placeOfCount(item)}: ${useInWords(item)}`)
    for (const detail of detailsOf(item)) io.print(`    ${detail}`)
  }
}

const post = async (io: Io, platform: string, file: string, state: string, days: string): Promise<Published> => {
  const sent = await readContractFile(io, file)
  const api = await connectApi(io)
  return api.post(`/platforms/${encodeURIComponent(platform)}/contract-versions${queryOf({ days })}`, { ...sent, state, origin: file })
}

function registerPublish(contracts: Command, io: Io): void {
  const publish = contracts
    .command('publish')
    .summary('put a version of a platform’s contract in force, or propose one')
    .description(
      `Only the organization that owns the platform publishes. Exit code 1 when an instance breaks or the document was not taken, 2 when nothing
was sent.

Examples:
  bridgekeeper contracts publish helpdesk openapi.yaml
  bridgekeeper contracts publish helpdesk openapi.yaml --state proposed --format markdown --output impact.md`,
    )
    .argument('<platform>')
    .argument('<file>', 'OpenAPI or Swagger document; files that it refers to in its folder are sent along')
    .addOption(new Option('--state <state>', 'proposed is never in force').choices(['published', 'proposed']).default('published'))
    .option('--days <n>', 'window of usage', '90')
  reportOptions(publish).action(async (platform: string, file: string, options: ReportOptions & { state: string; days: string }) =>
    report(io, platform, file, options, await post(io, platform, file, options.state, options.days)),
  )
}

function registerImpact(contracts: Command, io: Io): void {
  const impact = contracts
    .command('impact')
    .summary('tell which running instances a proposed version breaks')
    .description(
      `The version is kept as a proposal and is never in force. Exit code 1 when an instance breaks, 2 when the document can't be read.

Examples:
  bridgekeeper contracts impact helpdesk openapi.yaml
  bridgekeeper contracts impact helpdesk openapi.yaml --days 365 --format junit --output impact.xml`,
    )
    .argument('<platform>')
    .argument('<file>', 'OpenAPI or Swagger document; files that it refers to in its folder are sent along')
    .option('--days <n>', 'window of usage', '90')
  reportOptions(impact).action(async (platform: string, file: string, options: ReportOptions & { days: string }) =>
    report(io, platform, file, options, await post(io, platform, file, 'proposed', options.days)),
  )
}

async function report(io: Io, platform: string, file: string, options: ReportOptions, answer: Published): Promise<void> {
  const clients = answer.impact.map(({ client, outcome, reasons }) => ({
    client: `${client.integration} ${client.customer}/${client.name}`,
    outcome,
    reasons: inFilesOf(reasons, file),
  }))
  const told = clientsReport({ before: `${platform}, in force`, after: file, clients })
  const stays =
    answer.outcome === 'unreadable' ? `. The version in force stays; what to do: bridgekeeper contracts incidents ${platform}` : ''
  const became = `${answer.outcome}${answer.reason ? `: ${answer.reason.replace(/\.$/, '')}` : ''}${stays}`
  const more = answer.notListed > 0 ? [`${answer.notListed} more were judged; these are the worst.`] : []
  const headline = clients.length === 0 ? `${became}.` : [`${became}.`, told.headline, ...more, answer.replay?.words ?? []].flat().join(' ')
  await deliverReport(io, options, { ...told, headline, facts: answer })
  if (answer.outcome === 'unreadable' || answer.impact.some(({ outcome }) => outcome === 'break')) io.exitCode = 1
}
