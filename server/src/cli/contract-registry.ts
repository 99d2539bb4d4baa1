import { type Command, Option } from 'commander'
import {
  type ClientOutcome,
  clientsReport,
  consumerContractOf,
  inFilesOf,
  type ObservedUsage,
  type ToldReason,
} from '../contracts/index.ts'
import { connectApi, queryOf } from './api-client.ts'
import { registerDrift } from './contract-drift.ts'
import { registerAck, registerNotices } from './contract-notices.ts'
import { registerContractSources } from './contract-sources.ts'
import { registerContractVersions } from './contract-versions.ts'
import { deliverReport, type ReportOptions, reportOptions } from './deliver-report.ts'
import type { Io } from './io.ts'
import { readContractFile } from './read-contract-file.ts'

type UsageRow = ObservedUsage & { name: string; customer: string; integration: string }
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

function registerUsage(contracts: Command, io: Io): void {
  contracts
    .command('usage')
    .summary('show what instances really use of a platform')
    .description(`Learned from calls and deliveries. An instance without traffic is unknown, never unused.

Examples:
  bridgekeeper contracts usage helpdesk --days 30
  bridgekeeper contracts usage helpdesk --consumer-contract <instance id> > consumer.json`)
    .argument('<platform>')
    .option('--days <n>', 'window', '90')
    .option('--consumer-contract <instance>', 'print one instance’s use as a file for the provider’s CI')
    .action(async (platform: string, options: { days: string; consumerContract?: string }) => {
      const usage = await readUsage(io, platform, options.days)
      const one = usage.find((row) => row.instanceId === options.consumerContract || row.name === options.consumerContract)
      if (options.consumerContract && one)
        return io.print(consumerContractOf(`${one.integration} ${one.customer}/${one.name}`, one.usage).trimEnd())
      if (options.consumerContract) {
        io.note(`No instance ${options.consumerContract} uses ${platform}.`)
        io.exitCode = 1
        return
      }
      if (io.json) return io.printJson(usage)
      for (const row of usage) printUsage(io, row)
      if (usage.length === 0) io.note(`No instance has a connection to ${platform}.`)
    })
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
  io.print(`${io.bold(`${row.integration} ${row.customer}/${row.name}`)}: ${row.state}, ${row.calls} calls, ${row.deliveries} deliveries`)
  for (const item of row.counts) {
    io.print(
      `  ${item.surface === 'webhook' ? 'webhook' : item.method} ${item.path}: ${item.calls}, last ${String(item.lastAt).slice(0, 10)}`,
    )
    if (item.sent.length > 0)
      io.print(`    sends ${item.sent.map(({ field, value, seen }) => `${field}${value === '' ? '' : `=${value}`} (${seen})`).join(', ')}`)
    io.print(`    reads ${item.reads === undefined ? 'unknown' : item.reads.join(', ') || 'nothing'}`)
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
    .description('Exit code 1 when an instance breaks or the document was not taken.')
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
  const became = `${answer.outcome}${answer.reason ? `: ${answer.reason}` : ''}`
  const more = answer.notListed > 0 ? [`${answer.notListed} more were judged; these are the worst.`] : []
  const headline = clients.length === 0 ? `${became}.` : [`${became}.`, told.headline, ...more, answer.replay?.words ?? []].flat().join(' ')
  await deliverReport(io, options, { ...told, headline, facts: answer })
  if (answer.outcome === 'unreadable' || answer.impact.some(({ outcome }) => outcome === 'break')) io.exitCode = 1
}
