import type { Command } from 'commander'
import {
  allChecks,
  assessReadiness,
  beginJudgement,
  explainCheck,
  findCheck,
  findIntegration,
  firstStage,
  type IntegrationFacts,
  type JudgedProgram,
  judgeTransition,
  listChecks,
  listProgramEntries,
  noFacts,
  type ReadinessFacts,
  type ReadinessReport,
  readinessBadge,
  readinessDetail,
  readinessMarkdown,
  readinessTable,
  unattendedSides,
} from '../readiness/index.ts'
import { type Integration, loadWorkspace, type Stage, type Workspace } from '../workspace/index.ts'
import { connectApi } from './api-client.ts'
import type { Io } from './io.ts'
import { findServerFile } from './server-file.ts'

const folderOf = (command: Command, io: Io): string => command.optsWithGlobals().workspace ?? io.cwd

/** The files of a workspace, what the running server knows about them, and the day. */
export interface JudgedFiles {
  workspace: Workspace
  facts: ReadinessFacts
  today: string
}

/**
 * Files from the folder, facts from the running server. Without a server nothing is known to be observed, and that is said:
 * the checks answer insufficient data instead of guessing. `--offline` asks for that on purpose.
 */
export async function readJudgedFiles(io: Io, command: Command): Promise<JudgedFiles> {
  const folder = folderOf(command, io)
  const { offline, asOf } = command.optsWithGlobals<{ offline?: boolean; asOf?: string }>()
  const { workspace, problems } = await loadWorkspace(folder)
  if (problems.length > 0) io.note(`The workspace has problems (${problems.length}): see \`bridgekeeper workspace check\`.`)
  const today = asOf ?? new Date().toISOString().slice(0, 10)
  return { workspace, today, facts: offline ? noFacts : await factsOfServer(io, folder) }
}

async function factsOfServer(io: Io, folder: string): Promise<ReadinessFacts> {
  if (!io.env.BRIDGEKEEPER_URL && !findServerFile(folder)) {
    io.note('No server runs for this workspace: what only a running bridge can observe is insufficient data.')
    return noFacts
  }
  const { facts } = await (await connectApi(io, folder)).get<{ facts: Record<string, IntegrationFacts> }>('/readiness/facts')
  return { of: (integration) => facts[integration] ?? {} }
}

/** Options that every command shares which judges files. */
export function withJudgement(command: Command): Command {
  return command
    .option('--workspace <folder>', 'folder with bridgekeeper.yaml; default: the current folder or one above it')
    .option('--offline', 'judge the files alone, without asking a running server')
    .option('--as-of <day>', 'judge on another day, YYYY-MM-DD')
}

/** `bridgekeeper readiness`: is each bridge held on both sides, and may it move on? */
export function registerReadiness(program: Command, io: Io): void {
  const readiness = withJudgement(
    program
      .command('readiness')
      .summary('is each bridge held on both sides, and what is missing for its next stage')
      .description(
        `Judges the integrations of a workspace: vacancies and duties per side, gates, waivers, known gaps, who is exposed to what.
Exit code 1 when an integration shown does not meet the checks of its own stage.

Examples:
  bridgekeeper readiness                                  all integrations in a table
  bridgekeeper readiness acme-bolt                        one of them, with what to do
  bridgekeeper readiness --format markdown                for a pull request
  bridgekeeper readiness acme-bolt --format badge > badge.svg
  bridgekeeper readiness explain product-owner            why a check matters and what to do`,
      ),
  )
    .argument('[integration]', 'name of an Integration; left out: all')
    .option('--format <format>', 'table, json, markdown or badge', 'table')
    .action((name: string | undefined, { format }: { format: string }, command: Command) => showReadiness(io, command, name, format))
  registerExplain(readiness, io)
  registerGate(readiness, io)
  registerPrograms(readiness, io)
  registerSignatures(readiness, io)
}

const formats: Readonly<Record<string, (reports: readonly ReadinessReport[], one: boolean) => string>> = {
  table: (reports, one) => (one ? reports.map(readinessDetail).join('\n') : readinessTable(reports)),
  markdown: (reports) => readinessMarkdown(reports).trimEnd(),
  badge: (reports) => reports.map((report) => readinessBadge(report).trimEnd()).join('\n'),
  json: (reports) => JSON.stringify({ reports, unattended: unattendedSides(reports) }, null, 2),
}

