import { readFile, writeFile } from 'node:fs/promises'
import { relative, resolve } from 'node:path'
import { type Command, Option } from 'commander'
import {
  type Change,
  compareContracts,
  type Finding,
  type Impact,
  judgeImpact,
  type Level,
  placeOf,
  positionOf,
  type ReportFormat,
  readConsumerContract,
  readContract,
  reportFormats,
  sourceLines,
  writeReport,
} from '../contracts/index.ts'
import { registerContractRegistry } from './contract-registry.ts'
import type { Io } from './io.ts'

/** `bridgekeeper contracts`: what changed between two versions of an API description, and whom it breaks. */
export function registerContracts(program: Command, io: Io): void {
  const contracts = program.command('contracts').summary('compare API descriptions and tell whom a change breaks')
  registerDiff(contracts, io)
  registerCheck(contracts, io)
  registerContractRegistry(contracts, io)
}

interface DiffOptions {
  format: ReportFormat
  level: 'breaking' | 'warning' | 'all'
  output?: string
  noticeDays?: string
}

const ranks: Record<Level, number> = { INFO: 0, WARN: 1, ERR: 2 }
const least = { breaking: 2, warning: 1, all: 0 } as const

function registerDiff(contracts: Command, io: Io): void {
  contracts
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
    .addOption(new Option('--format <format>', 'how to write the result').choices([...reportFormats]).default('text'))
    .addOption(new Option('--level <level>', 'least level to list').choices(['breaking', 'warning', 'all']).default('warning'))
    .option('--output <file>', 'write to a file instead of standard output')
    .option('--notice-days <days>', 'days that a deprecation has to come before its sunset')
    .action(async (before: string, after: string, options: DiffOptions) => {
      const { findings } = await compare(io, before, after, options.noticeDays)
      const shown = findings.filter((finding) => ranks[finding.level] >= least[options.level])
      const format = io.json ? 'json' : options.format
      await deliver(io, options.output, writeReport({ before, after, findings: shown, lines: relativeLines(io, shown) }, format))
      if (findings.some((finding) => finding.level === 'ERR')) io.exitCode = 1
    })
}

async function compare(io: Io, before: string, after: string, noticeDays?: string): Promise<Change> {
  const [old, now] = [await readContract({ path: resolve(io.cwd, before) }), await readContract({ path: resolve(io.cwd, after) })]
  const days = Number(noticeDays ?? 0)
  return { before: old, after: now, findings: compareContracts(old, now, { minNoticeDays: { stable: days, beta: days } }) }
}

/** Annotations and code scanning want paths as the repository names them. */
function relativeLines(io: Io, findings: readonly Finding[]) {
  return new Map(
    [...sourceLines(findings)].map(([finding, line]) => [finding, { ...line, file: relative(io.cwd, line.file).replaceAll('\\', '/') }]),
  )
}

async function deliver(io: Io, file: string | undefined, text: string): Promise<void> {
  if (file === undefined) return io.print(text)
  await writeFile(resolve(io.cwd, file), `${text}\n`)
  io.note(`Written to ${file}.`)
}

function registerCheck(contracts: Command, io: Io): void {
  contracts
    .command('check')
    .summary('tell which clients a proposed version breaks')
    .description(
      `Judges a proposed version by what clients really use, as their consumer contracts say. A change that touches nobody is not raised.
Exit code 1 when a client breaks, 2 when something can't be read.

Examples:
  bridgekeeper contracts check proposed.yaml --published openapi.yaml --usage consumers/*.json`,
    )
    .argument('<proposed>', 'file of the proposed version')
    .requiredOption('--published <file>', 'file of the version that is in force')
    .requiredOption('--usage <files...>', 'consumer contracts, one per client')
    .action(async (proposed: string, options: { published: string; usage: string[] }) => {
      const change = await compare(io, options.published, proposed)
      const clients = await Promise.all(
        options.usage.map(async (file) => readConsumerContract(file, await readFile(resolve(io.cwd, file), 'utf8'))),
      )
      const results = clients.map(({ client, usage, profile }) => ({ client, ...judgeImpact(change, usage, profile) }))
      if (io.json) io.printJson(results)
      else for (const result of results) printImpact(io, result)
      if (results.some((result) => result.outcome === 'break')) io.exitCode = 1
    })
}

const words: Record<Impact['outcome'], string> = {
  break: 'breaks',
  warn: 'a person should look',
  notice: 'nothing breaks yet, an end is announced',
  hold: 'held until confirmed',
  none: 'not touched',
}

function printImpact(io: Io, { client, outcome, reasons }: Impact & { client: string }): void {
  io.print(`${io.bold(client)}: ${words[outcome]}`)
  for (const { finding, why, announced } of reasons.slice(0, 20)) {
    const place = finding ? `${placeOf(finding)}${positionOf(finding) === '' ? '' : `, ${positionOf(finding)}`}: ` : ''
    io.print(
      `  ${place}${why}${finding ? ` [${finding.rule}]` : ''}${announced ? `\n    Announced (${announced.confidence}): ${announced.words}` : ''}`,
    )
  }
  if (reasons.length > 20) io.print(`  and ${reasons.length - 20} more; --json lists all`)
}
