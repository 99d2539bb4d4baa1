import { readFile } from 'node:fs/promises'
import { relative, resolve } from 'node:path'
import { type Command, Option } from 'commander'
import {
  type Change,
  clientsReport,
  compareContracts,
  comparisonReport,
  judgeImpact,
  type Level,
  readConsumerContract,
  readContract,
  type SourceLine,
  sourceLines,
  tellReason,
} from '../contracts/index.ts'
import { registerContractRegistry } from './contract-registry.ts'
import { deliverReport, type ReportOptions, reportOptions } from './deliver-report.ts'
import type { Io } from './io.ts'

/** `bridgekeeper contracts`: what changed between two versions of an API description, and whom it breaks. */
export function registerContracts(program: Command, io: Io): void {
  const contracts = program.command('contracts').summary('compare API descriptions and tell whom a change breaks')
  registerDiff(contracts, io)
  registerCheck(contracts, io)
  registerContractRegistry(contracts, io)
}

interface DiffOptions extends ReportOptions {
  level: 'breaking' | 'warning' | 'all'
  noticeDays?: string
}

const ranks: Record<Level, number> = { INFO: 0, WARN: 1, ERR: 2 }
const least = { breaking: 2, warning: 1, all: 0 } as const

function registerDiff(contracts: Command, io: Io): void {
  const diff = contracts
    .command('diff')
    .summary('list what changed between two versions')
    .description(
      `Compares two versions of an API description: OpenAPI 3.0, 3.1 or Swagger 2, JSON or YAML, in one file or several. Every rule is
explained in docs/contract-rules.md. Exit code 1 when something breaks a correct client, 2 when a version can't be read.

Examples:
  bridgekeeper contracts diff old.yaml new.yaml
  bridgekeeper contracts diff old.yaml new.yaml --level all --format markdown
  bridgekeeper contracts diff old.yaml new.yaml --format sarif --output contract.sarif`,
    )
    .argument('<before>', 'file of the older version')
    .argument('<after>', 'file of the newer version')
    .addOption(new Option('--level <level>', 'least level to list').choices(['breaking', 'warning', 'all']).default('warning'))
    .option('--notice-days <days>', 'days that a deprecation has to come before its sunset')
  reportOptions(diff).action(async (before: string, after: string, options: DiffOptions) => {
    const { findings } = await compare(io, before, after, options.noticeDays)
    const shown = findings.filter((finding) => ranks[finding.level] >= least[options.level])
    const lines = relativeLines(io, sourceLines(shown))
    await deliverReport(io, options, comparisonReport({ before, after, findings: shown, lines }))
    if (findings.some((finding) => finding.level === 'ERR')) io.exitCode = 1
  })
}

async function compare(io: Io, before: string, after: string, noticeDays?: string): Promise<Change> {
  const [old, now] = [await readContract({ path: resolve(io.cwd, before) }), await readContract({ path: resolve(io.cwd, after) })]
  const days = Number(noticeDays ?? 0)
  return { before: old, after: now, findings: compareContracts(old, now, { minNoticeDays: { stable: days, beta: days } }) }
}

/** Annotations and code scanning want paths as the repository names them; what lies outside of it keeps its whole path. */
function relativeLines<K>(io: Io, lines: ReadonlyMap<K, SourceLine>): Map<K, SourceLine> {
  const named = (file: string) => {
    const way = relative(io.cwd, file).replaceAll('\\', '/')
    return way.startsWith('../') ? file : way
  }
  return new Map([...lines].map(([key, line]) => [key, { ...line, file: named(line.file) }]))
}

interface CheckOptions extends ReportOptions {
  published: string
  usage: string[]
}

function registerCheck(contracts: Command, io: Io): void {
  const check = contracts
    .command('check')
    .summary('tell which clients a proposed version breaks')
    .description(
      `Judges a proposed version by what clients really use, as their consumer contracts say. A change that touches nobody is not raised.
Lines are those of the proposed version. Exit code 1 when a client breaks, 2 when something can't be read.

Examples:
  bridgekeeper contracts check proposed.yaml --published openapi.yaml --usage consumers/*.json
  bridgekeeper contracts check proposed.yaml --published openapi.yaml --usage consumers/*.json --format github`,
    )
    .argument('<proposed>', 'file of the proposed version')
    .requiredOption('--published <file>', 'file of the version that is in force')
    .requiredOption('--usage <files...>', 'consumer contracts, one per client')
  reportOptions(check).action(async (proposed: string, options: CheckOptions) => {
    const change = await compare(io, options.published, proposed)
    const consumers = await Promise.all(
      options.usage.map(async (file) => readConsumerContract(file, await readFile(resolve(io.cwd, file), 'utf8'))),
    )
    const judged = consumers.map(({ client, usage, profile }) => ({ client, impact: judgeImpact(change, usage, profile) }))
    const found = judged.flatMap(({ impact }) => impact.reasons.flatMap(({ finding }) => finding ?? []))
    const lines = relativeLines(io, sourceLines([...new Set(found)], change.after))
    const clients = judged.map(({ client, impact }) => ({
      client,
      outcome: impact.outcome,
      reasons: impact.reasons.map((reason) => tellReason(reason, lines)),
    }))
    await deliverReport(io, options, clientsReport({ before: options.published, after: proposed, clients }))
    if (clients.some(({ outcome }) => outcome === 'break')) io.exitCode = 1
  })
}