async function showReadiness(io: Io, command: Command, name: string | undefined, format: string): Promise<void> {
  const write = Object.hasOwn(formats, format) ? formats[format] : undefined
  if (!write) command.error(`error: --format is ${Object.keys(formats).join(', ')}; found ${format}`, { exitCode: 2 })
  const { workspace, facts, today } = await readJudgedFiles(io, command)
  if (name !== undefined) findIntegration(workspace, name)
  const reports = assessReadiness(workspace, facts, today).filter((report) => name === undefined || report.integration === name)
  if (reports.some((report) => !report.stay.open)) io.exitCode = 1
  if (reports.length === 0) io.note('The workspace has no integration. Describe one in a file of kind Integration.')
  // A program that asked for JSON reads JSON, also of nothing; one file holds one picture.
  if (io.json || format === 'json') return io.print(formats.json!(reports, name !== undefined))
  if (format === 'badge' && reports.length > 1)
    command.error('error: a badge is of one integration: bridgekeeper readiness NAME --format badge', { exitCode: 2 })
  if (reports.length > 0) io.print(write!(reports, name !== undefined))
}

function registerExplain(parent: Command, io: Io): void {
  parent
    .command('explain')
    .summary('why a check matters and what to do')
    .description('Explains one check, or lists all of them by the reasons for which bridges fail.')
    .argument('[check]', 'id of a check; left out: all')
    .action((id: string | undefined) => {
      if (!io.json) return io.print(id === undefined ? listChecks() : explainCheck(id))
      io.printJson(id === undefined ? { checks: allChecks() } : { ...findCheck(id), evaluate: undefined })
    })
}

function registerGate(parent: Command, io: Io): void {
  withJudgement(parent.command('gate'))
    .summary('may an integration enter a stage?')
    .description('Judges one move of an integration’s life. Exit code 1 when the gate is closed.')
    .argument('<integration>')
    .argument('<stage>', 'experimental, pilot, beta, ga, deprecated, sunset or retired')
    .action(async (name: string, stage: Stage, _, command: Command) => {
      const { workspace, facts, today } = await readJudgedFiles(io, command)
      const integration = findIntegration(workspace, name)
      const from = facts.of(name).admission?.stage ?? unseenStage(integration, stage, facts)
      const verdict = judgeTransition(workspace, integration, facts.of(name), today, from, stage)
      if (!verdict.allowed) io.exitCode = 1
      if (io.json) return io.printJson(verdict)
      if (verdict.moves) return io.print(`From ${from} it can move to ${verdict.moves.join(' or ') || 'no other stage'}, not to ${stage}.`)
      io.print(
        verdict.allowed ? io.green(`The gate from ${from} to ${stage} is open.`) : io.red(`The gate from ${from} to ${stage} is closed.`),
      )
      for (const { check, side, says, todo } of verdict.blockers) io.print(`  ${check}${side ? ` (${side})` : ''}: ${says}\n    → ${todo}`)
      for (const { check, waivedUntil } of verdict.waived) io.print(io.dim(`  ${check} is waived until ${waivedUntil}`))
    })
}

/** What partner programs ask, and whether it is so. Exit code 1 when a tier that the integration names is not met. */
function registerPrograms(parent: Command, io: Io): void {
  withJudgement(parent.command('programs'))
    .summary('does it meet what partner programs ask of their tiers?')
    .description(
      `Judges each entry criterion of the partner programs of its platforms: met (observed, or attested by the platform’s owner), claimed
(a file says so), undetermined, or not met. Exit code 1 when a tier that spec.programs names asks for something that is not met.`,
    )
    .argument('<integration>')
    .action(async (name: string, _, command: Command) => {
      const { workspace, facts, today } = await readJudgedFiles(io, command)
      const entries = listProgramEntries(beginJudgement(workspace, today), findIntegration(workspace, name), facts.of(name))
      const bad = (entry: JudgedProgram) =>
        entry.named && ('unknownTier' in entry || entry.criteria.some(({ state }) => state === 'not-met'))
      if (entries.some(bad)) io.exitCode = 1
      if (io.json) return io.printJson({ programs: entries })
      if (entries.length === 0) return io.print('None of its platforms has a partner program.')
      for (const entry of entries) {
        io.print(
          io.bold(
            `${entry.platform}: ${entry.tier}${entry.program ? ` of ${entry.program}` : ''}${entry.named ? ' (named in spec.programs)' : ''}`,
          ),
        )
        if ('unknownTier' in entry) io.print(`  there is no such tier; it has ${entry.unknownTier.join(', ') || 'no program'}`)
        else
          for (const { asks, state, says, evidence } of entry.criteria)
            io.print(`  ${state.padEnd(12)} ${asks}: ${says}${evidence ? ` (${evidence})` : ''}`)
      }
    })
}

