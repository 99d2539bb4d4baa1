import type { Command } from 'commander'
import { counted, type DriftReport, type FindingReport } from '../contracts/index.ts'
import { connectApi, queryOf } from './api-client.ts'
import type { Io } from './io.ts'

/** Characters of an example that a terminal shows. */
const maxExample = 400

/** `bridgekeeper contracts drift`: what a platform really sends against what its contract says. */
export function registerDrift(contracts: Command, io: Io): void {
  contracts
    .command('drift')
    .summary('show where live answers and webhooks differ from the contract')
    .description(
      `Answers and webhooks of running instances are sampled and held against the contract in force. Too few samples are insufficient data, never
agreement; a finding is closed when it is no longer seen, or when a new version of the contract agrees. Values are never kept: examples show
shapes. Exit code 1 when something violates the contract.

Examples:
  bridgekeeper contracts drift helpdesk
  bridgekeeper contracts drift helpdesk --all --json`,
    )
    .argument('<platform>')
    .option('--all', 'closed findings, too')
    .action(async (platform: string, options: { all?: boolean }) => {
      const api = await connectApi(io)
      const report = await api.get<DriftReport>(
        `/platforms/${encodeURIComponent(platform)}/drift${queryOf({ state: options.all ? 'all' : 'open' })}`,
      )
      if (io.json) io.printJson(report)
      else print(io, platform, report)
      if (report.state === 'drifting') io.exitCode = 1
    })
}

const words: Record<DriftReport['state'], string> = {
  drifting: 'differs from its contract',
  agrees: 'agrees with its contract',
  'insufficient-data': 'too little was checked to say that it agrees with its contract',
  'not-described': 'its contract does not describe what is called',
  unknown: 'nothing was checked yet, so it is unknown',
}

function print(io: Io, platform: string, { state, leastChecked, received, checked, places, findings }: DriftReport): void {
  io.print(`${io.bold(platform)}: ${state}: ${words[state]}. ${checked} of ${received} messages were checked.`)
  for (const finding of findings) printFinding(io, finding)
  const weak = places.filter((place) => place.state !== 'agrees' && place.state !== 'drifting')
  for (const place of weak)
    io.print(
      `${nameOf(place)}: ${place.state}, ${place.checked} of ${place.received} checked${place.state === 'insufficient-data' ? `, ${leastChecked} are needed` : ''}`,
    )
}

function nameOf({ surface, method, path, status }: { surface: string; method: string; path: string; status: string }): string {
  return surface === 'webhook' ? `webhook ${path}` : `${method} ${path} ${status}`
}

function printFinding(io: Io, finding: FindingReport): void {
  const { kind, field, seen, firstAt, lastAt, instances, state, closedReason } = finding
  const customers = new Set(instances.map(({ customer }) => customer)).size
  const of = instances.length > 0 ? ` at ${counted(instances.length, 'instance')} of ${counted(customers, 'customer')}` : ''
  const day = (at: unknown) => String(at).slice(0, 10)
  io.print(`${io.bold(nameOf(finding))}${field === '' ? '' : `, ${field}`}: ${differenceOf(finding)} [${kind}]`)
  io.print(
    `  seen ${seen === 1 ? 'once' : `${seen} times`}${of}, ${day(firstAt)} to ${day(lastAt)}${state === 'closed' ? `; closed: ${closedReason?.replaceAll('-', ' ')}` : ''}`,
  )
  const example = JSON.stringify(finding.example)
  io.print(`  example ${example.length > maxExample ? `${example.slice(0, maxExample - 1)}… (whole with --json)` : example}`)
}

function differenceOf({ kind, keyword, detail, expected, mediaType }: FindingReport): string {
  const demand = JSON.stringify(expected)
  if (kind === 'undeclared-status') return `a status that the contract does not have, only ${list(expected)}`
  if (kind === 'undeclared-media-type') return `${mediaType || 'no media type'} instead of ${list(expected) || 'nothing'}`
  if (kind === 'undeclared-property') return 'the contract does not tell of this property'
  if (keyword === 'type') return `${detail} instead of ${list(expected)}`
  if (keyword === 'required' || keyword === 'dependentRequired') return 'is missing, and the contract requires it'
  if (keyword === 'additionalProperties' || keyword === 'unevaluatedProperties') return 'the contract forbids this property'
  if (keyword === 'body') return `empty, where the contract promises ${list(expected)}`
  if (keyword === 'writeOnly') return 'is sent back, though the contract calls it write-only'
  if (keyword === 'enum') return `a value that is none of ${list(expected)}`
  if (keyword === 'oneOf' || keyword === 'anyOf') return `fits no branch of ${keyword}; nearest: ${demand}`
  return `violates ${keyword}${expected === null ? '' : ` ${demand}`}`
}

function list(values: unknown): string {
  return Array.isArray(values) ? values.map(String).join(', ') : String(values)
}
