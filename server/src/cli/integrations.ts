import { writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Command } from 'commander'
import { type IntegrationPage, integrationPage, missingPlaces, pageHtml, pageMarkdown, pageText, readSource } from '../enablement/index.ts'
import { findIntegration } from '../readiness/index.ts'
import type { Io } from './io.ts'
import { readJudgedFiles, withJudgement } from './readiness.ts'

const writers: Readonly<Record<string, (page: IntegrationPage) => string>> = {
  text: pageText,
  markdown: pageMarkdown,
  html: pageHtml,
  json: (page) => JSON.stringify({ ...page, missing: missingPlaces(page) }, null, 2),
}

/** `bridgekeeper integrations`: what there is, and one page that tells all about one of them. */
export function registerIntegrations(program: Command, io: Io): void {
  const integrations = program.command('integrations').summary('what there is, and one page that tells all about one of them')
  withJudgement(integrations.command('list'))
    .summary('all integrations with stage and sides')
    .description('Lists the integrations of a workspace.')
    .action(async (_, command: Command) => list(io, command))
  withJudgement(integrations.command('show'))
    .summary('one page that tells all about an integration')
    .description(
      `Stage, owners, duties, support, documentation, roadmap, marketing, price, agreement, contracts, health and what is open, with the
sides beside each other. What a side owes and does not have is told as missing on that side; what nobody has looked at as unknown.

Examples:
  bridgekeeper integrations show acme-bolt
  bridgekeeper integrations show acme-bolt --format html --out acme-bolt.html`,
    )
    .argument('<integration>')
    .option('--format <format>', 'text, json, markdown or html', 'text')
    .option('--out <file>', 'write there instead of printing')
    .action((name: string, options: { format: string; out?: string }, command: Command) => show(io, command, name, options))
}

async function show(io: Io, command: Command, name: string, { format, out }: { format: string; out?: string }): Promise<void> {
  const write = io.json ? writers.json : writers[format]
  if (!write) command.error(`error: --format is ${Object.keys(writers).join(', ')}; found ${format}`, { exitCode: 2 })
  const { workspace, facts, today } = await readJudgedFiles(io, command)
  const source = readSource(workspace, findIntegration(workspace, name), facts.of(name), today)
  const text = write!(integrationPage(source, facts.of(name))).trimEnd()
  if (out === undefined) return io.print(text)
  const file = resolve(io.cwd, out)
  await writeFile(file, `${text}\n`)
  io.note(`Wrote ${file}`)
}

async function list(io: Io, command: Command): Promise<void> {
  const { workspace, facts, today } = await readJudgedFiles(io, command)
  const rows = [...workspace.integrations.values()].map((integration) => {
    const { report, spec } = readSource(workspace, integration, facts.of(integration.metadata.name), today)
    const { integration: name, title, stage, declaredStage, oneSided } = report
    return { integration: name, title, stage, declaredStage, sides: spec.sides.map(({ organization }) => organization), oneSided }
  })
  if (io.json) return io.printJson({ integrations: rows })
  io.printTable(
    rows,
    [
      { title: 'integration', value: (row) => row.integration },
      { title: 'stage', value: (row) => row.stage },
      { title: 'sides', value: (row) => row.sides.join(', ') },
      { title: 'ends', value: (row) => (row.oneSided ? 'ONE-SIDED' : 'two anchors') },
      { title: 'title', value: (row) => row.title },
    ],
    'The workspace has no integration. Describe one in a file of kind Integration.',
  )
}