/**
 * Where an integration begins that no gate has let in: as the server sees it, at an experiment at most. Without a server the file is believed,
 * but for the stage that is asked about: a file is not let in because it says that it is in.
 */
function unseenStage({ spec }: Integration, asked: Stage, facts: ReadinessFacts): Stage {
  return facts === noFacts && asked !== spec.stage ? spec.stage : firstStage(spec.stage)
}

/** What people put their names to, through the running server: it keeps the rows. */
function registerSignatures(parent: Command, io: Io): void {
  const post = async <Answer>(command: Command, path: string, body: object) =>
    (await connectApi(io, folderOf(command, io))).post<Answer>(path, body)
  const told = (answer: object, text: string) => (io.json ? io.printJson(answer) : io.print(text))
  const pathOf = (integration: string, what: string) => `/integrations/${encodeURIComponent(integration)}/${what}`
  parent
    .command('attest')
    .summary('stand by the checks of one side, as of now')
    .description(
      'Records that a person who answers for a side stands by what its file says. It counts for 90 days and mends nothing that fails.',
    )
    .argument('<integration>')
    .requiredOption('--side <organization>')
    .requiredOption('--by <organization/person>')
    .option('--check <id...>', 'left out: everything that holds and waits for a person’s word')
    .option('--note <text>')
    .action(async (integration: string, { check, ...rest }: { check?: string[] }, command: Command) => {
      const answer = await post<{ attested: string[] }>(command, pathOf(integration, 'attestations'), {
        ...named(rest, ['side', 'by', 'note']),
        ...(check && { checks: check }),
      })
      told(answer, `Attested: ${answer.attested.join(', ')}`)
    })
  parent
    .command('sign-waiver')
    .summary('co-sign a waiver that stands in the file')
    .argument('<integration>')
    .requiredOption('--check <id>')
    .requiredOption('--by <organization/person>')
    .option('--side <organization>', 'as the waiver names it')
    .action(async (integration: string, options: object, command: Command) => {
      const answer = await post<{ state: string; says: string }>(
        command,
        pathOf(integration, 'waiver-signatures'),
        named(options, ['check', 'by', 'side']),
      )
      told(answer, `Signed. The waiver is ${answer.state}: ${answer.says}`)
    })
  parent
    .command('review-gap')
    .summary('record that a known gap was looked at')
    .argument('<integration>')
    .argument('<gap>', 'id from spec.knownGaps')
    .requiredOption('--by <organization/person>')
    .requiredOption('--next <day>', 'when it is looked at again, YYYY-MM-DD')
    .option('--note <text>')
    .action(async (integration: string, gap: string, { next, ...rest }: { next: string }, command: Command) => {
      const answer = await post<{ gap: string; nextReviewOn: string }>(command, pathOf(integration, 'gap-reviews'), {
        gap,
        nextReviewOn: next,
        ...named(rest, ['by', 'note']),
      })
      told(answer, `Reviewed ${answer.gap}; next on ${answer.nextReviewOn}`)
    })
  parent
    .command('adopt')
    .summary('take over an integration that ran before, as it is')
    .argument('<integration>')
    .requiredOption('--by <organization/person...>', 'one person of each side that brings a platform')
    .requiredOption('--reason <text>')
    .action(async (integration: string, { by, reason }: { by: string[]; reason: string }, command: Command) => {
      const answer = await post<{ stage: string }>(command, pathOf(integration, 'adoption'), { signedBy: by, reason })
      told(answer, `Adopted in ${answer.stage}`)
    })
}

/** The named fields that were given; commander adds options of its own. */
function named(options: object, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(options).filter(([name, value]) => names.includes(name) && value !== undefined))
}
