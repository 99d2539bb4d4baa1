import type { Command } from 'commander'
import { wrapText } from '../terminal/index.ts'
import { connectApi, queryOf } from './api-client.ts'
import type { Io } from './io.ts'

interface Answer {
  integration: string
  to: string
  counts: Record<'standard' | 'configured' | 'mapped' | 'coded', number>
  index: number
  blocked: number
  instances: {
    customer: string
    name: string
    version: string
    level: string
    configured: string[]
    mapped: string[]
    behind?: string
    upgrade: { to: string; blockers: string[]; changes: string[] }
  }[]
}

/** `bridgekeeper instances customisation`: how installations differ, and what an upgrade would do to each. */
export function registerCustomisation(instances: Command, io: Io): void {
  instances
    .command('customisation')
    .summary('how installations differ, and what an upgrade would change')
    .description(
      `For each customer's installation: which settings differ from the usual, which mappings are its own, whether its version was made for
it (a suffix such as 1.4.0-acme), how far it is behind; and what the latest version, or another one, would do to it. Exit code 1: some
can't be upgraded as they are.

Examples:
  bridgekeeper instances customisation shop-billing
  bridgekeeper instances customisation shop-billing --to 2.0.0 --json`,
    )
    .argument('<integration>')
    .option('--to <version>', 'a loaded version; left out: the latest')
    .action(async (integration: string, { to }: { to?: string }) => {
      const api = await connectApi(io)
      const answer = await api.get<Answer>(`/integrations/${encodeURIComponent(integration)}/customisation${queryOf({ to })}`)
      if (answer.blocked > 0) io.exitCode = 1
      if (io.json) return io.printJson(answer)
      print(io, answer)
    })
}

function print(io: Io, { integration, to, counts, index, blocked, instances }: Answer): void {
  io.printTable(
    instances,
    [
      { title: 'INSTANCE', value: (one) => `${one.customer}/${one.name}` },
      { title: 'VERSION', value: (one) => (one.behind ? `${one.version} (latest ${one.behind})` : one.version) },
      { title: 'LEVEL', value: (one) => one.level },
      { title: 'SETTINGS', value: (one) => one.configured.join(', ') || 'usual' },
      { title: 'MAPPINGS', value: (one) => one.mapped.join(', ') || 'default' },
    ],
    'No installations yet.',
  )
  if (instances.length === 0) return
  const levels = Object.entries(counts).map(([level, count]) => `${count} ${level}`)
  io.print(`\nCustomisation index ${index} of 100: ${levels.join(', ')}.`)
  const touched = instances.filter(({ upgrade }) => upgrade.blockers.length + upgrade.changes.length > 0)
  io.print(
    wrapText(
      `\n${integration} ${to} would change nothing for ${instances.length - touched.length} of ${instances.length}; ${blocked} can’t be upgraded as they are.`,
      io.columns,
    ),
  )
  for (const { customer, name, upgrade } of touched) {
    io.print(io.bold(`${customer}/${name}`))
    for (const blocker of upgrade.blockers) io.print(wrapText(`  - ${io.red('blocked')} ${blocker}`, io.columns))
    for (const change of upgrade.changes) io.print(wrapText(`  - ${change}`, io.columns))
  }
}
