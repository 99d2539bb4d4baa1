import { type Command, Option } from 'commander'
import { comparisonReport, type Level, sourceLines } from '../contracts/index.ts'
import { compare, relativeLines } from './compare-files.ts'
import { registerCheck } from './contract-check.ts'
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
