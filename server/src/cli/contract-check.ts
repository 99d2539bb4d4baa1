import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { type Command, Option } from 'commander'
import {
  type ClientVerdict,
  type ConsumerContract,
  clientsReport,
  judgeImpact,
  type PartnerCheck,
  type PartnerVerdict,
  partnersReport,
  readConsumerContract,
  sourceLines,
  tellReason,
} from '../contracts/index.ts'
import { connectApi, queryOf } from './api-client.ts'
import { compare, relativeLines } from './compare-files.ts'
import { deliverReport, type ReportOptions, reportOptions } from './deliver-report.ts'
import { errors } from './errors.ts'
import type { ExitCode, Io } from './io.ts'
import { readContractFile } from './read-contract-file.ts'

interface CheckOptions extends ReportOptions {
  published?: string
  usage?: string[]
  againstPartners?: string
  effectiveOn?: string
  days: string
  allow: string[]
}

const allowable = ['lawful', 'undetermined'] as const

/** `bridgekeeper contracts check`: by files alone, or by what a running server knows of all partners. */
export function registerCheck(contracts: Command, io: Io): void {
  const check = contracts
    .command('check')
    .summary('tell which clients a proposed version breaks')
    .description(
      `Judges a proposed version by what clients really use: as their consumer contracts say (--published and --usage), or as a running server
has seen (--against-partners). A change that touches nobody is not raised. Lines are those of the proposed version.

With consumer contracts, exit code 1 means that a client breaks, and 5 that of one too little was seen to say. Against partners:
  0  nobody breaks
  1  somebody would break and is owed notice
  4  somebody breaks, and the agreed notice was given
  5  undetermined: too little was seen, or a person must look
  2  not done: the document can't be read, or the server refused; 3  the server can't be reached
The server is that of BRIDGEKEEPER_URL and BRIDGEKEEPER_KEY; a key of scope check is enough, and opens nothing else.

Examples:
  bridgekeeper contracts check proposed.yaml --published openapi.yaml --usage consumers/*.json --format github
  bridgekeeper contracts check openapi.yaml --against-partners helpdesk
  bridgekeeper contracts check openapi.yaml --against-partners helpdesk --effective-on 2027-03-01 --allow lawful`,
    )
    .argument('<proposed>', 'file of the proposed version')
    .option('--published <file>', 'file of the version that is in force')
    .option('--usage <files...>', 'consumer contracts, one per client')
    .option('--against-partners <platform>', 'ask the server about everybody who is connected to this platform')
    .option('--effective-on <day>', 'day on which the version takes effect, YYYY-MM-DD; without it today')
    .option('--days <n>', 'window of usage that the server looks at', '90')
    .addOption(new Option('--allow <verdicts...>', 'end with 0 in these cases, too').choices([...allowable]).default([]))
  reportOptions(check).action(async (proposed: string, options: CheckOptions) => {
    const { againstPartners, published, usage } = options
    if (againstPartners !== undefined) return checkAgainstPartners(io, proposed, againstPartners, options)
    if (published === undefined || usage === undefined) throw errors.check_against_what({})
    return checkAgainstFiles(io, proposed, published, usage, options)
  })
}

async function checkAgainstFiles(
  io: Io,
  proposed: string,
  published: string,
  usage: readonly string[],
  options: CheckOptions,
): Promise<void> {
  const change = await compare(io, published, proposed)
  const consumers = await Promise.all(usage.map(async (file) => readConsumerContract(file, await readFile(resolve(io.cwd, file), 'utf8'))))
  const judged = consumers.map((consumer) => ({ ...consumer, impact: judgeImpact(change, consumer.usage, consumer.profile) }))
  const found = judged.flatMap(({ impact }) => impact.reasons.flatMap(({ finding }) => finding ?? []))
  const lines = relativeLines(io, sourceLines([...new Set(found)], change.after))
  const mayBreak = change.findings.some(({ level }) => level !== 'INFO')
  const clients = judged.map(({ client, impact, observed }): ClientVerdict => {
    const why = impact.outcome === 'none' && mayBreak ? tooLittle(observed) : undefined
    const reasons = impact.reasons.map((reason) => tellReason(reason, lines))
    return why === undefined
      ? { client, outcome: impact.outcome, reasons }
      : { client, outcome: 'unknown', reasons: [tellReason({ outcome: 'unknown', why }, lines)] }
  })
  await deliverReport(io, options, clientsReport({ before: published, after: proposed, clients }))
  if (clients.some(({ outcome }) => outcome === 'break')) io.exitCode = 1
  else if (clients.some(({ outcome }) => outcome === 'unknown') && !options.allow.includes('undetermined')) io.exitCode = 5
}

/** Why that nothing was found says nothing; undefined where enough was seen, or people wrote down what they use. */
function tooLittle(observed: ConsumerContract['observed']): string | undefined {
  if (!observed || observed.state === 'observed') return undefined
  const { state, from, until, calls, deliveries } = observed
  const seen = state === 'unknown' ? 'No traffic was seen' : `${calls + deliveries} calls and deliveries were seen`
  return `${seen} from ${from} to ${until}: too little to say that this change breaks nothing.`
}

const exitCodes: Record<PartnerVerdict, ExitCode> = { ok: 0, 'notice owed': 1, lawful: 4, undetermined: 5 }

async function checkAgainstPartners(io: Io, proposed: string, platform: string, options: CheckOptions): Promise<void> {
  const { document, files, file } = await readContractFile(io, proposed)
  const api = await connectApi(io)
  const path = `/platforms/${encodeURIComponent(platform)}/contract-check${queryOf({ days: options.days, file })}`
  const check = await api.post<PartnerCheck>(path, {
    document,
    files,
    ...(options.effectiveOn ? { effectiveOn: options.effectiveOn } : {}),
  })
  await deliverReport(io, options, partnersReport(check, proposed))
  if (!(options.allow as string[]).includes(check.verdict)) io.exitCode = exitCodes[check.verdict]
}
